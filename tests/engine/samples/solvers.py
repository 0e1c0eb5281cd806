"""Decompositions, solvers and the matrix exponential; parts of numbers; entries put and combined by index."""

import numpy as np

from .sample import Sample, flat, idx, ints, kink, s, x

_SQUARE = x(2, 3, 3) + 2 * np.eye(3)
_LOWER = np.tril(_SQUARE)
_PIVOTS = np.array([[2, 2, 3], [1, 3, 3]], np.int32)

SAMPLES: dict[str, list[Sample]] = {
    "angle": [kink(x(2, 3)), flat(ints(4)), flat(np.array([np.nan, 0.0, -np.inf]))],
    "real": [s(x(2, 3))],
    "frexp": [s(x(2, 3)), s(x())],
    "matrix_exp": [s(x(3, 3)), s(x(2, 2, 2)), s(1.5 * x(3, 3, seed=1)), s(x(0, 0)), s(np.zeros((2, 2)))],
    "triangular_solve": [
        s(x(3, 2), _SQUARE[0]),
        s(x(3, 2), _SQUARE[0], False),
        s(x(3, 1), _SQUARE[0], transpose=True),
        s(x(2, 3, 2), _SQUARE, unitriangular=True),
    ],
    # PyTorch takes the triangle's product for the variable: differences of the triangle alone do not tell.
    "cholesky_solve": [
        kink(x(3, 2), _LOWER[0]),
        kink(x(2, 3, 2), _LOWER),
        kink(x(3, 2), _LOWER[0].T.copy(), True),
    ],
    "cholesky_inverse": [kink(_LOWER[0]), kink(_LOWER), kink(_LOWER[0].T.copy(), True)],
    "lu_unpack": [s(_SQUARE, _PIVOTS), s(x(3, 5), _PIVOTS[0]), s(x(5, 3), _PIVOTS[1])],
    "orgqr": [s(x(4, 3), x(3)), s(x(2, 3, 2), x(2, 2)), s(x(3, 3), x(2))],
    "geqrf": [flat(x(3, 3)), flat(x(4, 2)), flat(x(2, 2, 3))],
    "svd": [kink(x(3, 3)), flat(x(3, 2), compute_uv=False)],
    "qr": [s(x(3, 3)), s(x(4, 2)), flat(x(4, 2), some=False)],
    "put": [
        s(x(2, 3), idx([[0, 4]]), x(1, 2)),
        s(x(2, 3), idx([1, 1]), x(2), True),
        flat(ints(4), idx([-1]), ints(1)),
    ],
    "index_reduce": [
        kink(x(3, 2), 0, idx([0, 2, 0]), x(3, 2, seed=1), reduce)
        for reduce in ("prod", "mean", "amax", "amin")
    ]
    + [flat(x(3, 2), 1, idx([1, 1]), x(3, 2, seed=1), "amax", include_self=False)],
}
