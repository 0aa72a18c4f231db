"""Simulated boards of thirty indicators, and what the editions that the command builds of a board
say: read from `board_summary.csv` and the pages, never from the package's functions.
"""

import html
import json
import re
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

import measure
import numpy as np
import pandas as pd
import peers

from saferplymouth.indicators import commentary, findings
from saferplymouth.statistics import surveillance
from saferplymouth.statistics.expectations import COUNTS, History
from saferplymouth.statistics.surveillance import Watched

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import tiny

KNOWN, EDITIONS, INDICATORS, AREA = 60, 12, 30, 10
FIRST = pd.Period("2011-04", "M")  # so that the twelve editions are a financial year
LARGE = 150  # a mean from which a change of 20 % is asked to be seen
SPREAD, ALIKE, GROWTH = 0.08, 0.6, 0.03
KINDS = {  # spread, season, correlation of neighbouring months, growth a year, lowest, highest mean
    "poisson": (0, 0, 0, 0, 3, 1500),
    "spread 8 %": (SPREAD, 0, 0, 0, 3, 1500),
    "season 15 %": (SPREAD, 0.15, 0, 0, 3, 1500),
    "season 25 %": (SPREAD, 0.25, 0, 0, 3, 1500),
    "alike 0.6": (SPREAD, 0, ALIKE, 0, 3, 1500),
    "trend": (SPREAD, 0, 0, GROWTH, 3, 1500),
    "small": (0, 0, 0, 0, 1, 20),
}
# of a board with changes: a third steps, two thirds of them where the mean is large
CHANGES_OF_LARGE = [("step", size) for size in (0.2, 0.2, 0.2, 0.1, 0.1, 0.4, 0.4)]
CHANGES_OF_LARGE += [("spike", 0.6), ("drift", 0.01), ("drift", 0.02), ("drift", 0.02)]
CHANGES_OF_SMALL = [("step", 0.2), ("step", 0.2), ("step", 0.4), ("spike", 0.6)]
SPIKE = 4  # the edition whose month stands out
STEADY, CHANGED, PLANTED = WHAT = ("steady", "changed", "planted")
PLANTED_SIZES, PLANTED_FROM, PLANTED_OF = (0.2, 0.3, 0.4), range(1, 9), 3  # editions; a board


@dataclass
class Board:
    """A board's monthly `counts` by indicator, and of each indicator its aim (+1 to increase),
    other `facts` and its name, if it has one; `expected` are the counts without chance, where they
    are known.
    """

    counts: pd.DataFrame
    aims: dict[str, int]
    editions: int = EDITIONS
    expected: pd.DataFrame | None = None
    facts: pd.DataFrame = field(default_factory=pd.DataFrame)
    names: dict[str, str] = field(default_factory=dict)


def simulate(kind: str, what: str, seed: list[int]) -> Board:
    """A board of one kind: steady, with changes of a third of its indicators, or with three steps
    planted in different months.
    """
    rng = np.random.default_rng([*seed, list(KINDS).index(kind), WHAT.index(what)])
    spread, season, alike, growth, least, most = KINDS[kind]
    months = pd.period_range(FIRST, periods=KNOWN + EDITIONS)
    keys = [f"i{n:02}" for n in range(INDICATORS)]
    means, at = np.geomspace(least, most, INDICATORS), np.arange(len(months))[:, None]
    peaks, ways = rng.uniform(0, 12, INDICATORS), rng.choice([-1, 1], INDICATORS)
    facts = pd.DataFrame({"mean": means, "change": "", "size": 0.0, "starts": 1}, index=keys)
    expected = means * (1 + season * np.cos(2 * np.pi * (at - peaks) / 12))
    expected = expected * (1 + growth * ways) ** ((at - KNOWN) / 12)
    if what == CHANGED:
        facts[["change", "size"]] = _changes(means, rng)
    elif what == PLANTED:
        large = rng.choice(facts.index[means >= LARGE], PLANTED_OF, replace=False)
        sizes = rng.choice(PLANTED_SIZES, PLANTED_OF) * rng.choice([-1, 1], PLANTED_OF)
        starts = rng.choice(PLANTED_FROM, PLANTED_OF, replace=False)
        facts.loc[large, "change"] = "step"
        facts.loc[large, "size"], facts.loc[large, "starts"] = sizes, starts
    if what != STEADY:
        of = facts[["change", "size", "starts"]].itertuples(index=False)
        expected = expected * np.column_stack([_factors(*row) for row in of])
    elif growth:
        facts["size"] = growth * ways
    noise = _noise(rng, len(months), spread, alike)
    counts = rng.poisson(expected * np.exp(noise - spread**2 / 2))
    table = {"index": months, "columns": keys}
    aims = {key: 1 if n % 2 else -1 for n, key in enumerate(keys)}
    return Board(
        pd.DataFrame(counts, **table), aims, EDITIONS, pd.DataFrame(expected, **table), facts
    )


