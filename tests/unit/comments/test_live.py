"""Live figures: the figures that pages show, by names an analyst can guess."""

import pandas as pd
import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell

from saferplymouth import Report
from saferplymouth.comments.completion import complete
from saferplymouth.comments.live import WHAT, NotLive


@pytest.fixture(scope="module")
def live(untouched):
    return {key: Report(area, "2016-11", untouched)[key].live for area, key in AREAS.items()}


AREAS = {
    "anti_social_behaviour": "anti_social_behaviour",
    "overall_crime": "overall_crime",
    "domestic_abuse": "domestic_abuse_referrals",
    "hate_crime": "ist_incidents",
}


@pytest.mark.parametrize(
    ("key", "name", "shown"),
    [  # from the paper, and counted by hand in its returns
        ("anti_social_behaviour", "figure", "7,170"),
        ("anti_social_behaviour", "last year", "6,803"),
        ("anti_social_behaviour", "change", "367"),
        ("anti_social_behaviour", "percent", "5%"),
        ("anti_social_behaviour", "change in words", "rose by 367 (5%)"),
        ("anti_social_behaviour", "rose or fell", "rose"),
        ("anti_social_behaviour", "change of June 2016", "196"),
        ("anti_social_behaviour", "June", "965"),
        ("anti_social_behaviour", "figure of June 2015", "769"),
        ("anti_social_behaviour", "up or down of November 2016 on October 2016", "down"),
        ("anti_social_behaviour", "change of month on the period before", "148"),
        ("anti_social_behaviour", "figure of Q1", "2,785"),
        ("anti_social_behaviour", "months above last year", "6"),
        ("anti_social_behaviour", "highest month", "May 2016"),
        ("anti_social_behaviour", "lowest", "748"),
        ("anti_social_behaviour", "average", "896"),
        ("anti_social_behaviour", "overall_crime: change", "570"),
        ("overall_crime", "run above last year", "6"),
        ("overall_crime", "figure of rolling year", "18,177"),
        ("domestic_abuse_referrals", "change of Q2", "13"),
        ("ist_incidents", "target", "375"),
        ("ist_incidents", "distance", "14"),
        ("ist_incidents", "pace", "55.8"),
        ("ist_incidents", "figure of November 2016", "not available"),
        ("ist_incidents", "above or below target", "below"),
        ("anti_social_behaviour", "figure of 2016-06", "965"),
        ("anti_social_behaviour", "Up or down of november 2016 on October 2016", "Down"),
        ("anti_social_behaviour", "exact percent", "5.4%"),
        ("anti_social_behaviour", "which months below last year", "April 2016 and August 2016"),
        ("anti_social_behaviour", "lowest since of November 2016", "February 2016"),
        ("anti_social_behaviour", "highest since of November 2016", "not available"),
        ("overall_crime", "highest since of July 2016", "not available"),
        ("overall_crime", "average of last year", "1,502"),
        ("domestic_abuse_referrals", "months below last year", "not available"),
    ],
)
def test_a_live_figure_is_what_the_pages_say(live, key, name, shown):
    assert live[key][name] == shown


def test_every_name_has_a_value_in_the_list_and_completes(live):
    asb = live["anti_social_behaviour"]
    listed = asb()
    assert {f"{{{what}}}" for what in WHAT} <= set(listed.index)
    assert listed.loc["{change}"].to_dict() == {"of year to date": "367", "of month": "31"}
    assert asb["change of month"] == "31"
    assert len(listed) <= pd.options.display.max_rows, "a notebook would leave out the middle"
    assert live["ist_incidents"]().loc["{figure}", "of year to date"] == "361"
    assert set(WHAT) <= set(asb._ipython_key_completions_())


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("chang", "did you mean 'change'"),
        ("chang of June", "did you mean 'change'"),
        ("increase of June", "is not a live figure; write one of"),
        ("change of Smarch", "'Smarch' is not a period; write one such as June 2016"),
        ("change on Smarch", "'Smarch' is not another period"),
        ("change of month on month", "'month' is not another period"),
        ("figure of 2016", "'2016' is not a period"),
        ("highest on June", "'highest' is not a change; leave out 'on June'"),
        ("overal_crime: change", "did you mean 'overall_crime'"),
        ("overall crime: change of June", "did you mean 'overall_crime'"),
        ("", "write one of"),
    ],
)
def test_a_name_that_is_none_is_answered(live, name, answer):
    with pytest.raises(NotLive, match=answer):
        live["anti_social_behaviour"][name]


def test_the_suites_own_sentences_are_all_live(live):
    for one in live.values():
        for sentence in one.sentences():
            text, filled = one.render(sentence)
            assert filled
            assert "not available" not in text


@pytest.mark.parametrize(
    "text", ["Up by {change.", "Up by change}.", "Up by {change on\nlast year}."]
)
def test_a_brace_without_its_partner_is_told(live, text):
    with pytest.raises(NotLive, match="a brace is not closed, or was never opened"):
        live["anti_social_behaviour"].render(text)


def test_an_indicator_of_quarters_has_no_month(live):
    with pytest.raises(NotLive, match="'month' is not a period"):
        live["domestic_abuse_referrals"]["figure of month"]


def test_a_name_completes_after_an_open_brace_and_nowhere_else():
    shell = InteractiveShell.instance()
    shell.Completer.custom_matchers.append(complete)
    try:
        for line, wanted in (
            ('comment("up by {chan', True),
            ('comment("up by {change} chan', False),
        ):
            with provisionalcompleter():
                found = [c.text for c in shell.Completer.completions(line, len(line))]
            assert ("change in words" in found) == wanted
    finally:
        InteractiveShell.clear_instance()
