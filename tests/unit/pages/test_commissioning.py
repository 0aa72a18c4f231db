"""The money: the ledger adds up as the board's paper does, and its page says what no figure
follows.
"""

import csv
import dataclasses
import datetime
import html
import io
import re
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from projects import ROOT

from saferplymouth import Commissioning, framework, sources
from saferplymouth.pages.papers import allocation, money_charts
from saferplymouth.sources.commissioning import COLUMNS

FILE = ROOT / "data/raw/2016-11/papers/commissioning.csv"
FRAMEWORK = framework.load(ROOT / "framework.toml")
MONTH = pd.Period("2016-11", "M")
LEDGER = list(csv.DictReader(FILE.read_text(encoding="utf-8").splitlines()))
NEEDS = [row for row in LEDGER if row["kind"] == "need"]
shared = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50
)


@pytest.fixture(scope="module")
def page(untouched) -> Commissioning:
    return Commissioning("2016-11", untouched)


def text(shown: str) -> str:
    """What a reader sees: no tags, single spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", shown).split())


# --- The paper of January 2017


def test_the_file_holds_the_eight_lines_of_the_paper_and_adds_up_to_its_grant():
    sums = {row["kind"]: int(row["contribution"]) for row in LEDGER if row["kind"] != "need"}
    assert sums == {"grant": 400_568, "confirmed total": 233_500, "not allocated": 167_068}
    confirmed = [int(row["contribution"]) for row in NEEDS if row["status"] == "confirmed"]
    assert sorted(confirmed) == [25_000, 98_500, 110_000]
    assert [int(row["total_budget"]) for row in NEEDS if row["total_budget"]] == [
        501_753,
        75_000,
        2_000_000,
    ]
    waiting = [row for row in NEEDS if row["status"] != "confirmed"]
    assert len(waiting) == 5
    assert {row["contribution"] + row["total_budget"] for row in waiting} == {""}
    assert [row["status"] for row in waiting] == ["awaiting confirmation"] + ["to be confirmed"] * 4


def test_every_need_names_a_priority_an_owner_and_a_day():
    for row in NEEDS:
        assert row["owner"]
        assert datetime.date.fromisoformat(row["decide_by"])
        assert set(row["areas"].split(";")) <= set(FRAMEWORK.areas)


def test_the_grant_divides_as_the_board_was_told(page):
    split = allocation.reconciliation(page.money)
    assert split["pounds"].to_dict() == {
        "confirmed": 233_500,
        "not allocated": 167_068,
        "grant": 400_568,
    }
    assert split["lines"].to_dict() == {"confirmed": 3, "not allocated": 5, "grant": 8}
    assert [money_charts.share(s) for s in split["share"]] == ["58.3%", "41.7%", "100%"]
    shares = allocation.shares(page.money)
    assert [money_charts.share(s) for s in shares["share"].dropna()] == ["27.5%", "6.2%", "24.6%"]
    assert [round(s, 1) for s in shares["part"].dropna()] == [21.9, 33.3, 4.9]
    assert shares["contribution"].isna().sum() == shares["share"].isna().sum() == 5


def test_more_than_half_of_what_is_confirmed_buys_needs_that_no_figure_measures(page):
    unseen = allocation.unmeasured(page.money.confirmed, page.project.evidence)
    assert allocation.total(unseen) == 123_500
    assert page.blind.startswith("£123,500 (52.9%) of the confirmed money has no figures yet: ")
    assert {need.contribution for need in unseen} == {25_000, 98_500}


def test_the_priorities_with_figures_and_no_money_are_those_the_returns_and_the_ledger_give(page):
    returns = sorted((ROOT / "data/raw").glob("*/returns/*.csv"))
    rows = pd.concat(pd.read_csv(path) for path in returns)
    heard = set(rows.loc[rows["group"].isna(), "indicator"])
    with_figures = {FRAMEWORK.indicators[key].area for key in heard}
    paid = {
        area for row in NEEDS if row["status"] == "confirmed" for area in row["areas"].split(";")
    }
    asked = {
        area for row in NEEDS if row["status"] != "confirmed" for area in row["areas"].split(";")
    }
    bare = with_figures - paid
    assert set(page._bare().index) == bare
    assert {area for area, needs in page._bare()["waiting"].items() if needs} == bare & asked
    assert page.unfunded == (
        "5 priorities have figures but no confirmed money; 3 of them are waiting for a project "
        "that is not confirmed"
    )
    shown = text(page.thread().html)
    assert all(FRAMEWORK.areas[area].title in shown for area in bare)


def test_a_first_figure_for_a_need_makes_its_money_measured(project):
    # one of that need's two indicators
    returned = "indicator,period,value\npeople_in_treatment,2016/17 Q2,20\n"
    (project / "data/raw/2016-11/returns/treatment.csv").write_text(returned)
    after = Commissioning("2016-11", project)
    assert [need.contribution for need in after.unmeasured] == [25_000]
    assert after.blind.startswith("£25,000 (10.7%) of the confirmed money has no figures yet: ")


# --- The page


class Cells(HTMLParser):
    """The text of every cell of a page's tables, and every id and link."""

    def __init__(self, shown: str):
        super().__init__()
        self.cells, self.ids, self.links, self.tags, self.heads = [], set(), [], [], []
        self.feed(shown)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.tags.append(tag)
        self.ids |= {given["id"]} if "id" in given else set()
        self.links += [given["href"]] if "href" in given else []
        if tag in ("td", "th"):
            self.cells.append("")
            self.heads += [given.get("scope")] if tag == "th" else []

    def handle_data(self, data):
        if self.cells:
            self.cells[-1] += data


