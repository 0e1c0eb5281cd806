"""Sorting, ranks, quantiles, counting."""

import numpy as np

from .sample import Sample, flat, idx, ints, kink, pos, s, x

_NANS = np.array([[1.0, np.nan, 2.0], [np.nan, 4.0, -3.0]])
_TIES = np.array([[1.0, 3.0, 3.0, 1.0], [2.0, 2.0, 1.0, 2.0]])

SAMPLES: dict[str, list[Sample]] = {
    "sort": [
        s(x(2, 4)),
        s(x(2, 4), 0),
        s(x(2, 4), -1, True),
        flat(_NANS, 1),
        flat(_TIES, stable=True),
        s(x()),
        flat(_TIES, descending=True, stable=True),
    ],
    "argsort": [flat(x(2, 4)), flat(x(2, 4), 0, True)],
    "msort": [s(x(3, 2))],
    "topk": [s(x(2, 5), 2), s(x(4, 3), 3, 0), s(x(2, 5), 2, largest=False), s(x(), 1), s(x(2, 5), 0)],
    "median": [
        s(x(2, 5)),
        s(x(2, 4), 1),
        s(x(2, 4), 0, True),
        flat(_NANS),
        flat(_NANS, 1),
        flat(ints(4)),
        s(x()),
    ],
    "nanmedian": [s(x(2, 5)), s(x(2, 4), 1), flat(_NANS), flat(_NANS, 1)],
    "kthvalue": [s(x(2, 5), 2), s(x(4, 3), 3, 0), s(x(2, 5), 1, -1, True)],
    "mode": [flat(_TIES), flat(_TIES, 0), flat(ints(3, 5), 1, True), kink(_TIES[1:])],
    "quantile": [
        s(x(2, 5), 0.4),
        s(x(2, 5), 0.4, 1),
        s(x(2, 5), np.array([0.15, 0.6, 0.9]), 1),
        s(x(5), 0.3, keepdim=True),
        s(x(2, 5), 0.4, 1, True),
        s(x(5), 0.33, interpolation="lower"),
        s(x(5), 0.33, interpolation="midpoint"),
        s(x(5), 0.33, interpolation="nearest"),
        s(x(5), 0.33, interpolation="higher"),
        flat(_NANS, 0.5, 1),
    ],
    "nanquantile": [flat(_NANS, 0.5), flat(_NANS, 0.3, 1), s(x(2, 5), 0.4, 1)],
    "unique": [
        flat(ints(3, 4)),
        flat(_TIES, return_inverse=True, return_counts=True),
        flat(ints(6, 2, high=1), dim=0),
    ],
    "unique_consecutive": [
        flat(idx([1, 1, 2, 2, 1]), return_inverse=True, return_counts=True),
        flat(ints(6, high=0)),
    ],
    "bincount": [flat(ints(6, low=0)), flat(ints(6, low=0), pos(6)), flat(ints(6, low=0), minlength=8)],
    "histc": [flat(x(20), 5), flat(x(20), 4, -1, 1), flat(np.ones(3), 3)],
    "searchsorted": [
        flat(np.array([1.0, 2.0, 3.0]), np.array([[0.5, 2.0], [3.5, 3.0]])),
        flat(idx([1, 3, 5]), idx([3, 6]), right=True),
        flat(np.sort(x(2, 4)), x(2, 3)),
        flat(idx([1, 3]), 2),
        flat(idx([1, 3]), idx([3]), side="right", out_int32=True),
    ],
    "bucketize": [flat(x(2, 3), np.array([-0.5, 0.5])), flat(idx([1, 2]), idx([1, 2, 3]), right=True)],
    "isin": [flat(ints(5), ints(2, seed=1)), flat(ints(5), 1), flat(ints(5), ints(2), invert=True)],
}
