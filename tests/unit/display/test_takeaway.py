"""Charts to take away: title, source and date in the picture, on white, for any program."""

import io

import cairosvg
import matplotlib.image
import pandas as pd
import pytest

from saferplymouth import periods
from saferplymouth.display import takeaway
from saferplymouth.display.drawing import ACCENT, Chart, breadth
from saferplymouth.display.parts import Part
from saferplymouth.editions import markup, page_check

LONG = "Recorded hate crime WITH CAPITALS IN ITS NAME each month (scale from 1,000)"
MORE = "Number of crimes & incidents, April 2015 to November 2016. The average and limits are " * 3


def draw(axes, data, narrow):
    axes.plot([0, 1, 2], [5, 7, 9], "o-", color=ACCENT)
    axes.set_xlim(-0.5, 2.5)


CHART = Chart(pd.DataFrame(), LONG, MORE, "It rose.", draw, points=("May: 5", "", "July: 9"))
PAGE = CHART.named("crime-year", "Police & Council").html + CHART.html
CREDIT = "Anytown, April 2016. Draft, published 1 May 2016."


def texts(svg: str) -> list[tuple[str, float, str]]:
    """Each text outside the drawing, with its size and weight."""
    root = takeaway.ElementTree.fromstring(svg)
    outside = root.findall(f"{takeaway.SVG}text")
    return [
        (t.text, float(t.get("font-size")[:-2]), t.get("font-weight", "normal")) for t in outside
    ]


def test_a_chart_with_a_name_is_a_file_with_its_title_subtitle_source_and_date():
    [(path, svg)] = takeaway.charts(PAGE, CREDIT).items()
    assert path == "charts/crime-year.svg"
    words = " ".join(text for text, _, _ in texts(svg))
    assert words == f"{LONG} {MORE.strip()} Source: Police & Council. {CREDIT}"
    assert "May: 5" not in svg
    assert page_check.chart_faults({path: svg}, ["/home"]) == []


def test_its_lines_have_room_in_the_widest_font():
    [svg] = takeaway.charts(PAGE, CREDIT).values()
    for text, size, weight in texts(svg):
        weight = "bold" if weight == "700" else weight
        assert breadth(text, size, weight) <= 547.2, text


def test_another_program_draws_all_of_it_on_white_and_clips_nothing():
    [svg] = takeaway.charts(PAGE, CREDIT).values()
    drawn = cairosvg.svg2png(svg.encode(), output_width=800)
    shades = matplotlib.image.imread(io.BytesIO(drawn))[..., :3].min(axis=2)
    for edge in (shades[:8], shades[-8:], shades[:, :8], shades[:, -8:]):
        assert (edge == 1).all()
    height = len(shades)
    for part in (shades[: height // 6], shades[height // 3 : -60], shades[-60:]):
        assert (part < 0.5).any(), "a part is blank"


def test_a_png_is_2000_pixels_wide_and_the_same_each_time():
    drawn = [*takeaway.charts(PAGE, CREDIT).values()] * 2
    first, second = takeaway.pngs(drawn)
    assert first == second
    assert matplotlib.image.imread(io.BytesIO(first)).shape[1] == takeaway.WIDTH


def test_a_part_saves_its_chart(tmp_path):
    part = Part("chart", periods.month("2016-04"), PAGE, "crime")
    for name in ("a.svg", "b.PNG"):
        assert part.save(tmp_path / name).stat().st_size > 1000
    assert "April 2016." in (tmp_path / "a.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("content", "name", "why"),
    [
        (PAGE, "a.jpg", r"a\.jpg is not saved: end its name in \.svg or \.png"),
        (PAGE, "nowhere/a.svg", "is not saved: no such file or directory"),
        ("<p>x</p>", "a.svg", "<chart of crime, April 2016> has no chart"),
    ],
    ids=["ending", "folder", "no chart"],
)
def test_what_cannot_be_saved_is_told_in_words(tmp_path, content, name, why):
    part = Part("chart", periods.month("2016-04"), content, "crime")
    with pytest.raises(takeaway.NotSaved, match=why):
        part.save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_drawing_in_a_file_is_held_to_the_same_as_one_on_a_page():
    bad = '<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'
    assert page_check.chart_faults({"charts/x.svg": bad}, []) == [
        f"charts/x.svg: {fault}" for fault in markup.drawing_faults(bad)
    ]
    assert page_check.chart_faults({"charts/x.svg": "<svg>/home/me</svg>"}, ["/home/me"]) != []