def test_each_finding_leads_to_a_heading_on_the_page_and_each_measure_to_its_section(page):
    parts = [page.chart(), page.ledger(), page.thread(), page.source()]
    there = Cells("".join(part.html for part in parts))
    summary = Cells(page.summary().html)
    assert {link[1:] for link in summary.links} <= there.ids
    assert {"£233,500 (58.3%)", "£167,068 (41.7%)", "£123,500 (52.9%)"} <= set(
        re.findall(r"£[\d,]+ \(\S+%\)", text(page.summary().html))
    )
    assert "Safer Plymouth board is due to decide on 5 projects by 24 January 2017" in text(
        page.summary().html
    )
    wanted = {key for row in NEEDS for key in row["indicators"].split(";") if key}
    sections = {
        i.key: f"{FRAMEWORK.areas[i.area].page}#{i.anchor}" for i in FRAMEWORK.indicators.values()
    }
    assert {sections[key] for key in wanted} <= set(there.links)


def test_the_ledger_shows_every_line_and_its_foot_comes_to_the_grant(page):
    part = page.ledger()
    shown = Cells(part.html)
    assert all(cell.strip() not in ("", "-", "–", "—") for cell in shown.cells)
    assert set(shown.heads) == {"col", "row"}
    for row in NEEDS:
        assert {row["need"]} < set(shown.cells)
    assert "Grant 8 projects £400,568 100% of it" in text(part.html)
    assert (
        "[x] not confirmed, or not stated [z] not applicable"
        in text(part.html).split("Projects for")[0]
    )
    assert (part.kind, part.indicator) == ("table", "commissioning")


def test_the_download_gives_every_sum_of_the_file_and_no_sum_as_no_number(page):
    tidy = pd.read_csv(io.StringIO(page.ledger().csv), keep_default_na=False)
    sums = tidy[(tidy["measure"] == "From the grant")].set_index("line")["value"]
    for row in NEEDS:
        assert sums[row["need"]] == row["contribution"]
    assert sums[["Confirmed", "Not allocated", "Grant"]].tolist() == ["233500", "167068", "400568"]
    assert ((tidy["value"] == "") == (tidy["shorthand"] == "[x]")).all()
    assert (tidy["year"] == "2017/18").all()
    about = tidy.drop_duplicates("line").set_index("line")
    assert all(about.at[row["need"], "recommendation"] == row["recommendation"] for row in NEEDS)


def test_the_chart_says_in_words_what_its_bars_show(page):
    chart = money_charts.money_chart(page.money, page.allocated)
    assert chart.data["pounds"].sum() == 400_568
    assert chart.alt.startswith(
        "£233,500 (58.3%) of the grant is confirmed; £167,068 (41.7%) for 5 projects is not"
    )
    assert all(f"{money_charts.pounds(sum_)} (" in chart.alt for sum_ in chart.data["pounds"])


