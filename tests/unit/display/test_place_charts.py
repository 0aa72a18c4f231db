"""Places beside each other: the highest first, shapes that say where each lies, and words that
touch no others.
"""

import re
from itertools import combinations
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from saferplymouth.display import drawing
from saferplymouth.display.place_charts import interval_chart, spread_chart

LONG = "Plymstock Goosewell, Staddiscombe & Bovisand"
DISTRICTS = pd.DataFrame(
    {
        "value": [4.8, 9.3, 8.3, float("nan"), 1.8],
        "low": [5.2, 4.9, 5.1, 5.0, 0.8],
        "high": [5.8, 6.2, 6.0, 6.0, 10.3],
        "position": ["below", "above", "above", None, "in line"],
    },
    ["Cornwall", LONG, "Plymouth", "Torridge", "Isles of Scilly"],
)
MANY = pd.DataFrame(
    {"value": range(32), "low": 9.0, "high": 21.0}, [f"{LONG} {n}" for n in range(32)]
)
MANY["position"] = ["below"] * 9 + ["in line"] * 13 + ["above"] * 10
GAP = pd.DataFrame(
    {"value": [4.2, 4.6, 3.9, 4.4], "low": [3.3, 3.7, 3.0, 3.5], "high": [5.1, 5.5, 4.8, 5.3]},
    pd.PeriodIndex(["2016-08", "2016-09", "2016-10", "2016-12"], freq="M"),
)
PICTURES = pytest.mark.parametrize("narrow", [False, True], ids=["wide", "phone"])


def spread(frame: pd.DataFrame = DISTRICTS, **options):
    level = {"level": 5.5, "level_name": "All districts"}
    words = ("Crimes", "Per 1,000 residents", "What it shows")
    return spread_chart(frame, *words, **level | options)


def render(chart, narrow: bool):
    """The axes and every text on the picture with the room it takes, in tenths of a point."""
    figure = Figure(figsize=chart.narrow if narrow else chart.wide, dpi=720)
    with drawing.matplotlib.style.context(["default", drawing.STYLE]):
        axes = figure.add_axes(drawing._margins(chart.narrow if narrow else chart.wide))
        chart.draw(axes, chart.data, narrow)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        written = [*axes.texts]
        for axis, (low, high) in (
            (axes.xaxis, axes.get_xlim()),
            (axes.yaxis, sorted(axes.get_ylim())),
        ):
            written += [
                tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high
            ]
        boxes = [
            (t.get_text(), t.get_window_extent(canvas.get_renderer()))
            for t in written
            if t.get_text()
        ]
    wide, high = figure.get_size_inches() * 720
    assert all(
        box.x0 > -10 and box.x1 < wide + 10 and box.y0 > -10 and box.y1 < high + 10
        for _, box in boxes
    )
    return axes, boxes


def touching(boxes: list) -> list:
    return [(a[0], b[0]) for a, b in combinations(boxes, 2) if a[1].overlaps(b[1])]


def pictures(chart) -> list[str]:
    return re.findall("<svg.*?</svg>", chart.html)


