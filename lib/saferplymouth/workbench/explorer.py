"""The workbench as controls in a notebook: each choice shows findings, chart, table and code."""

from functools import cached_property
from pathlib import Path

import ipywidgets as widgets
import pandas as pd
from IPython.display import Javascript
from markupsafe import Markup

from saferplymouth import periods
from saferplymouth.display.charts import MOST_LINES
from saferplymouth.display.templates import fill
from saferplymouth.framework import PERCENT
from saferplymouth.indicators.words import capital, counted, inner, listed
from saferplymouth.workbench import places, series, sortable, street
from saferplymouth.workbench.bench import Workbench
from saferplymouth.workbench.view import View

VIEWS = {  # by its name: the method, and what is chosen for it besides its indicator
    "This year and last": ("this_year", ("year", "group")),
    "Control chart": ("control_chart", ("since", "group")),
    "Years compared": ("seasonal_shape", ("years", "group")),
    "Rolling year": ("rolling_year", ("since", "group")),
    "By place": ("by_place", ("kind", "year")),
    "Street crime by place": ("street", ("crime", "kind", "place", "by")),
    "Has street crime changed?": ("change_at_place", ("crime", "kind", "place")),
    "Districts compared": ("similar_districts", ("crime",)),
    "Two indicators": ("side_by_side", ("other", "since")),
    "Since the last edition": ("since_last_edition", ()),
    "Is this month unusual?": ("month", ("period", "group")),
    "Which month rose most?": ("largest_rise", ("year", "group")),
    "What would the next figure have to be?": ("needed", ()),
}
ASKED = dict(VIEWS.values())
# JupyterLab takes what is typed in a list of choices for its own commands (ipywidgets issue 3912).
# Vega gives its menu no name, and the marks of a chart, which has its words as a whole, too many.
KEYS = """document.addEventListener("focusin", ({target}) => {
    if (target.closest(".saferplymouth")) target.dataset.lmSuppressShortcuts = "true";
});
new MutationObserver(() => {
    for (const menu of document.querySelectorAll(".vega-embed summary:not([aria-label])"))
        menu.setAttribute("aria-label", "Save this chart");
    for (const marks of document.querySelectorAll(".vega-embed svg.marks:not([aria-hidden])"))
        marks.setAttribute("aria-hidden", "true");
}).observe(document.body, {childList: true, subtree: true})"""
STYLE = Path(__file__).with_name("explorer.css").read_text(encoding="utf-8")
LARGEST = 10**9
NO_PICTURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
)


