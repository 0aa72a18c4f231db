"""Draws a view's chart with Vega-Altair, which JupyterLab shows without a network: figures in words
on pointing, a strip to choose dates, and a menu that saves the chart.

Every colour has a contrast of 3 or more on white and on the dark theme's grey. Colours differ for
readers who are colour-blind too, and each line or sign has a dash or shape of its own.
"""

import json
import math
import re

import pandas as pd
import shapely

from saferplymouth import periods
from saferplymouth.display import charts, control_charts
from saferplymouth.display.drawing import Chart
from saferplymouth.display.maps import AreaMap
from saferplymouth.indicators.words import capital, quantity, rate

BLUE, GREY, ORANGE, GREEN = "#2f80c3", "#8c8c8c", "#d55e00", "#009e73"
SOLID, DASHED, DOTTED = [1, 0], [5, 3], [2, 2]
LINES = [(BLUE, SOLID), (GREY, SOLID), (ORANGE, DASHED), (GREEN, DOTTED)]
LINES += [("#cc79a7", [8, 3, 2, 3]), ("#b07d00", [8, 4]), (GREY, DASHED), (GREY, DOTTED)]
TARGET = (ORANGE, [4, 2])
SIGNS = {
    "Within usual variation": (GREY, "circle"),
    "Favourable": (GREEN, "diamond"),
    "Unfavourable": (ORANGE, "square"),
    "Unusual, not judged": (BLUE, "triangle-up"),
}
POSITIONS = {"above": (ORANGE, "triangle-up"), "in line": (GREY, "circle")}
POSITIONS |= {"below": (GREEN, "triangle-down"), "": (GREY, "circle")}
WIDTH, HEIGHT, STRIP, ROW = 780, 210, 28, 13
LONGEST_LINE = 115  # characters of a subtitle
TIME = {"type": "utc", "padding": 10}
FEWEST = 6  # periods that a reader chooses dates from
CONFIG = {
    "font": "Arial, sans-serif",
    "view": {"stroke": None},
    "axis": {"labelFontSize": 12, "gridColor": GREY, "gridOpacity": 0.25, "domainOpacity": 0.4},
    "axisY": {"domain": False, "ticks": False, "labelPadding": 6},
    "legend": {"labelFontSize": 12, "symbolSize": 130, "labelLimit": 320, "title": None}
    | {"orient": "top"},
    "title": {"fontSize": 15, "subtitleFontSize": 12, "anchor": "start", "offset": 12},
}
EMBED = {"renderer": "svg", "scaleFactor": 2}
EMBED |= {"actions": {"export": True, "source": False, "compiled": False, "editor": False}}
MIME = "application/vnd.vegalite.v5+json"


def bundle(drawn, alt: str) -> dict:
    """An Altair chart as a notebook keeps it."""
    spec = drawn.to_dict(validate=False)
    del spec["$schema"]  # JupyterLab's own renderer is a few releases older, and would say so
    return {MIME: spec, "text/plain": alt}


def drawn(chart: Chart):
    """A chart as Vega-Altair draws it."""
    import altair as alt

    if isinstance(chart, AreaMap):
        return _map(alt, chart)
    return {"control": _control, "spread": _spread}.get(chart.kind, _lines)(alt, chart)


def _lines(alt, chart: Chart):
    """Series by period, foremost that of the latest year, or the last; with the range of years
    before and the intervals that the chart has.
    """
    unit, dated, ends = chart.unit, chart.kind == "dates", {}
    for name in ("before", "whiskers"):
        frame = chart.draw.keywords.get(name)
        if frame is not None and len(frame.columns):
            sides = {"low": frame.min(axis="columns"), "high": frame.max(axis="columns")}
            ends[name] = pd.DataFrame(sides)
    data = chart.data.drop(columns=["phase", "excluded", "hidden"], errors="ignore")
    data = data.rename(columns={"value": "Twelve months to then"})
    data = data.rename(columns=lambda name: name.replace("\n", " "))
    main = next(c for c in data.columns[::-1] if c != "Target" and not c.endswith(" to date"))
    order = [main, *(name for name in data.columns[::-1] if name != main)]
    looks = dict(zip(order, LINES * math.ceil(len(order) / len(LINES)), strict=False))
    looks |= {"Target": TARGET} if "Target" in looks else {}
    tips = {name: _said(data[name], unit) for name in order}
    if dated and len(order) == 1:
        tips |= _year_before(data[main], unit)
    long = _long(data[order], dated)
    scales, low = _scales(alt, looks), charts.near(data) if dated else 0
    every = pd.concat([data, *ends.values()], axis="columns")
    base = alt.Chart(long).encode(x=_x(alt, dated, data.index), y=_y(alt, unit, every, low))
    own = alt.datum.series == main
    strokes = {"color": scales[0], "strokeDash": scales[1]}
    layers = [
        base.mark_line(clip=True, strokeWidth=1.8).transform_filter(~own).encode(**strokes),
        base.mark_line(clip=True, strokeWidth=3).transform_filter(own).encode(**strokes),
        base.mark_point(clip=True, size=40, filled=True, opacity=1)
        .transform_filter(own)
        .encode(color=scales[0]),
    ]
    for name, frame in ends.items():
        between = alt.Chart(frame.assign(at=_at(data.index, dated)))
        between = between.mark_area(opacity=0.2) if name == "before" else between.mark_rule()
        y = _y(alt, unit, every, low, "low")
        between = between.encode(x=_x(alt, dated, data.index), y=y, y2="high:Q")
        layers.insert(0, between.encode(color=alt.value(GREY)))
    if "phase" in chart.data:
        layers += _remarks(alt, chart.data, _y(alt, unit, every, low))
    return _framed(alt, chart, layers, tips, data[main], dated)


