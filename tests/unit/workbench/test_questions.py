"""The questions a board asks, each answered in one call: against the paper's figures, against
what-if, and by hand.
"""

import time
from dataclasses import replace

import pytest
from anytown import ASB, DRUGS, FRAME, USUAL, VIOLENCE, anytown, real_project
from paper import PAPER

from saferplymouth import Workbench
from saferplymouth.errors import Unknown
from saferplymouth.store import observations
from saferplymouth.workbench.questions import Goal
from saferplymouth.workbench.street import NotForPages

pytestmark = pytest.mark.xdist_group("places")
YEAR = ("04", "05", "06", "07", "08", "09", "10", "11")


@pytest.fixture(scope="module")
def bench(base) -> Workbench:
    return Workbench("2016-11", real_project(base))


def drugs(count: int) -> list[tuple[str, str, int]]:
    """A month's crimes, `count` of them drug offences in Mill End."""
    others = [row for row in USUAL if not (row[0].startswith("Anytown 003") and row[1] == DRUGS)]
    return [*others, ("Anytown 003A", DRUGS, count)]


@pytest.fixture(scope="module")
def two_years(tmp_path_factory) -> Workbench:
    """Drug offences in Mill End fell from 40 a month to 10, and nowhere else; June 2016 has no
    file.
    """
    months = {f"2015-{month}": drugs(40 + n % 2) for n, month in enumerate(YEAR)}
    months |= {f"2016-{month}": drugs(10 + n % 2) for n, month in enumerate(YEAR) if month != "06"}
    root = anytown(tmp_path_factory.mktemp("years"), months)
    return Workbench("2016-11", root)


# --- Which month rose most


def test_the_month_that_rose_most_is_named_with_its_change_and_whether_it_is_unusual(bench):
    view = bench.largest_rise("anti_social_behaviour")
    rows = PAPER["anti_social_behaviour"]
    changes = [now - before for now, before in zip(rows["this"][:8], rows["last"][:8], strict=True)]
    assert view.findings[0] == (
        "Anti-social behaviour rose most in June 2016: 196 more (25%) than a year before"
    )
    assert "In June 2016 there were 965, within the limits" in view.findings[1]
    assert "In June 2015 there were 769, within the limits" in view.findings[1]
    assert (
        f"up {sum(changes)}; without June 2016 it would be up {sum(changes) - 196}"
        in (view.findings[2])
    )
    assert view.figures["Change"].tolist() == sorted(changes, reverse=True)
    assert view.code == 'Workbench(month).largest_rise("anti_social_behaviour")'


def test_a_month_is_asked_about_by_its_name_or_its_number(bench):
    by_name = bench.month("anti_social_behaviour", "June 2016").findings
    assert by_name == bench.month("anti_social_behaviour", "2016-06").findings
    assert "in June 2016 there were 965" in by_name[0]
    assert bench.month("anti_social_behaviour", "2016-06").figures.loc["June 2016", "Figure"] == 965


def test_where_no_month_rose_the_answer_says_so(bench):
    findings = bench.largest_rise("domestic_abuse").findings
    assert findings[0] == "Domestic abuse reports rose in no month, April to November 2016"
    assert findings[1].startswith("It fell least in June 2016: 73 fewer.")


def test_a_quarter_is_not_called_unusual_without_limits(bench):
    findings = bench.largest_rise("domestic_abuse_referrals").findings
    assert "Whether it is unusual is not known: a control chart needs monthly" in findings[1]
    findings = bench.largest_rise("ist_incidents").findings
    assert "no month of 2016/17 can be compared with the year before" in findings[0]


# --- What the next figure would have to be


