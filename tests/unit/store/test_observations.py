"""What was received, tidy: restated figures, editions as they stood, and files rebuilt at will."""

import errno
import shutil
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from projects import ROOT

from saferplymouth import framework, sources
from saferplymouth.store import observations

FRAMEWORK = framework.load(ROOT / "framework.toml")
COLUMNS = ["indicator", "period", "value", "numerator", "denominator", "low", "high"]
COLUMNS += ["received", "source", "status", "note", "breakdown", "group", "taken_from"]


class Drops:
    """A project's drops, and what is read from them."""

    def __init__(self, root: Path):
        self.root, self.processed = root, root / "data/processed"

    def send(
        self, drop: str, *rows: str, name: str = "p.csv", header: str = "indicator,period,value"
    ) -> None:
        folder = self.root / f"data/raw/{drop}/returns"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("\n".join([header, *rows, ""]), encoding="utf-8")

    def refresh(self, upto: str = "2016-11") -> None:
        observations.refresh(self.root, FRAMEWORK, pd.Period(upto, "M"))

    def received(self, upto: str = "2016-11") -> pd.DataFrame:
        self.refresh(upto)
        return observations.received(self.root, pd.Period(upto, "M"))

    def stood(self, upto: str = "2016-11") -> dict[tuple[str, str], tuple[float, str, str]]:
        frame = observations.as_it_stood(self.received(upto))
        return {
            (r.indicator, r.period): (r.value, r.received, r.status) for r in frame.itertuples()
        }

    def files(self) -> dict[str, bytes]:
        return (
            {p.name: p.read_bytes() for p in sorted(self.processed.glob("*.parquet"))}
            if self.processed.is_dir()
            else {}
        )


@pytest.fixture
def drops(tmp_path) -> Drops:
    return Drops(tmp_path)


APRIL = ("overall_crime", "2016-04")


def test_an_observation_has_the_columns_the_contract_names(drops):
    drops.send("2016-11", "overall_crime,2016-11,1575,a note", header="indicator,period,value,note")
    rows = "ist_satisfaction,2016-11,2,3"
    drops.send("2016-11", rows, name="q.csv", header="indicator,period,numerator,denominator")
    frame = drops.received()
    assert list(frame.columns) == COLUMNS
    first, second = frame.to_dict("records")
    assert (first["value"], first["received"], first["source"]) == (
        1575.0,
        "2016-11",
        "returns/p.csv",
    )
    assert (first["status"], first["note"]) == ("", "a note")
    assert pd.isna(first["numerator"])
    assert (second["numerator"], second["denominator"]) == (2, 3)


def test_a_restated_period_keeps_both_figures_and_the_later_wins(drops):
    drops.send("2016-04", "overall_crime,2016-04,1335")
    drops.send("2016-06", "overall_crime,2016-04,1340")
    assert sorted(drops.received()["value"]) == [1335, 1340]
    assert drops.stood() == {APRIL: (1340, "2016-06", "r")}


def test_an_edition_as_it_stood_knows_nothing_of_a_later_drop(drops):
    drops.send("2016-04", "overall_crime,2016-04,1335")
    drops.send("2016-05", "overall_crime,2016-05,1576")
    before = drops.stood("2016-05")
    drops.send("2016-06", "overall_crime,2016-04,1340", "overall_crime,2016-05,1500")
    drops.refresh("2016-06")
    assert (
        drops.stood("2016-05")
        == before
        == {APRIL: (1335, "2016-04", ""), ("overall_crime", "2016-05"): (1576, "2016-05", "")}
    )


def test_a_figure_sent_again_unchanged_is_no_revision(drops):
    drops.send("2016-04", "overall_crime,2016-04,1335")
    drops.send("2016-05", "overall_crime,2016-04,1335")
    assert drops.stood() == {APRIL: (1335, "2016-05", "")}


def test_a_revised_figure_stays_marked_when_the_whole_year_is_sent_each_month(drops):
    drops.send("2016-04", "overall_crime,2016-04,1335")
    drops.send("2016-05", "overall_crime,2016-04,1340")
    drops.send("2016-06", "overall_crime,2016-04,1340")
    assert drops.stood() == {APRIL: (1340, "2016-06", "r")}


