"""What two peers would have said of a month, known only what was known then: the NHS control chart,
and Farrington's method as public health services use it.
"""

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats

from saferplymouth.statistics import control_charts

SHOWN, BASELINE = 36, 20  # months on a chart of the NHS, and those that its limits are based on
YEARS, AROUND = 5, 1  # years looked back on, and months on either side of the same month
FEWEST = 6  # months to fit; with fewer nothing is said
OUTLYING, CHANCE = 2.58, 0.01  # Noufaily's threshold for weights, and the chance of each side


def xmr(known: pd.Series) -> int:
    """The direction of the last month's signal by the NHS rules on three years: +1, -1, or 0.

    `known` has a count for each month up to the one in question; NaN is no data.
    """
    last = control_charts.xmr(known.iloc[-SHOWN:], baseline=BASELINE).iloc[-1]
    return int(last["side"]) if last["signal"] else 0


def farrington(known: pd.Series) -> int:
    """The direction in which the last month lies beyond the 1% limit of its side: +1, -1, or 0.

    A quasi-Poisson regression on time of the same month and its neighbours in up to five earlier
    years, fitted again with less weight for what stands out; limits of the negative binomial
    distribution, those of Poisson where there is no more spread. The trend is left out where there
    are fewer than three years, or where it leads beyond every count that was seen. Source:
    Noufaily et al., Statistics in Medicine 32 (2013) 1206-1222, with months in place of weeks and a
    lower limit besides.
    """
    offsets = [12 * y + d for y in range(1, YEARS + 1) for d in range(-AROUND, AROUND + 1)]
    before = pd.Series({-k: known.get(known.index[-1] - k, np.nan) for k in offsets}).dropna()
    if len(before) < FEWEST:
        return 0
    expected, spread = _fit(before, trend=before.index.min() <= -36)
    if expected > before.max():
        expected, spread = _fit(before, trend=False)
    limits = stats.poisson(expected)
    if spread > 1:
        limits = stats.nbinom(expected / (spread - 1), 1 / spread)
    latest = known.iloc[-1]
    return int(latest > limits.ppf(1 - CHANCE)) - int(latest < limits.ppf(CHANCE))


def _fit(before: pd.Series, trend: bool) -> tuple[float, float]:
    """The count to be expected at time 0, and the spread: variance over mean, at least 1."""
    counts, times = before.to_numpy(float), before.index.to_numpy(float)
    if not counts.any():
        return 1e-6, 1.0
    columns = np.column_stack([np.ones_like(times), *([times / 12] if trend else [])])
    weights = np.ones_like(counts)
    for again in (True, False):
        fit = sm.GLM(counts, columns, family=sm.families.Poisson(), var_weights=weights).fit()
        mean, free = fit.fittedvalues, len(counts) - columns.shape[1]
        spread = max(float((weights * (counts - mean) ** 2 / mean).sum() / free), 1.0)
        if again:
            leverage = np.minimum(fit.get_hat_matrix_diag(), 0.99)
            residuals = 1.5 * (counts ** (2 / 3) - mean ** (2 / 3)) / mean ** (1 / 6)
            residuals /= np.sqrt(spread * (1 - leverage))
            weights = np.where(residuals > OUTLYING, np.maximum(residuals, 1) ** -2, 1)
            weights *= len(weights) / weights.sum()
    return float(np.exp(fit.params[0])), spread