def _control(alt, chart: Chart):
    """The average and limits, and signals told apart by shape and colour."""
    data, every, unit = chart.data, chart.data.index, chart.unit
    judged = data["improving"].map({True: "Favourable", False: "Unfavourable"})
    signal = judged.fillna("Unusual, not judged").where(data["signal"], "Within usual variation")
    limits = [
        f"{quantity(low, unit)} to {quantity(high, unit)}" if low == low else "none"
        for low, high in zip(data["lower_drawn"], data["upper_drawn"], strict=True)
    ]
    tips = {
        "Figure": _said(data["value"], unit),
        "Average": _said(data["mean"], unit),
        "Usual range": limits,
        "Signal": list(signal),
    }
    tips |= _year_before(data["value"], unit)
    out = control_charts.excluded(data)
    if (out != "").any():
        tips["Left out of the limits"] = [why or "no" for why in out]
    frame = data[["value", "mean", "lower_drawn", "upper_drawn", "phase", "target"]]
    frame = frame.assign(at=_at(every, True), signal=signal.to_numpy())
    base = alt.Chart(frame).encode(x=_x(alt, True, every))
    drawn = data[["value", "lower_drawn", "upper_drawn", "target"]].astype(float)
    low = charts.near(drawn.drop(columns="target"))
    level = _y(alt, unit, drawn, low)
    rules = {"mean": SOLID, "lower_drawn": DASHED, "upper_drawn": DASHED, "target": DOTTED}
    layers = [
        base.mark_line(clip=True, color=GREY, strokeDash=dash, strokeWidth=1.2)
        .transform_filter(f"isValid(datum.{name})")
        .encode(y=_y(alt, unit, drawn, low, name), detail="phase:N")
        for name, dash in rules.items()
        if data[name].notna().any()
    ]
    layers.append(base.mark_line(clip=True, color=BLUE, strokeWidth=2).encode(y=level))
    kinds = {name: look for name, look in SIGNS.items() if (signal == name).any()}
    colours, shapes = (list(each) for each in zip(*kinds.values(), strict=True))
    points = base.mark_point(clip=True, filled=True, size=75, opacity=1).encode(
        y=level,
        color=alt.Color("signal:N", scale=alt.Scale(domain=[*kinds], range=colours)),
        shape=alt.Shape("signal:N", scale=alt.Scale(domain=[*kinds], range=shapes)),
    )
    layers += [points, *_remarks(alt, data, level)]
    return _framed(alt, chart, layers, tips, data["value"], True)


def _remarks(alt, data: pd.DataFrame, y) -> list:
    """A dotted line where each new baseline starts, a ring about each period that is left out."""
    at = pd.Series(_at(data.index, True), data.index, name="at")
    starts, out = at[control_charts.changes(data)], control_charts.excluded(data) != ""
    x, layers = _x(alt, True, data.index), []
    if len(starts):
        lines = alt.Chart(starts.to_frame()).mark_rule(color=GREY, strokeDash=DOTTED, clip=True)
        layers.append(lines.encode(x=x, tooltip=alt.value("A new baseline starts here")))
    if out.any():
        rings = alt.Chart(data[["value"]][out].assign(at=at[out]))
        rings = rings.mark_point(color=GREY, size=150, strokeWidth=2, clip=True)
        layers.append(rings.encode(x=x, y=y))
    return layers