def _changes(means: np.ndarray, rng: np.random.Generator) -> list[tuple[str, float]]:
    """What changes of each indicator, and by how much, up or down; a spike is always up."""
    found: list[tuple[str, float]] = [("", 0.0)] * len(means)
    for wanted, where in (
        (CHANGES_OF_LARGE, np.flatnonzero(means >= LARGE)),
        (CHANGES_OF_SMALL, np.flatnonzero(means < LARGE)),
    ):
        for at, (change, size) in zip(rng.permutation(where), wanted, strict=False):
            found[at] = change, size if change == "spike" else size * rng.choice([-1, 1])
    return found


def _factors(change: str, size: float, starts: int) -> np.ndarray:
    since = np.arange(1 - KNOWN, EDITIONS + 1)  # 1 is the first month with an edition
    if change == "drift":
        return (1 + size) ** np.maximum(since, 0)
    when = since == SPIKE if change == "spike" else since >= starts
    return np.where(when, 1 + size, 1.0)


def _noise(rng: np.random.Generator, months: int, spread: float, alike: float) -> np.ndarray:
    noise = rng.normal(0, spread, (months, INDICATORS))
    for n in range(1, months):
        noise[n] = alike * noise[n - 1] + np.sqrt(1 - alike**2) * noise[n]
    return noise


def build(board: Board, pages: bool = True) -> pd.DataFrame:
    """A row for each edition and indicator: what was said, what peers would have said, the truth
    where it is known, and the seconds of an edition. Without `pages`, of the board summary alone.
    """
    with tempfile.TemporaryDirectory(prefix="signals-") as name:
        root, months = Path(name), board.counts.index[-board.editions :]
        _project(root, board)
        run = [sys.executable, "-m", "saferplymouth", "run", f"{months[0]}..{months[-1]}"]
        took = measure.took(run if pages else [*run, "--area", "board_summary"], root)
        made = root / "outputs" if pages else root / "outputs/partial"
        rows = [row for month in months for row in _edition(made / str(month), month, board)]
    found = pd.DataFrame(rows).join(board.facts, on="key")
    found["said"] = found["state"].map({findings.ON: 1, findings.OFF: -1}).fillna(0).astype(int)
    found["said"] *= found["key"].map(board.aims)
    way = found["variation"].map({"improving": 1, "worsening": -1}).fillna(0).astype(int)
    found["way"] = way * found["key"].map(board.aims)
    known = [board.counts.loc[:month, key].dropna() for month, key in _pairs(found)]
    found["xmr"] = [peers.xmr(one.asfreq("M")) for one in known]
    found["farrington"] = [peers.farrington(one) for one in known]
    if board.expected is not None:
        found["total"] = found["key"].map(board.counts.iloc[KNOWN:].sum())
        found["truth"] = [_true_change(board.expected[key], month) for month, key in _pairs(found)]
    times = {name: took[name] / board.editions for name in ("wall", "cpu")}
    return found.assign(pages=pages, **times)


def watched(board: Board) -> pd.DataFrame:
    """The same of what is `said` alone, without any edition: the changes that `surveillance.watch`
    has going on in the month of each.
    """
    series = {k: Watched(History(board.counts[k].astype(float), COUNTS)) for k in board.counts}
    said: dict[object, dict[int, int]] = {}
    settle = surveillance._Series.settle

    def noted(one: surveillance._Series, place: int) -> None:
        settle(one, place)
        said.setdefault(one, {})[place - KNOWN + 1] = one.change.side if one.change else 0

    with mock.patch.object(surveillance._Series, "settle", noted):
        keys = surveillance.watch(series, len(series))
    rows = [
        {"key": key, "n": n, "said": ways.get(n, 0)}
        for key, ways in zip(keys, said.values(), strict=True)
        for n in range(1, board.editions + 1)
    ]
    return pd.DataFrame(rows).join(board.facts, on="key")


def _pairs(found: pd.DataFrame) -> list[tuple[pd.Period, str]]:
    return [(pd.Period(row.month, "M"), row.key) for row in found.itertuples()]


def _true_change(expected: pd.Series, month: pd.Period) -> float:
    """The change of the year to date on last year, in percent, without chance."""
    this = expected.loc[expected.index[KNOWN] : month]
    return 100 * (this.sum() / expected.loc[this.index - 12].sum() - 1)


