"""Control charts (XmR): which months differ by more than the usual month-to-month variation of a
series.

The result is a data frame; a chart only draws it. The rules are those of the NHS programme Making
Data Count; `docs/control-charts.md` lists the differences and the reasons. Use it for counts or
rates, never for rolling totals. A frame has one row for each period from the first to the last,
with or without data, and these columns:

- `value`; `mean`, `lower`, `upper`: mean ± 2.66 × mean moving range, in the unit of
  the series. A limit that no value can pass (under the floor, over the ceiling) is NaN and not
  tested; `lower_drawn` and `upper_drawn` stop at the floor and at the ceiling. A moving range
  across a gap is not used.
- `phase` (from 0), the `cause` of its baseline (empty for the first), and `trial`: its limits are
  provisional, because it has fewer than 13 points.
- `outside`: beyond a limit. `shift`: one of 7 or more in a row on one side of the mean. `trend`:
  one of 7 or more in a row going up or down. `two_of_three`: one of at least two that are beyond
  two thirds of the way to a limit, among three in a row on that side of the mean. A gap, a new
  phase, a point on the mean (shift, two of three) or equal neighbours (trend) end a run.
- `signal`: any of the four. `side`: +1 above or rising, −1 below or falling, 0 without a signal;
  if rules disagree, the first of outside, trend, two of three and shift decides.
"""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from saferplymouth.periods import a_year

LIMIT = 2.66
RUN = 7
BASELINE = 12
FIRM = 13
YEARS = 3  # shown, of however many there are
NO_CHANGES: Mapping[pd.Period, str] = MappingProxyType({})


def xmr(
    series: pd.Series,
    changes: Mapping[pd.Period, str] = NO_CHANGES,
    *,
    baseline: int = BASELINE,
    floor: float | None = 0,
    ceiling: float | None = None,
) -> pd.DataFrame:
    """The control chart of `series` as a frame; the columns are described at the top of this file.

    `series` has a number for each month or quarter, NaN or missing for no data. Limits come from
    the first `baseline` points (all of them while there are fewer) and then stay. `changes` maps a
    period within the series to the reason why a new baseline, a new phase, begins there. `floor`
    and `ceiling` are the lowest and highest possible value: 0 and 100 for a percentage; None if
    there is no such limit, as for a difference.

    Source: Wheeler, Understanding Variation (1993); NHS England, Making Data Count.
    """
    values = _every_period(series)
    starts = sorted(changes)
    phase = pd.PeriodIndex(starts, freq=values.index.freq).searchsorted(values.index, side="right")
    parts = [_phase(part, baseline, floor, ceiling) for _, part in values.groupby(phase)]
    frame = pd.concat(parts) if parts else _phase(values, baseline, floor, ceiling)
    causes = ["", *(changes[start] for start in starts)]
    frame["phase"] = phase
    frame["cause"] = pd.Series([causes[p] for p in phase], frame.index, dtype=object)
    return frame