def _spread(alt, chart: Chart):
    """A row for each place: the limits it is expected within, and its rate as a sign."""
    data = chart.data[~chart.data["heading"]].fillna({"position": ""})
    frame = data[["place", "value", "low", "high", "position"]].assign(
        rate=data["value"].map(rate),
        limits=[
            f"{rate(low)} to {rate(high)}" if low == low else "none"
            for low, high in zip(data["low"], data["high"], strict=True)
        ],
        lies=data["position"].map(capital),
    )
    y = alt.Y("place:N", sort=None, title=None, axis=alt.Axis(labelLimit=300, labelFontSize=11))
    told = {"place": "Place", "rate": "Rate", "limits": "Limits", "lies": "Position"}
    told = {name: told[name] for name in told if frame[name].nunique() > 1}
    tooltip = [alt.Tooltip(f"{name}:N", title=title) for name, title in told.items()]
    base = alt.Chart(frame).encode(y=y, tooltip=tooltip)
    kinds = {name: look for name, look in POSITIONS.items() if (frame["position"] == name).any()}
    colours, shapes = (list(each) for each in zip(*kinds.values(), strict=True))
    signs = {"domain": list(map(capital, kinds))}
    legend = alt.Legend() if any(kinds) else None
    highest = frame["value"].max() * 1.15 or 1
    x = {"title": None, "scale": alt.Scale(domain=[0, highest], nice=True)}
    x["axis"] = alt.Axis(tickCount=8)
    bars = base.mark_bar(color=GREY, opacity=0.3, height=8, clip=True).encode(
        x=alt.X("low:Q", **x), x2="high:Q"
    )
    points = base.mark_point(filled=True, size=70, opacity=1).encode(
        x=alt.X("value:Q", **x),
        color=alt.Color("lies:N", scale=alt.Scale(**signs, range=colours), legend=legend),
        shape=alt.Shape("lies:N", scale=alt.Scale(**signs, range=shapes), legend=legend),
    )
    layers = [bars, points] if frame["low"].notna().any() else [points]
    drawn = alt.layer(*layers).properties(width=WIDTH - 220, height=ROW * len(frame))
    return _worded(alt, drawn, chart)


def _map(alt, chart: AreaMap):
    """The small areas, each in a shade for its value."""
    areas, words = chart.draw.keywords["sheets"][0].areas, iter(chart.titles)
    known = chart.data["value"].dropna()
    named = [value > 0 or not chart.counts for value in known]
    features = [
        {
            "type": "Feature",
            "geometry": json.loads(shapely.to_geojson(areas[code])),
            "properties": {"value": value, "said": next(words) if has else "0"},
        }
        for (code, value), has in zip(known.items(), named, strict=True)
    ]
    shade = alt.Color("properties.value:Q", scale=alt.Scale(scheme="blues"))
    shapes = alt.Chart(alt.Data(values=features)).mark_geoshape(stroke=GREY, strokeWidth=0.5)
    shapes = shapes.encode(color=shade, tooltip=alt.Tooltip("properties.said:N", title="Area"))
    shapes = shapes.project(type="identity", reflectY=True)
    return _worded(alt, shapes.properties(width=WIDTH - 160, height=HEIGHT * 1.6), chart)


def _framed(alt, chart: Chart, layers: list, tips: dict, main: pd.Series, dated: bool):
    """Layers with what a reader is told who points at a period, over a strip to choose dates."""
    words = {f"t{n}": texts for n, texts in enumerate(tips.values())}
    name = periods.words if dated else charts.part_of_year
    told = pd.DataFrame({"at": _at(main.index, dated), "when": [*map(name, main.index)], **words})
    told["when"] = told["when"].map(capital)
    near = alt.selection_point(
        name="near", fields=["at"], nearest=True, on="pointerover", clear="pointerout", empty=False
    )
    rule = alt.Chart(told).mark_rule(color=GREY, strokeWidth=2, clip=True)
    rule = rule.encode(
        x=_x(alt, dated, main.index),
        opacity=alt.condition(near, alt.value(0.8), alt.value(0)),
        tooltip=[alt.Tooltip("when:N", title="Period")]
        + [alt.Tooltip(f"t{n}:N", title=title) for n, title in enumerate(tips)],
    ).add_params(near)
    drawn = alt.layer(*layers, rule).properties(width=WIDTH, height=HEIGHT)
    if not dated or len(main) < FEWEST:
        return _worded(alt, drawn, chart)
    whole = pd.DataFrame({"at": told["at"], "value": main.to_numpy()})
    strip = alt.Chart(whole).mark_line(color=BLUE, strokeWidth=1.5)
    years = alt.Axis(format="%Y", grid=False, tickCount={"interval": "year", "step": 1})
    x = alt.X("at:T", title=None, scale=alt.Scale(**TIME), axis=years)
    y = alt.Y("value:Q", axis=None, scale=alt.Scale(zero=False, padding=4))
    strip = strip.encode(x=x, y=y)
    strip = strip.add_params(alt.selection_interval(name="dates", encodings=["x"]))
    words = "Drag across this strip to choose dates; double-click it to see all of them"
    title = alt.Title(words, fontSize=11, fontWeight="normal", offset=4)
    strip = strip.properties(width=WIDTH, height=STRIP, title=title)
    strip = strip.properties(view=alt.ViewBackground(fill=GREY, fillOpacity=0.15))
    return _worded(alt, alt.vconcat(drawn, strip, spacing=6), chart)


