"""Reductions, scans, extremes, orders."""

import numpy as np

from .sample import Sample, flat, ints, kink, mask, s, x

_DIMS = [s(x(2, 3, 4)), s(x(2, 3, 4), 1), s(x(2, 3, 4), -1, keepdim=True), s(x(2, 3, 4), dim=(0, 2)), s(x())]
_ZEROS = np.array([[1.5, 0.0, 2.0], [0.0, 0.0, 3.0], [0.5, -1.0, 2.0]])
_NANS = np.array([[1.0, np.nan, 2.0], [np.nan, 4.0, -3.0]])
_TIES = np.array([[1.0, 3.0, 3.0], [2.0, 2.0, 1.0]])

SAMPLES: dict[str, list[Sample]] = {
    "sum": [*_DIMS, flat(ints(2, 3)), flat(mask(2, 3), 1), flat(ints(3), dtype=None), s(x(0, 3), 0), s(x(0))],
    "mean": [*_DIMS, s(x(2, 0), 0)],
    "nansum": [flat(_NANS), flat(_NANS, 1), s(x(2, 3), 0)],
    "nanmean": [flat(_NANS), flat(_NANS, 1), s(x(2, 3), 0)],
    "prod": [
        s(x(2, 3)),
        s(x(2, 3), 1),
        s(x(2, 3), 0, keepdim=True),
        flat(ints(4)),
        s(_ZEROS, 1),
        s(_ZEROS),
        s(x()),
    ],
    "var": [
        *_DIMS[:4],
        s(x(2, 3), unbiased=False),
        s(x(2, 3), 1, False),
        s(x(4), correction=2),
        s(x(3), False),
    ],
    "std": [*_DIMS[:4], s(x(2, 3), unbiased=False), s(x(2, 3), dim=1, correction=0, keepdim=True)],
    "var_mean": [s(x(2, 3)), s(x(2, 3), dim=1, keepdim=True)],
    "std_mean": [s(x(2, 3)), s(x(2, 3), dim=1, correction=0)],
    "logsumexp": [
        s(x(2, 3), 1),
        s(x(2, 3), (0, 1)),
        s(x(2, 3), -1, keepdim=True),
        flat(np.full((2, 2), -np.inf), 1),
    ],
    "norm": [
        s(x(2, 3)),
        s(x(2, 3), 1),
        s(x(2, 3), 3, 1),
        s(x(2, 3), float("inf"), 0),
        s(x(2, 3), dim=1),
        s(x(4), 1.5),
    ],
    "all": [flat(mask(2, 3)), flat(ints(2, 3), 1), flat(mask(2, 3), 0, keepdim=True), flat(x(0))],
    "any": [flat(mask(2, 3)), flat(ints(2, 3), 1), flat(mask(2, 3), -1, keepdim=True), flat(x(0))],
    "count_nonzero": [flat(ints(2, 3)), flat(ints(2, 3), dim=1)],
    "cumsum": [s(x(2, 3), 1), s(x(2, 3), dim=0), flat(ints(4), 0), s(x(), 0), flat(mask(3), 0)],
    "cumprod": [s(x(2, 3), 1), s(_ZEROS, 1), s(_ZEROS, 0), flat(ints(4), 0), s(x(), 0)],
    "max": [
        s(x(2, 3)),
        s(x(2, 3), 1),
        s(x(2, 3), 0, keepdim=True),
        s(x(2, 3), x(3, seed=1)),
        flat(ints(4)),
        kink(_TIES),
        kink(_TIES, 1),
        s(x()),
        s(x(), 0),
    ],
    "min": [
        s(x(2, 3)),
        s(x(2, 3), 1),
        s(x(2, 3), -1, True),
        s(x(2, 3), x(3, seed=1)),
        kink(_TIES),
        kink(_TIES, 1),
    ],
    "amax": [s(x(2, 3, 2)), s(x(2, 3, 2), (0, 2)), s(x(2, 3), 1, True), kink(_TIES), kink(_TIES, 1)],
    "amin": [s(x(2, 3, 2)), s(x(2, 3, 2), (0, 2)), s(x(2, 3), 1, True), kink(_TIES, (0, 1))],
    "aminmax": [s(x(2, 3)), s(x(2, 3), dim=1), s(x(2, 3), dim=0, keepdim=True)],
    "maximum": [s(x(2, 3), x(3, seed=1)), kink(_TIES, _TIES[::-1].copy()), flat(ints(4), ints(4, seed=1))],
    "minimum": [s(x(2, 3), x(3, seed=1)), kink(_TIES, _TIES[::-1].copy()), flat(ints(4), ints(4, seed=1))],
    "fmax": [s(x(2, 3), x(3, seed=1)), kink(_TIES, _TIES[::-1].copy()), flat(_NANS, x(3))],
    "fmin": [s(x(2, 3), x(3, seed=1)), kink(_TIES, _TIES[::-1].copy()), flat(_NANS, x(3))],
    "argmax": [
        flat(x(2, 3)),
        flat(x(2, 3), 1),
        flat(_TIES, 1),
        flat(_NANS, 0),
        flat(x(2, 3), dim=0, keepdim=True),
    ],
    "argmin": [flat(x(2, 3)), flat(x(2, 3), 1), flat(_TIES, 1), flat(x())],
    "cummax": [s(x(2, 4), 1), s(x(2, 4), 0), flat(_TIES, 1), flat(_NANS, 1), s(x(), 0)],
    "cummin": [s(x(2, 4), 1), flat(_TIES, 0), flat(_NANS, 1)],
}
