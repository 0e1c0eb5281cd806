"""Shapes, joining and parting, matrix products."""

from .sample import Sample, flat, ints, kink, pos, s, x

SAMPLES: dict[str, list[Sample]] = {
    "view": [s(x(2, 6), 3, 4), s(x(2, 6), (3, -1)), s(x(0, 3), 3, 0)],
    "reshape": [s(x(2, 6), (3, 4)), s(x(2, 6), (-1,)), s(x(), (1, 1))],
    "unsqueeze": [s(x(2, 3), 0), s(x(2, 3), -1), s(x(), 0)],
    "squeeze": [s(x(1, 3, 1)), s(x(1, 3, 1), 0), s(x(1, 3, 1), 1), s(x(1, 3, 1), (0, -1)), s(x())],
    "flatten": [s(x(2, 3, 4)), s(x(2, 3, 4), 1), s(x(2, 3, 4), 0, 1), s(x())],
    "unflatten": [s(x(2, 12), 1, (3, 4)), s(x(2, 12), -1, (3, -1))],
    "ravel": [s(x(2, 3))],
    "view_as": [s(x(2, 6), x(3, 4))],
    "reshape_as": [s(x(2, 6), x(3, 4))],
    "transpose": [s(x(2, 3, 4), 0, 2), s(x(2, 3), -1, -2)],
    "permute": [s(x(2, 3, 4), (2, 0, 1)), s(x(2, 3), (-1, 0))],
    "t": [s(x(2, 3)), s(x(3)), s(x())],
    "movedim": [s(x(2, 3, 4), 0, 2), s(x(2, 3, 4), (0, 1), (2, 0)), s(x(2, 3, 4), -1, 0)],
    "expand": [s(x(1, 3), 2, 3), s(x(3), (2, -1)), s(x(), 2, 2)],
    "expand_as": [s(x(1, 3), x(2, 3))],
    "broadcast_to": [s(x(1, 3), (2, 3))],
    "select": [s(x(2, 3, 4), 1, 2), s(x(2, 3), -1, -2)],
    "narrow": [s(x(2, 5), 1, 1, 3), s(x(2, 5), -1, -2, 2)],
    "flip": [s(x(2, 3), (0, 1)), s(x(2, 3), [1])],
    "cat": [s([x(2, 3), x(1, 3)]), s([x(2, 3), x(2, 1)], 1), flat([ints(2), x(3)]), s([x(2, 3), x(2, 2)], dim=-1)],
    "stack": [s([x(2, 3), x(2, 3, seed=1)]), s([x(2, 3), x(2, 3, seed=1)], -1), s([x(), x()]), flat([ints(2), x(2)])],
    "mm": [s(x(2, 3), x(3, 4, seed=1)), s(x(2, 0), x(0, 3))],
    "bmm": [s(x(2, 3, 4), x(2, 4, 2, seed=1))],
    "dot": [s(x(4), x(4, seed=1))],
    "mv": [s(x(2, 3), x(3, seed=1))],
    "matmul": [
        s(x(2, 3), x(3, 4, seed=1)), s(x(3), x(3, seed=1)), s(x(2, 3), x(3)), s(x(3), x(3, 2)),
        s(x(2, 3, 4), x(4, 2, seed=1)), s(x(2, 3, 4), x(4)), s(x(2, 1, 3, 4), x(5, 4, 2, seed=1)),
        s(x(4), x(2, 4, 3)), s(x(3, 4), x(2, 4, 3)), s(x(2, 0, 3), x(3, 2)),
    ],
}