class Explorer:
    """The controls, and the views they show of everything received up to a month.

    `indicator`, `view`, `group`, `year`, `years`, `since`, `period`, `other`, and for street crime
    `crime`, `kind`, `place` and `by`, are lists of choices, and `figure` is the next figure for
    "what if". `result`, `picture`, `more`, `table`, `answer` and `code` hold the results.

    >>> explorer = Explorer("2016-11")
    >>> explorer.indicator.value = "anti_social_behaviour"
    >>> explorer.code.value
    'Workbench(month).this_year("anti_social_behaviour")'
    """

    def __init__(self, month: str | pd.Period, root: Path | None = None):
        from itables.widget import ITable

        self.bench, self._settling = Workbench(month, root), False
        heard = [key for key, e in self.bench.project.evidence.items() if not e.unheard]
        indicators = self.bench.project.framework.indicators
        self.indicator = _choice("Indicator", [(indicators[key].name, key) for key in heard])
        self.view = _choice("View", [(name, method) for name, (method, _) in VIEWS.items()])
        self.group, self.year = _choice("Breakdown"), _choice("Year")
        self.since, self.other = _choice("From year"), _choice("Compared with")
        self.period, self.place = _choice("Month or quarter"), _choice("Place")
        self.years = widgets.SelectMultiple(description="Years", rows=3)
        crimes = street.types(self.bench.project)
        self.crime = _choice("Type of crime", [(name, name) for name in crimes])
        self.kind = _choice("Kind of place")
        self.by = _choice("By", [(capital(each), each) for each in street.BY])
        self.figure = widgets.BoundedFloatText(min=0, max=LARGEST, step=1)
        self.code = widgets.Text(description="Line of code")
        self.note, self.result, self.more, self.answer = (widgets.HTML() for _ in range(4))
        self.picture, self.table = widgets.Output(), ITable()
        self._unheard = len(indicators) - len(heard)
        self._choices = (self.view, self.indicator, self.other, self.crime, self.kind, self.place)
        self._choices += (self.by, self.year, self.years, self.since, self.period, self.group)
        self.what_if = widgets.VBox([widgets.HTML("<h3>What if?</h3>"), self.figure, self.answer])
        for control in self._choices:
            control.observe(self._changed, "value")
        self.figure.observe(self._asked, "value")
        self._changed({"owner": self.indicator})

    @cached_property
    def box(self) -> widgets.VBox:
        """Everything, in keyboard order."""
        controls = widgets.HBox(self._choices).add_class("choices")
        style, keys = widgets.HTML(f"<style>{STYLE}</style>"), widgets.Output()
        keys.append_display_data(Javascript(KEYS))
        parts = [style, keys, controls, self.result, self.picture, self.code, self.more]
        parts += [self.table, self.note, self.what_if.add_class("asked")]
        return widgets.VBox(parts).add_class("saferplymouth")

    def _repr_mimebundle_(self, **options) -> dict:
        return self.box._repr_mimebundle_(**options)

    def _changed(self, change: dict) -> None:
        """Offers the choices that apply, and shows the view."""
        if self._settling:
            return
        self._settling = True  # the choices that follow from an offer are not the analyst's
        try:
            self._offer_all(of_indicator=change["owner"] is self.indicator)
        finally:
            self._settling = False
        self._show()
        if change["owner"] is self.indicator:
            self._asked()

    def _offer_all(self, of_indicator: bool) -> None:
        if of_indicator:
            self._offer_for(self.indicator.value)
            self._offer_figure()
        self._offer_years()
        self._offer_places()
        for control, name in self._named.items():
            used = name in ASKED[self.view.value] and len(control.options) > 1
            control.layout.display = None if used else "none"
        for part in (self.indicator, self.what_if):
            part.layout.display = "none" if self._of_streets else None

    @property
    def _of_streets(self) -> bool:
        """Whether the view is of a type of crime, and not of an indicator."""
        return "crime" in ASKED[self.view.value]

    @property
    def _named(self) -> dict[widgets.Widget, str]:
        """The controls that only some views have, with what `VIEWS` calls them."""
        names = {name for asked in ASKED.values() for name in asked}
        return {getattr(self, name): name for name in sorted(names)}

    def _offer_places(self) -> None:
        """The kinds of place of the view, and for street crime the places of the kind."""
        kinds = street.KINDS if self._of_streets else places.KINDS_OF_PLACE
        _offer(self.kind, [(kind.capitalize(), kind) for kind in kinds])
        if self._of_streets:
            whole = street.find(self.bench.project)[1]
            names = street.places(self.bench.project, self.kind.value)
            _offer(self.place, [(f"All of {whole}", None), *((name, name) for name in names)])

    def _offer_for(self, key: str) -> None:
        """The breakdowns of an indicator, and the others it can be compared with."""
        groups = series.groups(self.bench.project, key)
        _offer(self.group, [("All together", None), *((words, at) for at, words in groups.items())])
        first = self.bench.project.framework.indicators[key].compare_with
        others = [(name, at) for name, at in self.indicator.options if at != key]
        _offer(self.other, sorted(others, key=lambda option: option[1] != first))

    def _offer_years(self) -> None:
        project, key = self.bench.project, self.indicator.value
        e = series.chosen(project, key, self.group.value)
        by_place = self.view.value == "by_place"
        calendar = project.framework.calendar
        every = places.years(project) if by_place else series.years(e, calendar)
        newest = list(every)[::-1]
        if list(self.years.options) != newest:
            self.years.index = ()  # a browser looks for what is chosen among the new options
            self.years.options, self.years.value = newest, newest[:MOST_LINES]
        _offer(self.year, [(label, label if n else None) for n, label in enumerate(newest)])
        known = list(e.observed["value"].dropna().index[::-1])
        known = known or [e.indicator.due(calendar, project.month)]
        _offer(self.period, [(capital(periods.words(at)), calendar.label(at)) for at in known])
        _offer(self.since, [("Every year", None), *((label, label) for label in newest[:-1])])

    def _offer_figure(self) -> None:
        """Starts "what if" with the latest figure received."""
        e = self.bench.project.evidence[self.indicator.value]
        known = e.observed["value"].dropna()
        self.figure.min = -LARGEST if e.indicator.can_be_negative else 0
        self.figure.max = 100 if e.indicator.unit == PERCENT else LARGEST
        self.figure.value = known.iloc[-1] if len(known) else 0
        self.figure.layout.display = None if len(known) else "none"
        self.figure.description = f"{e.indicator.name}, next {e.indicator.frequency}"

    def _show(self) -> None:
        view = self._looked()
        self.code.value = view.code
        self.note.value = Markup('<p class="note">{}</p>').format(self._explained())
        name = self.view.label
        name += "" if self._of_streets else f": {self.indicator.label}"
        self.result.value = fill("workbench/region", name=name, shown=view.heading)
        drawn = view.drawn
        # without a picture, JupyterLab makes one of every chart, and draws it twice
        data = drawn | {"image/png": NO_PICTURE}
        shown = {"output_type": "display_data", "data": data, "metadata": {}}
        self.picture.outputs = (shown,) if drawn else ()
        self.more.value = view.others + view.about_table
        self.table.layout.display = None if view.table else "none"
        if view.table:
            self.table.update(**sortable.options(view.figures, view.table.caption))

    def _looked(self) -> View:
        """The view chosen; what is usual is not written into its line of code."""
        method = self.view.value
        options = {name: getattr(self, name).value for name in ASKED[method]}
        if method == "by_place":
            options = {"place": options["kind"], "year": options["year"]}
        if "years" in options:
            usual = options["years"] in ((), tuple(self.years.options[:MOST_LINES]))
            options["years"] = None if usual else sorted(options["years"])
        if not self._of_streets:
            return getattr(self.bench, method)(self.indicator.value, **options)
        place, usual = options.get("place"), {"by": street.BY[0]}
        usual["kind"] = street.find(self.bench.project, place)[0] if place else self.kind.value
        chosen = {at: word for at, word in options.items() if word not in (None, usual.get(at))}
        return getattr(self.bench, method)(chosen.pop("crime"), **chosen)

    def _explained(self) -> str:
        """What is missing from the choices, and why."""
        if self._of_streets:
            return ""
        e, sentences = self.bench.project.evidence[self.indicator.value], []
        groups = [inner(b.name) for b in e.indicator.breakdowns.values()]
        if groups and len(self.group.options) == 1:
            silent = f"No figures by {listed(groups)} have been received"
            sentences.append(f"{silent}, so there is no breakdown to choose.")
        if self._unheard:
            unheard = counted(self._unheard, "indicator")
            sentences.append(f"No data has been received for {unheard}; their pages ask for it.")
        return " ".join(sentences)

    def _asked(self, _: dict | None = None) -> None:
        """What the page would say if the next figure were the one entered."""
        if self._settling:
            return
        try:
            view = self.bench.what_if(self.indicator.value, self.figure.value)
        except ValueError as error:
            self.answer.value = Markup('<p role="alert">{}</p>').format(error)
            return
        shown = view.heading + view.others
        name = f"What if: {self.indicator.label}"
        self.answer.value = fill("workbench/region", name=name, shown=shown)


def _choice(description: str, options: list | None = None) -> widgets.Dropdown:
    return widgets.Dropdown(description=description, options=options or [])


def _offer(control: widgets.Dropdown, options: list) -> None:
    """Sets new options, and keeps the choice where it is still among them."""
    if list(control.options) != options:
        chosen, values = control.value, [value for _, value in options]
        control.options = options
        control.index = values.index(chosen) if chosen in values else 0 if options else None