def test_a_chart_of_many_needs_keeps_the_largest_and_still_comes_to_the_grant(page):
    one = page.money.confirmed[0]
    needs = tuple(dataclasses.replace(one, need=f"N{n}", contribution=1000 + n) for n in range(30))
    grant = dataclasses.replace(
        page.money.grant, contribution=sum(n.contribution for n in needs) + 500
    )
    rest = dataclasses.replace(page.money.rest, contribution=500)
    data = money_charts.money_chart(allocation.Ledger(grant, rest, needs), "H").data
    assert list(data.index[[0, -2, -1]]) == [
        "N29",
        "24 other confirmed projects",
        "Not allocated (0 projects)",
    ]
    assert data["pounds"].sum() == grant.contribution


def test_a_share_says_none_or_all_only_where_it_is_so():
    shares = [0, 0.04, 0.05, 58.25, 99.94, 99.96, 100, None, float("nan")]
    said = ["0.0%", "under 0.1%", "0.1%", "58.3%", "99.9%", "over 99.9%", "100%", "[x]", "[x]"]
    assert [money_charts.share(share) for share in shares] == said


def test_words_hold_where_nothing_or_everything_is_confirmed(page, monkeypatch):
    waiting, confirmed = page.money.waiting, page.money.confirmed
    monkeypatch.setattr(page, "money", dataclasses.replace(page.money, needs=waiting))
    assert page.blind == "No money is confirmed yet"
    monkeypatch.setattr(page, "money", dataclasses.replace(page.money, needs=confirmed))
    monkeypatch.setattr(page, "unmeasured", ())
    assert page.blind == "Every project with confirmed money (£233,500 in all) has figures"
    assert page.allocated.endswith("; £167,068 (41.7%) is not allocated")
    assert page._decisions() == []


def test_without_a_ledger_the_page_says_which_file_to_put_where(untouched):
    with pytest.raises(LookupError, match=r"put commissioning\.csv in data/raw/2016-10/papers"):
        Commissioning("2016-10", untouched)


def test_what_a_ledger_says_is_shown_as_text_and_never_runs(project):
    hostile = '<script>alert("£1")</script> $a$ & b'
    said = dict.fromkeys(["need", "recommendation", "owner", "note"], hostile)
    write(project / "data/raw/2016-11/papers/commissioning.csv", changed("need", 0, **said))
    page = Commissioning("2016-11", project)
    parts = [page.summary(), page.chart(), page.ledger(), page.thread(), page.source()]
    shown = Cells("".join(part.html for part in parts))
    assert "script" not in shown.tags
    assert hostile in shown.cells
    picture = re.search(r"<svg.*?</svg>", page.chart().html)[0]
    assert "<script" not in picture
    assert html.escape(hostile, quote=False) in picture


def write(path: Path, rows: list[dict], columns: Iterable[str] = COLUMNS) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def changed(kind: str, place: int, /, **cells) -> list[dict]:
    """The board's ledger with the cells of one row of a kind changed."""
    rows = [dict(row) for row in LEDGER]
    [row for row in rows if row["kind"] == kind][place].update(cells)
    return rows


# --- Refusals


@pytest.fixture
def told(tmp_path):
    """Reads a ledger of these rows and gives what it is told: (row, column, the whole message)."""

    def read(rows, columns=COLUMNS, name="commissioning.csv"):
        folder = tmp_path / "raw/2016-11/papers"
        folder.mkdir(parents=True, exist_ok=True)
        write(folder / name, rows, columns)
        problems = sources.read(tmp_path / "raw", MONTH, FRAMEWORK).problems
        assert {p.file for p in problems} <= {f"2016-11/papers/{name}"}
        return [(p.row, p.column, str(p)) for p in problems]

    return read