def test_a_quarter_and_a_supplied_year_to_date_are_told_apart_from_months(drops):
    drops.send("2016-09", "ist_satisfaction,2016-09,90", "ist_satisfaction,2016-04..2016-09,88")
    drops.send("2016-10", "domestic_abuse_referrals,2016/17 Q2,526")
    stood = observations.as_it_stood(drops.received())
    months, spans = observations.of_indicator(
        stood, FRAMEWORK.indicators["ist_satisfaction"], FRAMEWORK
    )
    assert ([str(p) for p in months.index], list(months["value"])) == (["2016-09"], [90])
    assert ([str(p) for p in spans.index], list(spans["value"])) == (["2016-09"], [88])
    quarters, none = observations.of_indicator(
        stood, FRAMEWORK.indicators["domestic_abuse_referrals"], FRAMEWORK
    )
    assert [FRAMEWORK.calendar.label(p) for p in quarters.index] == ["2016/17 Q2"]
    assert none.empty


def test_an_indicator_with_nothing_received_has_an_empty_series(drops):
    drops.send("2016-11", "overall_crime,2016-11,1575")
    for indicator in FRAMEWORK.indicators.values():
        both = observations.of_indicator(
            observations.as_it_stood(drops.received()), indicator, FRAMEWORK
        )
        assert indicator.key == "overall_crime" or all(frame.empty for frame in both)


def test_no_drop_at_all_is_an_empty_frame(drops):
    assert list(drops.received().columns) == COLUMNS
    assert observations.as_it_stood(drops.received()).empty


# --- Incremental, and rebuilt at will


def written(drops: Drops) -> dict[str, int]:
    return {p.name: p.stat().st_mtime_ns for p in drops.processed.glob("*.parquet")}


def three(drops: Drops) -> None:
    for n, drop in enumerate(("2016-04", "2016-05", "2016-06")):
        drops.send(drop, f"overall_crime,{drop},{1000 + n}")
    drops.refresh()


def test_what_has_not_changed_is_not_read_again(drops, monkeypatch):
    three(drops)
    before = written(drops)
    monkeypatch.setattr(sources, "read", lambda *_: pytest.fail("read again"))
    drops.refresh()
    assert written(drops) == before
    assert len(before) == 3


def test_a_new_drop_leaves_the_others_as_they_are(drops):
    three(drops)
    before = written(drops)
    drops.send("2016-07", "overall_crime,2016-07,5")
    drops.refresh()
    assert written(drops) == before | {"2016-07.parquet": written(drops)["2016-07.parquet"]}


def test_a_changed_drop_is_read_again_and_so_are_those_after_it(drops):
    three(drops)
    drops.send("2016-06", "overall_crime,2016-04,1001")
    assert drops.stood()[APRIL] == (1001, "2016-06", "r")
    drops.send("2016-04", "overall_crime,2016-04,1001")
    assert drops.stood()[APRIL] == (1001, "2016-06", "")


def test_a_changed_framework_is_reason_to_read_everything_again(drops):
    three(drops)
    before = drops.files()
    (drops.root / "framework.toml").write_bytes((ROOT / "framework.toml").read_bytes())
    text = (
        (drops.root / "framework.toml")
        .read_text(encoding="utf-8")
        .replace("small_base = 50", "small_base = 40")
    )
    (drops.root / "framework.toml").write_text(text, encoding="utf-8")
    observations.refresh(
        drops.root, framework.load(drops.root / "framework.toml"), pd.Period("2016-11", "M")
    )
    assert all(drops.files()[name] != content for name, content in before.items())


def test_a_drop_taken_away_takes_its_figures_with_it(drops):
    three(drops)
    shutil.rmtree(drops.root / "data/raw/2016-05")
    assert ("overall_crime", "2016-05") not in drops.stood()
    assert sorted(drops.files()) == ["2016-04.parquet", "2016-06.parquet"]


def test_an_earlier_edition_does_not_throw_away_what_later_ones_need(drops):
    three(drops)
    before = written(drops)
    drops.refresh("2016-04")
    assert written(drops) == before


def test_figures_handed_to_a_notebook_without_their_drops_are_left_alone(drops):
    three(drops)
    bare = pq.read_table(drops.processed / "2016-06.parquet").replace_schema_metadata()
    for raw in (None, "comments"):
        root = drops.root / f"elsewhere-{raw}"
        (root / "data/processed").mkdir(parents=True)
        pq.write_table(bare, root / "data/processed/2016-06.parquet")
        if raw:
            (root / "data/raw/2016-06/comments").mkdir(parents=True)
            (root / "data/raw/2016-06/comments/overall_crime.md").write_text("Words.")
        assert len(Drops(root).stood()) == 1