class TestSpread:
    @PICTURES
    def test_the_highest_comes_first_and_one_without_a_figure_last(self, narrow):
        _, boxes = render(spread(), narrow)
        down = sorted((-box.y1, text) for text, box in boxes if box.x0 < 1)
        assert [place[:8] for _, place in down] == [
            LONG[:8],
            "Plymouth",
            "Cornwall",
            "Isles of",
            "Torridge",
        ]

    @PICTURES
    def test_shapes_say_where_each_place_lies(self, narrow):
        axes, _ = render(spread(), narrow)
        drawn = {
            line.get_marker(): list(zip(*line.get_data(), strict=True))
            for line in axes.lines
            if line.get_transform() == axes.transData and line.get_marker() != "None"
        }
        assert drawn == {"^": [(9.3, 0), (8.3, 1)], "v": [(4.8, 2)], "o": [(1.8, 3)]}

    @PICTURES
    def test_bars_are_the_limits(self, narrow):
        axes, _ = render(spread(), narrow)
        lines = next(
            c for c in axes.collections if np.array_equal(c.get_colors()[0], to_rgba(drawing.BAND))
        )
        bars = [tuple(segment[:, 0]) for segment in lines.get_segments()]
        assert bars[:4] == [
            pytest.approx(limits) for limits in [(4.9, 6.2), (5.1, 6.0), (5.2, 5.8), (0.8, 10.3)]
        ]

    @PICTURES
    @pytest.mark.parametrize("frame", [DISTRICTS, MANY, MANY[:1]], ids=["few", "many", "one"])
    def test_words_touch_no_others_nor_the_plot(self, frame, narrow):
        chart = spread(
            frame,
            limits="Range that chance explains",
            own=frame.index[0],
            level=frame["high"].iloc[-1],
        )
        axes, boxes = render(chart, narrow)
        assert touching(boxes) == []
        plot = axes.get_window_extent()
        names = [box for text, box in boxes if text.startswith("Plymstock")]
        assert names
        assert all(box.x1 < plot.x0 for box in names)

    def test_a_long_name_is_whole_in_several_lines_on_a_phone(self):
        named = [{text for text, _ in render(spread(), narrow)[1]} for narrow in (False, True)]
        assert LONG not in named[1]
        assert LONG in {text.replace("\n", " ") for text in named[1]}
        assert "Isles of Scilly" in named[1]

    @PICTURES
    def test_the_middle_half_is_one_band_behind_all_the_rows(self, narrow):
        """A bar in each row would look like that place's own interval."""
        frame = MANY.assign(low=np.nan, high=np.nan, position="")
        axes, boxes = render(spread(frame), narrow)
        [band] = [p for p in axes.patches if p.get_height() == 1]
        assert band.get_facecolor() == to_rgba(drawing.FAINT)
        assert (band.get_x(), band.get_x() + band.get_width()) == (7.75, 23.25)
        assert "Middle half: 7.8 to 23.3" in {text for text, _ in boxes}
        assert not any(
            np.array_equal(c.get_colors()[0], to_rgba(drawing.BAND)) for c in axes.collections
        )

    @PICTURES
    def test_places_to_come_first_stand_under_a_heading_and_the_others_under_theirs(self, narrow):
        some = {"first": ["Cornwall", "Plymouth"], "headings": ("Similar areas", "Other districts")}
        chart = spread(**some)
        _, boxes = render(chart, narrow)
        down = [text for _, text in sorted((-box.y1, text) for text, box in boxes if box.x0 < 1)]
        assert [place.split("\n")[0][:14] for place in down] == [
            "Similar areas",
            "Plymouth",
            "Cornwall",
            "Other district",
            LONG[:14].split(",")[0],
            "Isles of Scill",
            "Torridge",
        ]
        assert touching(boxes) == []
        assert chart.points[1] == "Plymouth: 8.3 (expected range 5.1 to 6.0)"
        assert chart.points[0] == chart.points[3] == ""

    def test_the_own_place_is_bold(self):
        axes, _ = render(spread(own="Plymouth"), False)
        assert {text.get_text() for text in axes.texts if text.get_weight() == "bold"} == {
            "Plymouth",
            "8.3",
        }

    def test_the_group_has_a_line_and_a_name(self):
        axes, boxes = render(spread(), False)
        assert [5.5, 5.5] in [list(line.get_xdata()) for line in axes.lines]
        assert "All districts 5.5" in [text for text, _ in boxes]

    def test_only_shapes_that_are_drawn_are_in_the_key(self):
        said = [text for text, _ in render(spread(DISTRICTS[:3]), False)[1]]
        assert {"Above", "Below", "Expected range"} <= set(said)
        assert "In line" not in said

    def test_it_is_as_high_as_it_has_rows(self):
        short = [spread(MANY[:n].set_axis(range(n)).rename(str)) for n in (32, 5)]
        assert short[0].wide[1] - short[1].wide[1] == pytest.approx(27 * 17.5 / 72, abs=0.02)
        assert 'width="760" height="' in spread().html

    @pytest.mark.parametrize("frame", [DISTRICTS, MANY], ids=["few", "many"])
    def test_both_pictures_are_small_whole_and_the_same_each_time(self, frame):
        first = pictures(spread(frame))
        assert first == pictures(spread(frame[::-1]))
        assert all(len(picture) < 40_000 for picture in first)
        for picture in first:
            ElementTree.fromstring(picture)

    def test_a_position_of_another_name_is_refused(self):
        with pytest.raises(ValueError, match="above, in line, below"):
            spread(DISTRICTS.assign(position="high"))

    def test_its_words_are_there(self):
        assert 'aria-label="What it shows"' in spread().html
        caption = "<figcaption>Crimes <small>Per 1,000 residents</small></figcaption>"
        assert caption in spread().html


class TestInterval:
    def chart(self, frame: pd.DataFrame = GAP):
        return interval_chart(frame, "The gap each month", "", "What it shows")

    @PICTURES
    @pytest.mark.parametrize("shift", [0, -4.4, -9], ids=["above", "about nought", "below"])
    def test_words_touch_no_others_and_stay_on_the_picture(self, shift, narrow):
        _, boxes = render(self.chart(GAP + shift), narrow)
        assert touching(boxes) == []
        assert {"No gap", "Interval"} <= {text for text, _ in boxes}

    def test_the_last_figure_is_named_with_its_sign(self):
        assert "Gap 4.4" in {text for text, _ in render(self.chart(), False)[1]}
        assert "Gap −0.6" in {text for text, _ in render(self.chart(GAP - 5), False)[1]}
        assert "Gap −0.04" in {text for text, _ in render(self.chart(GAP - 4.44), False)[1]}
        assert "Gap 0.0" in {text for text, _ in render(self.chart(GAP - 4.4), False)[1]}

    def test_a_month_without_a_row_is_a_break_and_one_alone_keeps_its_interval(self):
        chart = self.chart()
        assert chart.data["value"].isna().to_list() == [False, False, False, True, False]
        axes, _ = render(chart, False)
        alone = [
            s.tolist() for lines in axes.collections for s in getattr(lines, "get_segments", list)()
        ]
        assert alone == [[[4.0, 3.5], [4.0, 5.3]]]

    def test_nought_is_always_on_the_scale(self):
        for shift in (0, -20):
            low, high = render(self.chart(GAP + shift), False)[0].get_ylim()
            assert low < 0 < high

    def test_both_pictures_are_small_and_the_same_each_time(self):
        assert pictures(self.chart()) == pictures(self.chart())
        assert all(len(picture) < 40_000 for picture in pictures(self.chart()))


@PICTURES
def test_limits_far_beyond_every_value_end_with_the_scale(narrow):
    """Of few places that differ much: a bar may not run over the figures beside the rows."""
    frame = pd.DataFrame({"value": [50.0, 20.0], "low": 0.0, "high": 9000.0}, ["Hill", "Quay"])
    axes, *_ = render(spread(frame.assign(position="in line")), narrow)
    right = axes.get_xlim()[1]
    assert 100 <= right < 120
    bars = [bar for lines in axes.collections for bar in lines.get_segments()]
    assert {float(bar[:, 0].max()) for bar in bars} == {right}