GRANT, FIRST, FIFTH, TOTAL, REST = 2, 3, 7, 11, 12
REFUSED = {
    "lines that miss the total": (
        changed("need", 0, contribution=110_001),
        (
            TOTAL,
            "contribution",
            "the confirmed lines add up to £233,501, but the total is £233,500. Cure: correct",
        ),
    ),
    "a total that misses the lines": (
        changed("confirmed total", 0, contribution=233_499),
        (TOTAL, "contribution", "add up to £233,500, but the total is £233,499"),
    ),
    "parts that miss the grant": (
        changed("not allocated", 0, contribution=167_067),
        (
            REST,
            "contribution",
            "add up to £400,567, but the grant is £400,568. Cure: correct the amount not allocated",
        ),
    ),
    "two grants": (
        [LEDGER[0], *LEDGER],
        (3, "kind", "there is another row with the kind 'grant'. Cure: keep one"),
    ),
    "no grant": (
        LEDGER[1:],
        (None, "kind", "there is no row with the kind 'grant'. Cure: add one"),
    ),
    "a grant of nothing": (
        [
            row | {"contribution": 0, "total_budget": ""} if row["kind"] != "need" else row
            for row in LEDGER
            if row["status"] != "confirmed"
        ],
        (GRANT, "contribution", "the grant is £0"),
    ),
    "two years": (
        changed("need", 4, year="2018/19"),
        (FIFTH, "year", "2018/19 differs from the year of the first row"),
    ),
    "one need twice": (
        [*LEDGER, NEEDS[4]],
        (13, "need", "'Campaigns and training' appears twice. Cure: keep one"),
    ),
    "no area": (
        changed("need", 4, areas=""),
        (FIFTH, "areas", "has no priority area. Cure: name at least one"),
    ),
    "an unknown area": (
        changed("need", 4, areas="hate_crime;hat_crime"),
        (FIFTH, "areas", "'hat_crime' is not in the framework. Cure: did you mean hate_crime"),
    ),
    "an unknown indicator": (
        changed("need", 0, indicators="domestic_abuse_referral"),
        (
            FIRST,
            "indicators",
            "is not in the framework. Cure: did you mean domestic_abuse_referrals",
        ),
    ),
    "an indicator twice": (
        changed("need", 0, indicators="domestic_abuse;domestic_abuse"),
        (FIRST, "indicators", "domestic_abuse is here 2 times. Cure: name it once"),
    ),
    "a text that a spreadsheet would run": (
        changed("need", 0, recommendation="=cmd|' /C calc'!A0"),
        (FIRST, "recommendation", "starts with =, like a formula. Cure: start it with a word"),
    ),
    "confirmed without a sum": (
        changed("need", 0, contribution=""),
        (
            FIRST,
            "contribution",
            "is confirmed but has no amount. Cure: give the amount only once it is confirmed",
        ),
    ),
    "a sum that is not confirmed": (
        changed("need", 4, contribution=5),
        (FIFTH, "contribution", "is not confirmed but has an amount"),
    ),
    "a sum in words": (
        changed("need", 0, contribution="about 110,000"),
        (FIRST, "contribution", "'about 110,000' is not a whole number. Cure: write digits only"),
    ),
    "a grant without a sum": (
        changed("grant", 0, contribution=""),
        (GRANT, "contribution", "the cell is empty"),
    ),
    "a negative sum": (
        changed("need", 0, contribution=-1),
        (FIRST, "contribution", "'-1' is not a whole number"),
    ),
    "a budget below its part": (
        changed("need", 0, total_budget=109_999),
        (FIRST, "total_budget", "it is less than the contribution. Cure: correct one of them"),
    ),
    "a date in words": (
        changed("need", 0, decide_by="24 January"),
        (FIRST, "decide_by", "'24 January' is not a date. Cure: write the date as 2017-01-24"),
    ),
    "an unknown status": (
        changed("need", 4, status="confirm"),
        (FIFTH, "status", "'confirm' is not known. Cure: did"),
    ),
    "an unknown kind": (
        changed("need", 0, kind="needs"),
        (FIRST, "kind", "'needs' is not known. Cure: did you mean"),
    ),
    "no owner": (
        changed("need", 0, owner=" "),
        (FIRST, "owner", "the cell is empty. Cure: fill it in"),
    ),
    "a year written otherwise": (
        changed("need", 0, year="2017"),
        (FIRST, "year", "'2017' is not a financial year"),
    ),
    "a text too long": (
        changed("need", 0, note="n" * 501),
        (FIRST, "note", "it has 501 characters. Cure: keep"),
    ),
}


@pytest.mark.parametrize(("rows", "wanted"), REFUSED.values(), ids=REFUSED.keys())
def test_a_mistake_in_the_ledger_is_told_with_its_row_column_and_cure(told, rows, wanted):
    ((row, column, message),) = told(rows)
    assert (row, column) == wanted[:2]
    assert wanted[2] in message
    assert message.startswith("2016-11/papers/commissioning.csv, ")
    assert message.count(". Cure: ") == 1


def test_a_need_may_be_paid_for_by_the_grant_alone(told):
    assert told(changed("need", 0, total_budget=110_000)) == []


def test_every_mistake_of_a_ledger_is_told_at_once(told):
    rows = changed("need", 0, status="sure", decide_by="soon", areas="nowhere")
    rows[5] = rows[5] | {"contribution": "lots"}
    places = {(row, column) for row, column, _ in told(rows)}
    assert places == {(3, "status"), (3, "decide_by"), (3, "areas"), (7, "contribution")}


