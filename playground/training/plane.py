"""Planes through a model's weights, to look at the loss on: random directions, or those that a path took.

Weights are lists of arrays, one per parameter, in the model's order.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

Weights = Sequence[np.ndarray]

SPANS = 1e-6
"""A direction counts where its square has more than this share of another's: float32 tells no less."""


class Plane(NamedTuple):
    """Two directions. `shares` says how much of a path's variance each explains, null where random."""

    first: Weights
    second: Weights
    shares: tuple[float, float] | None = None


def random_plane(weights: Weights, seed: int) -> Plane | None:
    """Two random directions, filter-normalised: each row of a weight is as long as the model's own, and what
    is no weight (biases, scales) stays. Null where they span no plane, as with a single weight.

    Li et al., Visualizing the Loss Landscape of Neural Nets (2018), §4.
    """
    draws = np.random.default_rng(seed)
    first, second = ([_filtered(weight, draws) for weight in weights] for _ in range(2))
    one, other, both = _dot(first, first), _dot(second, second), _dot(first, second)
    return Plane(first, second) if one * other - both**2 > SPANS * one * other else None


def _filtered(weight: np.ndarray, draws: np.random.Generator) -> np.ndarray:
    if weight.ndim < 2:
        return np.zeros_like(weight)
    drawn = draws.standard_normal(weight.shape, np.float32)
    rest = tuple(range(1, weight.ndim))
    length = np.sqrt((drawn**2).sum(rest, keepdims=True))
    own = np.sqrt((weight**2).sum(rest, keepdims=True))
    return np.asarray(drawn * (own / length), weight.dtype)


def path_plane(path: Sequence[Weights], centre: Weights) -> Plane | None:
    """The two directions in which a path varies most, seen from its end; null where it spans no plane.

    Principal components of the differences to `centre`, as unit vectors over all parameters; Li et al., §7.
    Found from the products of the differences, of which there are few, not of the weights.
    """
    away = [[w - c for w, c in zip(weights, centre, strict=True)] for weights in path]
    products = np.array([[_dot(a, b) for b in away] for a in away])
    variances, mixes = np.linalg.eigh(products)
    total = variances.clip(0).sum()
    if len(away) < 2 or variances[-2] <= SPANS * total:
        return None
    first, second = (_mixed(away, mixes[:, k] / np.sqrt(variances[k])) for k in (-1, -2))
    return Plane(first, second, (float(variances[-1] / total), float(variances[-2] / total)))


def _dot(a: Weights, b: Weights) -> float:
    return float(sum(np.vdot(x, y) for x, y in zip(a, b, strict=True)))


def _mixed(away: Sequence[Weights], mix: np.ndarray) -> list[np.ndarray]:
    return [
        np.asarray(sum(share * part for share, part in zip(mix, parts, strict=True)), parts[0].dtype)
        for parts in zip(*away, strict=True)
    ]


def project(path: Sequence[Weights], centre: Weights, plane: Plane) -> np.ndarray:
    """Where each point of a path lies on the plane, by least squares: f8 [points, 2]."""
    axes = (plane.first, plane.second)
    gram = np.array([[_dot(a, b) for b in axes] for a in axes])
    away = [[w - c for w, c in zip(weights, centre, strict=True)] for weights in path]
    along = np.array([[_dot(axis, difference) for axis in axes] for difference in away]).reshape(-1, 2)
    return np.asarray(along @ np.linalg.pinv(gram, hermitian=True))