@pytest.mark.parametrize(
    "damage", [lambda b: b"", lambda b: b[: len(b) // 2], lambda b: b[:-5], lambda b: b"PAR1" * 9]
)
def test_a_damaged_file_is_rebuilt(damage, drops):
    three(drops)
    before, path = drops.files(), drops.processed / "2016-05.parquet"
    path.write_bytes(damage(path.read_bytes()))
    drops.refresh()
    assert drops.files() == before


@given(at=st.floats(0, 1, exclude_max=True), byte=st.integers(1, 255))
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60
)
def test_no_single_damaged_byte_changes_a_figure(drops, at, byte):
    three(drops)
    stood, path = drops.stood(), drops.processed / "2016-05.parquet"
    content = bytearray(path.read_bytes())
    content[int(at * len(content))] ^= byte
    path.write_bytes(content)
    assert drops.stood() == stood


def test_all_of_it_may_be_thrown_away_and_comes_back_the_same(drops):
    three(drops)
    before = drops.files()
    shutil.rmtree(drops.processed)
    drops.refresh()
    assert drops.files() == before


# --- Refusals write nothing


def test_one_refused_drop_keeps_every_other_from_being_written(drops):
    three(drops)
    before = drops.files()
    drops.send("2016-03", "overall_crime,2016-03,5")
    drops.send("2016-08", "overall_crime,2016-08,x", "nonsense,2016-08,5")
    drops.send("2016-09", "overall_crime,2016-09,-1")
    drops.send("2016-10", "overall_crime,2016-10,5")
    with pytest.raises(sources.Refused) as refused:
        drops.refresh()
    told = [(p.file, p.row, p.column) for p in refused.value.problems]
    place = "2016-08/returns/p.csv"
    assert told == [
        (place, 2, "value"),
        (place, 3, "indicator"),
        ("2016-09/returns/p.csv", 2, "value"),
    ]
    assert drops.files() == before


def test_a_drop_refused_later_does_not_hold_up_an_earlier_edition(drops):
    drops.send("2016-04", "overall_crime,2016-04,5")
    drops.send("2016-05", "overall_crime,2016-05,x")
    assert drops.stood("2016-04") == {APRIL: (5, "2016-04", "")}


def test_a_file_put_astray_in_a_drop_already_read_is_refused(drops):
    three(drops)
    (drops.root / "data/raw/2016-05/late.csv").write_text("indicator,period,value\n")
    with pytest.raises(sources.Refused, match=r"2016-05/late.csv: is not part of a drop"):
        drops.refresh()


def test_a_return_beside_and_not_inside_its_folder_is_refused(drops):
    (drops.root / "data/raw/2016-05").mkdir(parents=True)
    (drops.root / "data/raw/2016-05/police.csv").write_text(
        "indicator,period,value\noverall_crime,2016-05,5\n"
    )
    with pytest.raises(sources.Refused, match=r"police.csv: is not part of a drop"):
        drops.refresh()


def test_a_disk_that_refuses_leaves_the_old_file_and_no_litter(drops, monkeypatch):
    three(drops)
    before = drops.files()
    drops.send("2016-06", "overall_crime,2016-06,7")

    def full(table, path, **_):
        Path(path).write_bytes(b"PAR1 half a file")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(observations.pq, "write_table", full)
    with pytest.raises(OSError, match="No space"):
        drops.refresh()
    assert drops.files() == before


def test_the_projects_own_drops_hold_every_figure_once(untouched):
    observations.refresh(untouched, FRAMEWORK, pd.Period("2016-11", "M"))
    frame = observations.received(untouched, pd.Period("2016-11", "M"))
    assert len(frame) == len(observations.as_it_stood(frame)) == 144 + 10
    assert set(frame["status"]) == {""}


def test_what_a_sender_says_of_a_figure_stays_until_it_sends_the_figure_again(drops):
    drops.send("2016-04", "overall_crime,2016-04,1335p", "violence_with_injury,2016-04,*")
    assert drops.stood("2016-04")[APRIL] == (1335, "2016-04", "p")
    hidden = drops.stood("2016-04")["violence_with_injury", "2016-04"]
    assert (pd.isna(hidden[0]), hidden[2]) == (True, "c")
    drops.send("2016-05", "overall_crime,2016-04,1335", "violence_with_injury,2016-04,160")
    assert drops.stood("2016-05")[APRIL] == (1335, "2016-05", "")
    assert drops.stood("2016-05")["violence_with_injury", "2016-04"] == (160, "2016-05", "")
    drops.send("2016-06", "overall_crime,2016-04,1336")
    assert drops.stood("2016-06")[APRIL] == (1336, "2016-06", "r")
