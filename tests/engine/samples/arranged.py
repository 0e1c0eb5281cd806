"""Repeating, rolling, diagonals, triangles, joining and parting."""

import numpy as np

from .sample import Sample, flat, idx, ints, kink, s, x

SAMPLES: dict[str, list[Sample]] = {
    "repeat": [s(x(2, 3), 2, 1), s(x(3), 2, 2), s(x(2, 3), 1, 2), s(x(2), (3,)), s(x(2), 0)],
    "tile": [s(x(2, 3), (2,)), s(x(3), (2, 2))],
    "roll": [s(x(2, 3), 1), s(x(2, 3), 1, 0), s(x(2, 3), (1, -1), (0, 1))],
    "rot90": [s(x(2, 3)), s(x(2, 3), 2), s(x(2, 3), -1), s(x(2, 3, 2), 1, (1, 2)), s(x(2, 2), 4)],
    "fliplr": [s(x(2, 3))],
    "flipud": [s(x(2, 3))],
    "repeat_interleave": [s(x(2, 3), 2), s(x(2, 3), 2, 1), s(x(3), idx([1, 0, 2])), s(x(2, 3), idx([2, 1]), dim=0)],
    "diagonal": [s(x(3, 3)), s(x(3, 4), 1), s(x(3, 4), -1), s(x(2, 3, 4), 0, 1, 2), s(x(2, 3), 5)],
    "diag": [s(x(3)), s(x(3), 1), s(x(3, 4)), s(x(3, 4), -1)],
    "diag_embed": [s(x(2, 3)), s(x(3), 1), s(x(2, 3), -1, 0, 2)],
    "diagflat": [s(x(2, 2)), s(x(3), -1)],
    "tril": [s(x(3, 3)), s(x(3, 4), 1), s(x(2, 3, 3), -1), flat(ints(3, 3))],
    "triu": [s(x(3, 3)), s(x(3, 4), 1), s(x(2, 3, 3), -1)],
    "trace": [s(x(3, 3)), s(x(2, 3)), flat(ints(2, 2))],
    "unfold": [s(x(2, 7), 1, 3, 2), s(x(5), 0, 2, 1), s(x(2, 3), 0, 1, 1)],
    "meshgrid": [s(x(2), x(3), indexing="ij"), s(x(2), x(3), indexing="xy")],
    "broadcast_tensors": [s(x(2, 1), x(3))],
    "atleast_1d": [s(x()), s(x(2))],
    "atleast_2d": [s(x()), s(x(2)), s(x(2, 3))],
    "atleast_3d": [s(x()), s(x(2)), s(x(2, 3)), s(x(2, 3, 4))],
    "block_diag": [s(x(2, 3), x(1, 2)), s(x(2), x())],
    "cartesian_prod": [s(x(2), x(3)), s(x(2))],
    "combinations": [s(x(4)), s(x(3), 2, True), s(x(4), r=3)],
    "split": [s(x(5, 2), 2), s(x(5, 2), [1, 4]), s(x(2, 5), 3, 1)],
    "chunk": [s(x(5, 2), 2), s(x(2, 6), 4, 1)],
    "tensor_split": [s(x(5, 2), 3), s(x(5, 2), (1, 3)), s(x(2, 5), 2, dim=1)],
    "unbind": [s(x(2, 3)), s(x(2, 3), 1)],
    "hsplit": [s(x(2, 4), 2), s(x(4), [1, 3])],
    "vsplit": [s(x(4, 2), 2)],
    "dsplit": [s(x(2, 2, 4), 2)],
    "hstack": [s([x(2, 3), x(2, 1)]), s([x(2), x(3)]), s([x(), x()])],
    "vstack": [s([x(2, 3), x(1, 3)]), s([x(3), x(3)])],
    "dstack": [s([x(2, 3), x(2, 3)]), s([x(3), x(3)])],
    "column_stack": [s([x(3), x(3, 2)]), s([x(3), x(3)])],
}

_SYMMETRIC = x(3, 3) @ x(3, 3).T + 2 * np.eye(3)
REGULAR = x(3, 3, seed=5) + 2 * np.eye(3)
BATCH = np.stack([REGULAR, REGULAR + np.eye(3), _SYMMETRIC])

LINEAR: dict[str, list[Sample]] = {
    "outer": [s(x(2), x(3))],
    "inner": [s(x(3), x(3, seed=1)), s(x(2, 3), x(4, 3)), s(x(), x(3)), s(x(2, 3), x(3))],
    "addmm": [s(x(4), x(2, 3), x(3, 4)), s(x(2, 4), x(2, 3), x(3, 4), beta=0.5, alpha=2)],
    "addmv": [s(x(2), x(2, 3), x(3)), s(x(2), x(2, 3), x(3), beta=0.5, alpha=2)],
    "addr": [s(x(2, 3), x(2), x(3)), s(x(2, 3), x(2), x(3), alpha=2)],
    "baddbmm": [s(x(2, 2, 4), x(2, 2, 3), x(2, 3, 4)), s(x(4), x(2, 2, 3), x(2, 3, 4), alpha=0.5)],
    "addbmm": [s(x(2, 4), x(3, 2, 3), x(3, 3, 4), beta=2)],
    "tensordot": [s(x(2, 3, 4), x(3, 4, 2)), s(x(2, 3), x(3, 2), dims=([0], [1])), s(x(2), x(3), 0)],
    "kron": [s(x(2, 3), x(3, 2)), s(x(2), x(2, 2))],
    "einsum": [
        s("ij,jk->ik", x(2, 3), x(3, 4)), s("ij,jk", x(2, 3), x(3, 4)), s("ii->i", x(3, 3)), s("ii", x(3, 3)),
        s("i,j->ij", x(2), x(3)), s("bij,bjk->bik", x(2, 2, 3), x(2, 3, 2)), s("ij->", x(2, 3)), s("ij->ji", x(2, 3)),
        s("...ij,...jk->...ik", x(2, 2, 3), x(3, 2)), s("bi,ij,bj->b", x(2, 3), x(3, 4), x(2, 4)),
        s("i,i->", x(3), x(3)), s("ij,ij->i", x(2, 3), x(2, 3, seed=1)), s("a...->...", x(2, 3)),
        s("ij,kj->ik", x(2, 3), x(4, 3)), s("iij->j", x(2, 2, 3)), s("b n d, b m d -> b n m", x(2, 2, 3), x(2, 4, 3)),
    ],
    "dist": [s(x(2, 3), x(2, 3, seed=1)), s(x(3), x(3, seed=1), 1)],
    "cdist": [s(x(2, 3), x(4, 3, seed=1)), s(x(2, 2, 3), x(2, 1, 3, seed=1), 1.0)],
    "cross": [s(x(2, 3), x(2, 3, seed=1), dim=1), s(x(3, 2), x(3, 2, seed=1), dim=0)],
    "cov": [s(x(2, 5)), s(x(5)), s(x(2, 5), correction=0)],
    "corrcoef": [s(x(2, 5))],
    "vander": [flat(x(3)), flat(x(3), 2, increasing=True)],
    "det": [s(REGULAR), s(BATCH)],
    "slogdet": [s(REGULAR), s(-BATCH)],
    "logdet": [s(_SYMMETRIC), flat(-np.eye(3))],
    "inverse": [s(REGULAR), s(BATCH)],
    "cholesky": [kink(_SYMMETRIC), kink(_SYMMETRIC, True)],
    "matrix_power": [s(REGULAR, 3), s(REGULAR, -2), s(REGULAR, 0), s(BATCH, 1)],
    "pinverse": [s(x(3, 2))],
}
SAMPLES.update(LINEAR)