def test_a_wrong_header_names_the_columns_wanted(told):
    ((row, column, message),) = told(LEDGER, columns=[c for c in COLUMNS if c != "owner"])
    assert (row, column) == (1, None)
    assert f"write the columns {', '.join(COLUMNS)}" in message


def test_a_page_is_not_made_from_a_ledger_that_does_not_add_up(project):
    path = project / "data/raw/2016-11/papers/commissioning.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace(",110000,", ",110001,"), encoding="utf-8"
    )
    with pytest.raises(
        sources.Refused, match=r"cell G11, column contribution: .* add up to £233,501"
    ):
        Commissioning("2016-11", project)


def test_a_workbook_gives_the_same_ledger_as_the_csv(tmp_path):
    workbook, folder = openpyxl.Workbook(), tmp_path / "raw/2016-11/papers"
    folder.mkdir(parents=True)
    workbook.active.append(COLUMNS)
    for row in LEDGER:
        sums = {
            name: int(row[name]) if row[name] else None for name in ("contribution", "total_budget")
        }
        day = datetime.date.fromisoformat(row["decide_by"]) if row["decide_by"] else None
        workbook.active.append([(row | sums | {"decide_by": day})[name] for name in COLUMNS])
    workbook.save(folder / "commissioning.xlsx")
    read = sources.read(tmp_path / "raw", MONTH, FRAMEWORK)
    assert read.problems == ()
    kept = sources.papers(ROOT / "data/raw", MONTH, FRAMEWORK)["commissioning"]
    assert read.papers["commissioning"].rows == kept.rows


def test_a_ledger_as_excel_saves_it_gives_the_same_sums_and_days(tmp_path):
    def saved(row: dict) -> dict:
        sums = {
            name: f"£{int(row[name]):,}.00"
            for name in ("contribution", "total_budget")
            if row[name]
        }
        year, _, day = row["decide_by"].partition("-")
        return row | sums | ({"decide_by": f"{day[3:]}/{day[:2]}/{year}"} if year else {})

    folder = tmp_path / "raw/2016-11/papers"
    folder.mkdir(parents=True)
    write(folder / "commissioning.csv", [saved(row) for row in LEDGER], COLUMNS)
    read = sources.read(tmp_path / "raw", MONTH, FRAMEWORK)
    assert read.problems == ()
    kept = sources.papers(ROOT / "data/raw", MONTH, FRAMEWORK)["commissioning"]
    assert read.papers["commissioning"].rows == kept.rows
    assert "£110,000.00" in (folder / "commissioning.csv").read_text(encoding="utf-8")


def made(sums: list[int], rest: int, waiting: int) -> list[dict]:
    """A ledger that adds up, of these confirmed sums."""
    year = {"year": "2017/18"}
    said = year | {"kind": "need", "recommendation": "R", "areas": "hate_crime", "owner": "O"}
    paid = [
        said | {"need": f"N{n}", "contribution": s, "status": "confirmed"}
        for n, s in enumerate(sums)
    ]
    open_ = [said | {"need": f"W{n}", "status": "to be confirmed"} for n in range(waiting)]
    stated = {"grant": sum(sums) + rest, "confirmed total": sum(sums), "not allocated": rest}
    return [
        *paid,
        *open_,
        *(year | {"kind": kind, "contribution": s} for kind, s in stated.items()),
    ]


@shared
@given(
    st.lists(st.integers(0, 10**7), max_size=6),
    st.integers(0, 10**7),
    st.integers(0, 4),
    st.sampled_from([-1, 1]),
    st.data(),
)
def test_a_ledger_that_adds_up_is_taken_and_a_pound_anywhere_in_it_is_missed(
    told, sums, rest, waiting, off, data
):
    assume(sum(sums) + rest and (sums or waiting))
    rows = made(sums, rest, waiting)
    assert told(rows) == []
    place = data.draw(
        st.sampled_from(
            [n for n, r in enumerate(rows) if "contribution" in r and r["contribution"] + off >= 0]
        )
    )
    rows[place] = rows[place] | {"contribution": rows[place]["contribution"] + off}
    assert [column for _, column, _ in told(rows)] == ["contribution"]


def test_a_ledger_without_a_need_is_refused(told):
    assert "there is no row with the kind 'need'. Cure: add one." in str(told(made([], 100, 0)))
