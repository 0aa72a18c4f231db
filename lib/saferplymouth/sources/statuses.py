"""What its sender can say of a figure: the values of `Row.status`."""

PROVISIONAL, REVISED, UNRELIABLE = "p", "r", "u"  # with a figure
HIDDEN, NOT_AVAILABLE = "c", "x"  # without one
