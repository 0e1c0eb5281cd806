"""Indexing, gathering, scattering, masks."""

import numpy as np

from .sample import Sample, flat, idx, ints, mask, s, x

_AT = idx([[0, 1, 1], [2, 0, 1]])

SAMPLES: dict[str, list[Sample]] = {
    "gather": [
        s(x(3, 4), 0, _AT),
        s(x(3, 4), 1, _AT),
        s(x(2, 3, 4), -1, idx([[[0], [3]], [[1], [1]]])),
        s(x(), 0, idx(0)),
    ],
    "take_along_dim": [
        s(x(3, 4), idx([[0, 2, 1, 0]]), 0),
        s(x(3, 4), idx([1, 5])),
        s(x(3, 4), idx([[1], [0], [2]]), 1),
    ],
    "scatter": [
        s(x(3, 4), 0, _AT[:1], x(1, 3, seed=1)),
        flat(x(3, 4), 1, idx([[0, 2], [1, 3]]), x(3, 4, seed=1)),
        s(x(3, 4), 1, idx([[0, 2], [1, 3]]), 1.5),
        s(x(3, 4), 1, idx([[0, 2], [1, 3]]), value=2.0),
    ],
    "scatter_add": [s(x(3, 4), 0, _AT, x(2, 3, seed=1)), flat(x(3, 4), 1, _AT, x(3, 4, seed=1))],
    "index_select": [s(x(3, 4), 0, idx([2, 0, 2])), s(x(3, 4), -1, idx([1])), s(x(3, 4), 1, idx([]))],
    "index_add": [
        s(x(3, 4), 0, idx([2, 0, 2]), x(3, 4, seed=1)),
        s(x(3, 4), 1, idx([1]), x(3, 1, seed=1), alpha=2),
    ],
    "masked_fill": [s(x(2, 3), mask(2, 3), 1.5), s(x(2, 3), mask(3), x()), flat(ints(4), mask(4), 7)],
    "masked_select": [s(x(2, 3), mask(2, 3)), s(x(2, 3), mask(3)), s(x(2, 3), np.zeros((2, 3), bool))],
    "take": [s(x(3, 4), idx([[0, 5], [11, 5]]))],
    "nonzero": [flat(ints(3, 4)), flat(mask(4), as_tuple=True), flat(np.zeros((0, 2)))],
    "argwhere": [flat(ints(3, 4))],
}
