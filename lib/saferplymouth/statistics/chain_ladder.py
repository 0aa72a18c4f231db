"""The model of years and months that a projection rests on.

A count of month m in year y has mean level(y) × season(m) and variance φ times its mean: a table
of years by periods whose last row has only begun. What is beyond Poisson variation, φ − 1, may be
alike in neighbouring periods; its correlation k periods apart is ρ^k.

Sources: England and Verrall, Stochastic Claims Reserving in General Insurance, British Actuarial
Journal 8 (2002), 443–518, for the model; McCullagh and Nelder, Generalized Linear Models (1989),
section 9.2, for φ by Pearson's χ²; Satterthwaite, Biometrics Bulletin 2 (1946), 110–114, for its
degrees of freedom where neighbouring periods are alike.
"""

from dataclasses import dataclass

import numpy as np
import scipy

CORRELATIONS = np.arange(0, 1, 0.05)
USUAL, WEIGHT = 0.5, 11  # the correlation before any is seen, and its weight in periods
QUANTILES = (np.arange(200) + 0.5) / 200


@dataclass(frozen=True)
class Fit:
    """The model of a table: the mean of each of its cells (years × periods), the dispersion `phi`
    on `df` degrees of freedom (0 if nothing can be estimated), and the correlation `rho`.
    """

    means: np.ndarray
    phi: float
    df: float
    rho: float

    def variance(self, weights: np.ndarray) -> tuple[float, float]:
        """The variance of the sum of all cells' deviations times `weights` (years × periods): its
        Poisson part, and how many times that each unit of φ − 1 adds.
        """
        v = (weights * np.sqrt(self.means)).ravel()
        alike = scipy.linalg.toeplitz(self.rho ** np.arange(v.size))
        poisson = float(v @ v)
        return poisson, float(v @ alike @ v) / poisson if poisson else 1.0


def fit(this: np.ndarray, earlier: np.ndarray) -> Fit:
    """The model of a year's first n counts and those of whole earlier years (years × periods)."""
    means = _means(this, earlier)
    table = np.vstack([earlier, np.pad(this, (0, earlier.shape[1] - len(this)))])
    known = means > 0
    known[-1, len(this) :] = False
    residuals = (table[known] - means[known]) / np.sqrt(means[known])
    left = _residual_maker(known, means[known])
    df = round(float(np.trace(left)))
    if not df:
        return Fit(means, 1.0, 0, 0.0)
    phi = float(residuals @ residuals) / df
    if phi <= 1:
        return Fit(means, phi, df, USUAL)
    at = np.flatnonzero(known)
    return Fit(means, *_correlated(residuals, left, df, np.abs(at[:, None] - at)))


def possible(phi: float, df: float) -> np.ndarray:
    """Equally likely values of the true dispersion, given its estimate: df·φ/χ², and at least 1,
    where χ² takes 200 quantiles of its distribution.
    """
    chi2 = 2 * scipy.special.gammaincinv(df / 2, QUANTILES)
    return np.maximum(df * phi / chi2, 1)


def _means(this: np.ndarray, earlier: np.ndarray) -> np.ndarray:
    """The maximum likelihood fit, in closed form: all years share out the first n periods, earlier
    years what is after them.
    """
    n = len(this)
    begun, rest, so_far = earlier[:, :n].sum(), earlier[:, n:].sum(), this.sum()
    first = (earlier[:, :n].sum(axis=0) + this) / (begun + so_far)
    season = np.r_[first, earlier[:, n:].sum(axis=0) / begun]  # of a year with one in the first n
    levels = np.r_[earlier.sum(axis=1) * begun / (begun + rest), so_far]
    return np.outer(levels, season)


def _residual_maker(known: np.ndarray, means: np.ndarray) -> np.ndarray:
    """What takes the fitted years and periods out of Pearson residuals: a projection matrix."""
    years, months = np.nonzero(known)
    design = np.hstack([np.eye(known.shape[0])[years], np.eye(known.shape[1])[months]])
    basis = scipy.linalg.orth(design * np.sqrt(means)[:, None])
    return np.eye(len(means)) - basis @ basis.T


def _correlated(
    residuals: np.ndarray, left: np.ndarray, df: float, apart: np.ndarray
) -> tuple[float, float, float]:
    """φ, its degrees of freedom and ρ by the method of moments: the squares of residuals and the
    products of neighbours are what the model leads to expect after fitting years and periods.

    ρ is weighed against what is usual, since few periods tell little of it: by their number times
    the squared share of the variance that is beyond Poisson variation.
    """
    squares, beyond = float(residuals @ residuals), float(residuals @ residuals) - df
    neighbours = left @ (apart == 1) @ left
    products = [
        np.trace(neighbours) + beyond * (neighbours * alike).sum() / (left * alike).sum()
        for alike in (rho**apart for rho in CORRELATIONS)
    ]
    seen = residuals @ (apart == 1) @ residuals
    rho = float(np.interp(seen, np.maximum.accumulate(products), CORRELATIONS))
    weight = df * (beyond / squares) ** 2
    rho = (weight * rho + WEIGHT * USUAL) / (weight + WEIGHT)
    alike = rho**apart
    phi = 1 + beyond / float((left * alike).sum())
    spread = left + (phi - 1) * left @ alike @ left
    return phi, float(np.trace(spread) ** 2 / (spread**2).sum()), rho