def _worded(alt, drawn, chart: Chart):
    """A drawing with the words of a chart: title, subtitle, and what a screen reader says."""
    subtitle = re.findall(rf"\S.{{0,{LONGEST_LINE}}}(?=\s|$)", chart.subtitle)
    title = alt.Title(chart.title, subtitle=subtitle) if subtitle else alt.Title(chart.title)
    meta = {"embedOptions": EMBED | {"downloadFileName": file_stem(chart.title)}}
    drawn = drawn.properties(title=title, description=chart.alt, usermeta=meta)
    return drawn.configure(**CONFIG)


def file_stem(title: str) -> str:
    """What a file with this title is called, without its ending."""
    return re.sub(r"\W+", "-", title.lower()).strip("-")


def _at(index: pd.PeriodIndex, dated: bool) -> list[str]:
    """Where each period stands: the first day of its last month, or its name without a year."""
    if dated:
        return [f"{period.asfreq('M', 'end')}-01" for period in index]
    return [capital(charts.part_of_year(period))[:9] for period in index]


def _x(alt, dated: bool, index: pd.PeriodIndex):
    if not dated:
        axis = alt.Axis(labelAngle=0, grid=False, labelExpr="slice(datum.label, 0, 3)")
        if index.freqstr != "M":
            axis = alt.Axis(labelAngle=0, grid=False)
        return alt.X("at:O", title=None, sort=None, axis=axis)
    ticks = [pd.Timestamp(day).value // 1_000_000 for day in _at(index, dated)]
    axis = alt.Axis(format="%b %Y", grid=False, values=ticks, labelOverlap=True)
    chosen = {"domain": {"param": "dates"}} if len(index) >= FEWEST else {}
    return alt.X("at:T", title=None, scale=alt.Scale(**TIME, **chosen), axis=axis)


def _y(alt, unit: str, drawn: pd.DataFrame, low: float, field: str = "value"):
    """The scale of the figures drawn, from `low` or the lowest on, with room above the highest."""
    low, high = min(low, drawn.min(axis=None)), max(low, drawn.max(axis=None))
    scale = {"domain": [low, high + ((high - low) * 0.08 or 1)]}
    mark = {"percent": "datum.label + '%'", "pounds": "'£' + datum.label"}.get(unit)
    axis = alt.Axis(format=",~f", tickCount=5, **({"labelExpr": mark} if mark else {}))
    return alt.Y(f"{field}:Q", title=None, scale=alt.Scale(**scale), axis=axis)


def _scales(alt, looks: dict[str, tuple[str, list]]) -> tuple:
    """The colour and the dash of each series, with a key where there are several."""
    domain, legend = list(looks), alt.Legend(symbolType="stroke") if len(looks) > 1 else None
    colours, dashes = (list(each) for each in zip(*looks.values(), strict=True))
    return (
        alt.Color("series:N", scale=alt.Scale(domain=domain, range=colours), legend=legend),
        alt.StrokeDash("series:N", scale=alt.Scale(domain=domain, range=dashes), legend=legend),
    )


def _long(data: pd.DataFrame, dated: bool) -> pd.DataFrame:
    """A row for each series and period."""
    wide = data.assign(at=_at(data.index, dated))
    return wide.melt("at", var_name="series", value_name="value")


def _said(values: pd.Series, unit: str) -> list[str]:
    return ["no figure" if value != value else quantity(value, unit) for value in values]


def _year_before(values: pd.Series, unit: str) -> dict[str, list[str]]:
    """The figures of a year before each, where there are any."""
    before = values.reindex(values.index - periods.a_year(values.index))
    return {"A year before": _said(before, unit)} if before.notna().any() else {}