@pytest.mark.parametrize(
    ("key", "aim", "figure", "way", "then", "otherwise"),
    [
        ("ist_incidents", "On target", 67, 1, "and meet the target", "and miss the target"),
        ("anti_social_behaviour", "Unusually high", 1008, 1, "above the limits", "within the"),
        ("anti_social_behaviour", "Unusually low", 624, -1, "below the limits", "within the"),
        ("domestic_abuse", "Unusually high", 704, 1, "above the limits", "within the"),
    ],
)
def test_what_if_says_of_the_figure_what_was_asked_and_not_of_the_next_one_short_of_it(
    bench, key, aim, figure, way, then, otherwise
):
    figures = bench.needed(key).figures
    [at] = [row for row in figures.index if row.startswith(aim)]
    assert figures.loc[at].tolist() == [figure, "or more" if way > 0 else "or fewer"]
    assert then in " ".join(bench.what_if(key, figure).findings)
    assert otherwise in " ".join(bench.what_if(key, figure - way).findings)


def test_no_more_than_last_year_is_what_last_year_leaves_for_the_next_month(bench):
    rows = PAPER["anti_social_behaviour"]
    left = sum(rows["last"][:9]) - sum(rows["this"][:8])
    assert bench.needed("anti_social_behaviour").findings[0] == (
        f"Anti-social behaviour: {left} or fewer in December 2016 to be no more than April to "
        f"December 2015 ({sum(rows['last'][:9]):,}), which would be unusually low"
    )


def test_what_is_certain_or_out_of_reach_is_said_and_not_in_the_table(bench):
    view = bench.needed("police_recorded_hate_crime")
    assert "Certain, whatever December 2016 brings: no fewer than April to" in view.findings[2]
    assert "Out of reach, whatever December 2016 brings: unusually low" in view.findings[2]
    assert view.figures.index.tolist() == ["No fewer than December 2015 (21)", "Unusually high"]


@pytest.mark.parametrize(
    ("unit", "bound", "side", "strict", "figure"),
    [
        ("count", 427.5, -1, False, 427),
        ("count", 427.5, 1, False, 428),
        ("count", 428.0, 1, False, 428),
        ("count", 428.0, 1, True, 429),
        ("count", 428.0, -1, True, 427),
        ("count", 1.1 + 2.2 - 0.3, 1, False, 3),  # 3 but for what a float leaves
        ("count", -0.5, -1, False, None),
        ("count", 0.0, -1, True, None),
        ("pounds", 12.34, -1, False, 12),
        ("percent", 90.0, 1, False, 90),
        ("percent", 95.23, 1, True, 95.3),
        ("percent", 100.0, 1, True, None),
        ("rate", 2.26, -1, False, 2.2),
        ("score", -1.234, 1, False, -1.23),
    ],
)
def test_a_figure_is_rounded_to_the_side_that_reaches_the_goal(
    bench, unit, bound, side, strict, figure
):
    indicator = replace(bench.project.framework.indicators["overall_crime"], unit=unit)
    assert Goal("", bound, side, strict).figure(indicator) == figure


# --- Whether crime fell somewhere


def test_without_a_file_of_last_year_a_place_is_set_beside_the_rest_and_nothing_more(bench):
    view = bench.change_at_place("Vehicle crime", "Devonport")
    said = " ".join(view.findings)
    assert view.findings[0] == (
        "Vehicle crime in Devonport: too early to tell whether it has changed"
    )
    assert "There were 13 from July to November 2016, compared with 33 from February to" in said
    assert "Beside the rest, Devonport had a fall of 46%: within usual variation" in said
    assert "put the street files of April to November 2015 in a drop" in said
    assert view.figures["Count"].sum() == 47
    assert view.code == 'Workbench(month).change_at_place("Vehicle crime", "Devonport")'


def test_a_fall_on_last_year_has_its_interval_and_leaves_out_a_missing_month_of_both(two_years):
    view = two_years.change_at_place("drugs", "Mill End")
    said = " ".join(view.findings)
    this, last = 10 * 4 + 11 * 4 - 10, 40 * 4 + 41 * 4 - 40
    assert view.findings[0].startswith(
        f"Drugs in Mill End down 74% ({last - this} fewer), April to November 2016 without June"
    )
    assert view.findings[0].endswith(": more than usual variation")
    assert f"There were {this} from" in said
    assert f"compared with {last} in the same months of 2015/16" in said
    assert "Change on last year, 95% confidence interval: from a fall of 80% to a fall of 66%" in (
        said
    )
    assert "Of twenty such comparisons, about one differs as much by chance" in said
    assert (
        "Left out of both years: June 2016, because one has no complete street file of it." in said
    )
    assert "In the rest of Anytown there were 245, compared with 245. Beside the rest" in said
    figures = view.figures
    assert figures.loc["June 2016", ["2016/17", "Change"]].isna().all()
    assert figures.loc["June 2016", "2015/16"] == 40