def last_years(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows that a chart shows and a text tells of: the last `YEARS` years."""
    return frame.iloc[-YEARS * a_year(frame.index) :]


def variation(frame: pd.DataFrame) -> str | None:
    """The latest point of an `xmr` frame with a column `improving`: `improving`, `worsening`,
    `neither` (no signal) or `special` (a signal that is not judged); None if there is no point.
    """
    points = frame[frame["value"].notna()]
    if points.empty:
        return None
    latest = points.iloc[-1]
    if not latest["signal"]:
        return "neither"
    return {True: "improving", False: "worsening", None: "special"}[latest["improving"]]


def assurance(frame: pd.DataFrame, target: float | None, aim: int | None) -> str | None:
    """Whether an unchanged process will reach `target`: `met` or `missed` every time, or `hit and
    miss`.

    Based on the latest limits of an `xmr` frame, in its unit; reaching the target exactly meets it.
    None without a target, an aim or limits, and while the limits are provisional.
    """
    if target is None or aim is None or frame.empty or frame["trial"].iloc[-1]:
        return None
    limits = frame["lower_drawn"].iloc[-1], frame["upper_drawn"].iloc[-1]
    if np.isnan([*limits, target]).any():
        return None
    reached = {(limit - target) * aim >= 0 for limit in limits}
    if len(reached) == 2:
        return "hit and miss"
    return "met" if True in reached else "missed"


def _every_period(series: pd.Series) -> pd.Series:
    values, index = series.astype(float), series.index
    if values.empty:
        return values
    return values.reindex(pd.period_range(index.min(), index.max(), name=index.name))


def _phase(
    values: pd.Series, baseline: int, floor: float | None, ceiling: float | None
) -> pd.DataFrame:
    """One phase: limits from its first `baseline` points, then signals."""
    first = values[values.notna().cumsum() <= baseline]
    mean, reach = first.mean(), LIMIT * first.diff().abs().mean()
    lower = mean - reach if floor is None or mean - reach >= floor else np.nan
    upper = mean + reach if ceiling is None or mean + reach <= ceiling else np.nan
    signs = _signs(values.to_numpy(), mean, lower, upper)
    frame = pd.DataFrame({"value": values, "mean": mean, "lower": lower, "upper": upper})
    frame["lower_drawn"] = np.maximum(mean - reach, -np.inf if floor is None else floor)
    frame["upper_drawn"] = np.minimum(mean + reach, np.inf if ceiling is None else ceiling)
    frame["trial"] = values.count() < FIRM
    for rule, sign in signs.items():
        frame[rule] = sign != 0
    frame["signal"] = np.any([sign != 0 for sign in signs.values()], axis=0)
    decisive = [signs[rule] for rule in ("outside", "trend", "two_of_three")]
    frame["side"] = np.select([sign != 0 for sign in decisive], decisive, signs["shift"])
    return frame


def _signs(values: np.ndarray, mean: float, lower: float, upper: float) -> dict[str, np.ndarray]:
    """Each rule's direction at each point: +1 above or rising, −1 below or falling, or 0."""
    low, high = (mean + (limit - mean) * 2 / 3 for limit in (lower, upper))
    side = _sign(values - mean)
    return {
        "outside": _beyond(values, lower, upper),
        "shift": _long_runs(side, RUN),
        "trend": _trend(values),
        "two_of_three": _two_of_three(side, _beyond(values, low, high)),
    }


def _sign(difference: np.ndarray) -> np.ndarray:
    """−1, 0 or +1; 0 for NaN, and for a difference that is only a float's error."""
    return np.sign(np.nan_to_num(np.round(difference, 9))).astype(int)


def _beyond(values: np.ndarray, low: float, high: float) -> np.ndarray:
    return np.maximum(_sign(values - high), 0) + np.minimum(_sign(values - low), 0)


def _long_runs(signs: np.ndarray, length: int) -> np.ndarray:
    """`signs` where the same sign runs for at least `length`, 0 elsewhere."""
    begins = np.ones(len(signs), dtype=bool)
    begins[1:] = signs[1:] != signs[:-1]
    run = begins.cumsum() - 1
    return np.where(np.bincount(run)[run] >= length, signs, 0)


def _trend(values: np.ndarray) -> np.ndarray:
    """A turn belongs to the trend that begins there."""
    steps = _long_runs(_sign(np.diff(values, prepend=np.nan)), RUN - 1)
    onwards = np.append(steps, 0)[1:]
    return np.where(onwards != 0, onwards, steps)


def _two_of_three(side: np.ndarray, beyond: np.ndarray) -> np.ndarray:
    signs = np.zeros_like(beyond)
    for way in (1, -1):
        on_side, far, n = np.pad(side == way, 2), np.pad(beyond == way, 2), len(side)
        three = [on_side[at : at + 3].all() and far[at : at + 3].sum() >= 2 for at in range(n + 2)]
        near = [any(three[at : at + 3]) for at in range(n)]
        signs += way * (np.array(near, dtype=bool) & (beyond == way))
    return signs
