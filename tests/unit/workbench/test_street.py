"""Counts of street crime by type, place and period: against the files themselves, read by pandas."""

import pandas as pd
import pytest
import tiny
from anytown import ASB, DRUGS, USUAL, VIOLENCE, anytown, real_project, real_rows
from projects import ROOT

from saferplymouth.errors import Unknown
from saferplymouth.indicators.project import Project
from saferplymouth.workbench import street

pytestmark = pytest.mark.xdist_group("places")
MONTHS = pd.period_range("2016-01", "2016-11", freq="M")
COLUMNS = {"neighbourhood": "MSOA_name_HoC", "ward": "WDNM", "small area": "LSOA11NM"}


@pytest.fixture(scope="module")
def project(base) -> Project:
    return Project("2016-11", real_project(base))


@pytest.fixture(scope="module")
def files() -> pd.DataFrame:
    """The rows that count, each with the places that the look-up names."""
    lookup = pd.read_csv(ROOT / "data/raw/2016-01/places/lookup.csv")
    return pd.DataFrame(real_rows()).merge(
        lookup, how="left", left_on="LSOA code", right_on="LSOA11CD"
    )


def test_each_type_in_each_place_and_month_is_what_the_files_say(project, files):
    for crime in (ASB, DRUGS, "Vehicle crime"):
        mine = files[files["Crime type"] == crime]
        for kind, column in (*COLUMNS.items(), ("district", "district")):
            counts = street.counts(project, crime, kind)
            said = pd.crosstab(mine["Month"], mine[column])
            said = said.reindex(index=MONTHS.astype(str), columns=counts.columns, fill_value=0)
            assert counts.index.equals(MONTHS)
            assert counts.to_numpy().tolist() == said.to_numpy().tolist(), (crime, kind)


def test_vehicle_crime_in_devonport_by_the_quarter_leaves_out_the_one_that_has_not_ended(
    project, files
):
    mine = files[(files["Crime type"] == "Vehicle crime") & (files["WDNM"] == "Devonport")]
    months = mine["Month"].value_counts()
    quarters = [months[months.index.isin(MONTHS[n : n + 3].astype(str))].sum() for n in (0, 3, 6)]
    found = street.series(project, "vehicle crime", "devonport", by="quarter")
    assert found.name == "Devonport"
    assert found.iloc[:3].tolist() == quarters
    assert found.iloc[3:].isna().tolist() == [True]
    assert street.series(project, "Vehicle crime", "Devonport", by="year").isna().all()


def test_all_crime_of_the_whole_area_leaves_out_anti_social_behaviour(project, files):
    mine = files[(files["district"] == "Plymouth") & (files["Crime type"] != ASB)]
    found = street.series(project, "All crime")
    assert found.tolist() == mine.groupby("Month").size().tolist()
    assert found.name == "Plymouth"


def test_every_ward_by_the_quarter_is_a_data_frame_of_what_the_files_say(project, files):
    view = street.street(project, "burglary", kind="ward", by="quarter")
    mine = files[files["Crime type"] == "Burglary"]
    quarter = mine[mine["Month"].isin(["2016-07", "2016-08", "2016-09"])]["WDNM"].value_counts()
    said = view.figures["July to September 2016"]
    assert said.astype(int).to_dict() == quarter.reindex(said.index, fill_value=0).to_dict()
    assert said.index[0] == quarter.index[0]
    assert view.findings[0].endswith(f"in July to September 2016, {quarter.iloc[0]}")
    assert view.figures["October to December 2016"].isna().all()
    assert "do not publish" in " ".join(view.findings)


def test_a_chart_says_once_where_its_scale_starts(project):
    assert street.street(project, "All crime").chart.title.count("scale from") == 1


def test_a_month_without_a_file_and_one_before_a_type_was_known_are_gaps_and_not_zeros(tmp_path):
    known = [row for row in USUAL if row[1] != VIOLENCE]
    months = {"2016-04": known, "2016-05": USUAL, "2016-07": USUAL, "2016-08": USUAL}
    project = Project("2016-08", anytown(tmp_path, months))
    drugs = street.series(project, DRUGS, "Old Quay")
    assert drugs.fillna(-1).tolist() == [26, 26, -1, 26, 26]
    violence = street.counts(project, VIOLENCE).fillna(-1)
    assert violence["Old Quay"].tolist() == [-1, 10, -1, 10, 10]
    assert violence["Mill End"].tolist() == [-1, 0, -1, 0, 0]
    quarters = street.series(project, DRUGS, "Old Quay", by="quarter")
    assert quarters.isna().tolist() == [True, True]


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ({"crime": "Vehicle"}, "did you mean Vehicle crime?"),
        (
            {"place": "Devenport"},
            "'Devenport' is not a place in the street files; did you mean Dev",
        ),
        ({"place": "City Centre"}, "did you mean City Centre, Barbican & Sutton Harbour?"),
        ({"place": "Atlantis", "kind": "ward"}, "use one of Budshead, Compton, Devonport, Drake"),
        ({"place": "Mutley", "kind": "parish"}, "use one of neighbourhood, ward, district, small"),
        ({"by": "week"}, "use one of month, quarter, year"),
    ],
)
def test_a_wrong_name_is_answered_with_those_that_would_work(project, asked, answer):
    with pytest.raises(Unknown) as told:
        street.series(project, **{"crime": "Vehicle crime"} | asked)
    assert answer in str(told.value)


def test_a_page_whose_notebook_asks_for_small_counts_is_not_built(tmp_path):
    months = {"2016-04": USUAL, "2016-05": USUAL}
    root = anytown(tmp_path, months)
    line = f"from saferplymouth import Workbench\nWorkbench(month).street('{VIOLENCE}')"
    notebook = tiny.notebook(tiny.PARAMETERS, line)
    tiny.put(root / "notebooks/overall_crime.ipynb", notebook)
    done = tiny.told(root, "run", "2016-05", "--area", "overall_crime")
    assert done.returncode == 1
    assert "overall_crime: FAILED" in done.stdout
    assert "so no page may have them; take the cell out of this notebook" in done.stdout
    assert not (root / "outputs/partial/2016-05/overall-crime.html").exists()
