"""What its sender can say of a figure: the values of `Row.status`."""

PROVISIONAL, REVISED, UNRELIABLE = "p", "r", "u"  # with a figure
HIDDEN, ABSENT = "c", "x"  # without one
WITH_FIGURE = (UNRELIABLE, PROVISIONAL, REVISED)  # the most telling first
WITHOUT_FIGURE = (HIDDEN, ABSENT)