def test_nothing_new_elsewhere_is_within_usual_variation_and_none_at_all_is_said(two_years):
    assert two_years.change_at_place("Drugs", "Old Quay").findings[0] == (
        "Drugs in Old Quay unchanged, April to November 2016 without June 2016: within usual "
        "variation"
    )
    assert (
        two_years.change_at_place(VIOLENCE, "New Town")
        .findings[0]
        .endswith(": none, April to November 2016 without June 2016, and none a year before")
    )


def test_a_wrong_name_is_answered_with_the_nearest(bench):
    with pytest.raises(Unknown, match="did you mean Vehicle crime"):
        bench.change_at_place("Vehicle crim", "Devonport")
    with pytest.raises(Unknown, match="or Devonport"):
        bench.change_at_place("Vehicle crime", "Devonpor")
    with pytest.raises(Unknown, match="did you mean Burglary"):
        bench.similar_districts("Burglery")


# --- Which districts are like ours


def test_the_district_stands_beside_others_with_rates_intervals_and_no_claim_beyond_them(bench):
    view = bench.similar_districts()
    said = " ".join(view.findings)
    assert view.findings[0] == (
        "All recorded crime in Plymouth: 44.0 per 1,000 residents, April to November 2016: 3rd "
        "highest of 12 districts"
    )
    assert "Higher by their 95% confidence intervals: 2 others; lower: 9." in said
    assert "so none is called above or below a usual range" in said
    assert "These are the districts of the force." in said
    assert "To name similar areas, see" in said
    mine = view.figures.loc["Plymouth"]
    assert mine["95% interval from"] < mine["Per 1,000"] < mine["95% interval to"]
    assert mine["Per 1,000"] == pytest.approx(1000 * mine["Incidents"] / mine["Residents"])


def test_a_district_left_out_because_it_has_small_counts_is_named(bench):
    said = " ".join(bench.similar_districts("Burglary").findings)
    why = "a sensitive type had 1 to 4 in a month: Isles of Scilly."
    assert "11 districts" in said
    assert f"Left out, because {why}" in said


def test_similar_areas_that_the_framework_names_are_the_ones_compared(tmp_path):
    frame = FRAME.replace("[street]\n", '[street]\nsimilar = ["Othertown", "Farville"]\n')
    view = Workbench(
        "2016-11", anytown(tmp_path, {"2016-11": USUAL}, frame=frame)
    ).similar_districts(ASB)
    assert "no clear rank among 2 similar areas" in view.findings[0]
    assert view.figures.index.tolist() == ["Anytown", "Othertown"]
    assert "Farville is not among them: no street file with it" in " ".join(view.findings)


def test_without_street_files_a_question_on_places_says_so(untouched):
    bench = Workbench("2016-11", untouched)
    [said] = bench.change_at_place("Vehicle crime", "Devonport").findings
    assert said == "Vehicle crime in Devonport: no street file has been received"
    [said] = bench.similar_districts().findings
    assert said.startswith("No districts to compare: no complete street file for 2016/17 has been")


def test_counts_of_a_place_are_refused_to_a_page(base, monkeypatch):
    bench = Workbench("2016-11", real_project(base))
    monkeypatch.setattr(observations, "came_with_task", lambda root, month: True)
    with pytest.raises(NotForPages, match="take the cell out of this notebook"):
        bench.change_at_place("Vehicle crime", "Devonport")


def test_every_question_is_answered_in_under_half_a_second_once_things_are_read(bench):
    def all_of_them() -> None:
        bench.largest_rise("anti_social_behaviour")
        bench.needed("anti_social_behaviour")
        bench.change_at_place("Vehicle crime", "Devonport")
        bench.similar_districts()

    all_of_them()
    begun = time.process_time()
    all_of_them()
    assert time.process_time() - begun < 4 * 0.5
