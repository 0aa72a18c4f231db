"""How much a rate differs from the least to the most deprived small areas."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import scipy

from saferplymouth.statistics.intervals import poisson_interval

FEWEST = 10  # areas for a gradient
MOST_STEPS = 50


@dataclass(frozen=True)
class Gradient:
    """The rate at the most deprived end of a place divided by that at the least deprived end, with
    its 95% interval: `ratio`, `low`, `high`. `most` and `least` are the two rates, and `phi` the
    dispersion. `rests_on` is the area without which the interval would include no difference, the
    most telling of several; "" if there is none, or if it includes it as it is.
    """

    ratio: float
    low: float
    high: float
    most: float
    least: float
    phi: float
    rests_on: str = ""

    @property
    def clear(self) -> bool:
        """Whether the interval excludes no difference, a ratio of 1."""
        return self.low > 1 or self.high < 1


def position(people: pd.Series, deprived: pd.Series) -> pd.Series:
    """Where each area stands among the people of a place, from 0 (least deprived) to 1: the share
    of people in less deprived areas, and half of those in its own and in areas just as deprived.

    The higher `deprived`, the more so.
    """
    by_level = people.groupby(deprived).sum().sort_index()
    middle = (by_level.cumsum() - by_level / 2) / by_level.sum()
    return deprived.map(middle)


def gradient(counts: pd.Series, people: pd.Series, deprived: pd.Series) -> Gradient | None:
    """The relative index of inequality of a rate, from areas' counts, their people and how deprived
    they are (the higher the more so); None for fewer than ten areas, for no count, or if all are
    equally deprived.

    The rate is log-linear in the position x (see `position`): count ~ people·exp(a + b·x), and the
    index is exp(b). Counts vary by more than Poisson, so standard errors are multiplied by √φ, φ
    being Pearson's χ² over n − 2 and at least 1; the interval has Student's t with n − 2 degrees of
    freedom. Sources: Mackenbach and Kunst, Social Science & Medicine 44 (1997), 757–771;
    Moreno-Betancur et al., Epidemiology 26 (2015), 518–527; for φ, McCullagh and Nelder,
    Generalized Linear Models (1989), chapter 6.

    Areas near each other are alike, for which the interval does not allow.
    """
    if len(counts) < FEWEST or not counts.sum() or deprived.nunique() < 2:
        return None
    y, n, x = counts.to_numpy(float), people.to_numpy(float), position(people, deprived).to_numpy()
    try:
        with np.errstate(all="ignore"):
            whole = _fitted(y, n, x)
    except np.linalg.LinAlgError:
        return None
    if not whole.clear:
        return whole if np.isfinite([whole.ratio, whole.low, whole.high]).all() else None
    without = {}
    for place, area in enumerate(counts.index):
        rest = np.arange(len(y)) != place
        fit = _fitted(y[rest], n[rest], x[rest])
        if not fit.clear:
            without[str(area)] = abs(np.log(fit.ratio))
    return replace(whole, rests_on=min(without, key=without.get, default=""))


def _fitted(y: np.ndarray, n: np.ndarray, x: np.ndarray) -> Gradient:
    """The fit by iteratively reweighted least squares."""
    columns = np.column_stack([np.ones_like(x), x])
    b = np.array([np.log(y.sum() / n.sum()), 0.0])
    for _ in range(MOST_STEPS):
        mu = n * np.exp(columns @ b)
        information = columns.T @ (columns * mu[:, None])
        step = np.linalg.solve(information, columns.T @ (y - mu))
        b = b + step
        if np.abs(step).max() < 1e-12:
            break
    mu = n * np.exp(columns @ b)
    free = len(y) - 2
    phi = float(((y - mu) ** 2 / mu).sum() / free)
    information = columns.T @ (columns * mu[:, None])
    error = np.sqrt(max(phi, 1) * np.linalg.inv(information)[1, 1])
    half = scipy.special.stdtrit(free, 0.975) * error
    ratio, low, high = (float(np.exp(b[1] + way * half)) for way in (0, -1, 1))
    return Gradient(ratio, low, high, float(np.exp(b.sum())), float(np.exp(b[0])), phi)


def by_level(counts: pd.Series, people: pd.Series, level: pd.Series) -> pd.DataFrame:
    """The rate of the areas of each level, per person: columns areas, people, count, rate, low and
    high (95%).

    The interval is rate·exp(± t·√(φ/count)), φ being Pearson's χ² of the areas about the rate of
    their level, over the number of areas less that of levels, and at least 1; t has as many degrees
    of freedom. Without a count, or with one area in each level, it is the exact Poisson one.
    """
    grouped = pd.DataFrame({"count": counts, "people": people}).groupby(level)
    frame = grouped.sum().assign(areas=grouped.size())
    frame["rate"] = frame["count"] / frame["people"]
    expected = people * level.map(frame["rate"])
    free = len(counts) - len(frame)
    some = expected > 0
    squares = ((counts - expected) ** 2 / expected)[some].sum()
    half = np.nan
    if free:
        phi = max(squares / free, 1)
        half = scipy.special.stdtrit(free, 0.975) * np.sqrt(phi / frame["count"])
    frame["low"], frame["high"] = frame["rate"] * np.exp(-half), frame["rate"] * np.exp(half)
    for name, row in frame.iterrows():
        if not free or not row["count"]:
            frame.loc[name, ["low", "high"]] = poisson_interval(int(row["count"]), row["people"])
    return frame