def _project(root: Path, board: Board) -> None:
    """A project whose first drop has all the history, and each later one its month."""
    keys, text, pages = list(board.aims), tiny.PARTNERSHIP, {"board_summary": tiny.BOARD}
    for n, key in enumerate(keys):
        if n % AREA == 0:
            area = f"area{n // AREA}"
            text += f'[areas.{area}]\ntitle = "Area {n // AREA}"\npriority = "Because."\n'
            pages[area] = f"from saferplymouth import Report\nreport = Report('{area}', month)\n"
            pages[area] += "display(report.summary())\n"
        pages[area] += f"report['{key}'].show()\n"
        entry = "".join(tiny.AREA.partition("[indicators")[1:])
        entry = entry.format(key=key, title=board.names.get(key, key))
        entry = entry.replace(f'area = "{key}"', f'area = "{area}"')
        text += entry.replace("reduce", "increase") if board.aims[key] > 0 else entry
    tiny.put(root / "framework.toml", text)
    for page, cell in pages.items():
        tiny.put(root / f"notebooks/{page}.ipynb", tiny.notebook(tiny.PARAMETERS, cell))
    months = board.counts.index
    drops = months[-board.editions :]
    for drop in drops:
        new = board.counts.loc[:drop] if drop == drops[0] else board.counts.loc[[drop]]
        long = new.rename_axis("period").melt(var_name="indicator", ignore_index=False).dropna()
        long = long.reset_index()[["indicator", "period", "value"]].astype({"value": int})
        returned = root / f"data/raw/{drop}/returns/police.csv"
        tiny.put(returned, long.to_csv(index=False, lineterminator="\n"))


# Reading an edition. What the pages' words are is in these few lines.
DRAWN = re.compile(r"<(figure|svg|table|script|style|details)\b.*?</\1>", re.DOTALL)
SECTION = re.compile(r'<h2 id="([^"]+)"[^>]*>')
LATEST = re.compile(rf"{commentary.LATEST} (.+?)(?:, based on [^.]*)?\.")
SAID = {words: meaning for meaning, pair in commentary.VARIATION.items() for words in pair}
PROJECTED = re.compile(r"would probably end between ([\d,]+) and ([\d,]+)")
CHANGE_SHOWN = re.compile(r"Change on last year, 95% confidence interval: from (.+?) to (.+?)\.")
FINDING = re.compile(r"<li>(.*?)</li>", re.DOTALL)
FOUND_OF = re.compile(r'href="[^"#]+#([^"]+)"')
NEW = "This is new in this edition."
EXPECTED = re.compile(r"(within|below|above) the 95% prediction interval of ")
NOT_BUILT = {
    "heading": "",
    "variation": "",
    "new": False,
    "expected": "",
    "low": None,
    "high": None,
    "change_low": None,
    "change_high": None,
}


def _edition(place: Path, month: pd.Period, board: Board) -> list[dict]:
    """What the edition says of each indicator; of its own section nothing where no page is made."""
    made = json.loads((place / "edition.json").read_bytes())
    states = pd.read_csv(place / "data/board_summary.csv").groupby("indicator")["state"].first()
    front = _sections((place / "index.html").read_text(encoding="utf-8"))
    found = [
        one for one in FINDING.findall(front.get("key-findings", "")) if findings.SIGNAL in one
    ]
    told = {of: _way(_text(one)) for one in found for of in FOUND_OF.findall(one)}
    pages = [p for area in made["areas"].values() for p in area.get("files", ()) if "html" in p]
    shown = {}
    for page in pages:
        shown |= _sections((place / page).read_text(encoding="utf-8"))
    common = {"month": str(month), "n": (month - FIRST).n - KNOWN + 1, "findings": len(found)}
    return [
        common
        | {"key": key, "state": states[key], "found": told.get(key, 0)}
        | (_indicator(shown[key]) if key in shown else NOT_BUILT)
        for key in board.aims
    ]


def _way(finding: str) -> int:
    return 1 if re.search(r"\b(up|above)\b", finding) else -1


def _sections(page: str) -> dict[str, str]:
    """What stands under each heading that has a name, without charts and tables."""
    parts = SECTION.split(DRAWN.sub("", page))
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def _text(part: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", part)).split())


def _indicator(section: str) -> dict:
    heading, text = _text(section.partition("</h2>")[0]), _text(section)
    latest, projected, changed = (one.search(text) for one in (LATEST, PROJECTED, CHANGE_SHOWN))
    expected = EXPECTED.search(text)
    low, high = (_number(one) for one in projected.groups()) if projected else (None, None)
    fall, rise = (_percent(one) for one in changed.groups()) if changed else (None, None)
    return {
        "heading": heading,
        "variation": SAID.get(latest[1], "unread") if latest else "none",
        "new": NEW in text,
        "expected": expected[1] if expected else "none",
        "low": low,
        "high": high,
        "change_low": fall,
        "change_high": rise,
    }


def _number(text: str) -> int:
    return int(text.replace(",", ""))


def _percent(text: str) -> float:
    """A change in words as a number: `a fall of 12%`, `no change`, `a rise of less than 1%`."""
    size = re.search(r"([\d,]+)%", text)
    if size is None:
        return 0.0
    value = _number(size[1]) + 0.5 * ("more than" in text) - 0.5 * ("less than" in text)
    return -value if "fall" in text else value
