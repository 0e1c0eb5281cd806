"""Replaced and combined elements, strides, differences of neighbours."""

from .sample import Sample, flat, idx, kink, mask, s, x

_AT = idx([[0, 1, 1], [2, 0, 1]])

SAMPLES: dict[str, list[Sample]] = {
    "index_put": [
        s(x(3, 4), (idx([2, 0]),), x(2, 4, seed=1)),
        s(x(3, 4), (idx([2, 0]), idx([1, 1])), x(2, seed=1)),
        s(x(3), (idx([1, 1]),), x(2, seed=1), accumulate=True),
    ],
    "index_copy": [s(x(3, 4), 0, idx([2, 0]), x(2, 4, seed=1)), s(x(3, 4), 1, idx([3]), x(3, 1, seed=1))],
    "index_fill": [s(x(3, 4), 0, idx([2, 0]), 1.5), s(x(3, 4), 1, idx([3]), x())],
    "masked_scatter": [s(x(2, 3), mask(2, 3), x(6, seed=1)), s(x(2, 3), mask(3), x(6, seed=1))],
    "select_scatter": [s(x(2, 3), x(3, seed=1), 0, 1), s(x(2, 3), x(2, seed=1), -1, 0)],
    "slice_scatter": [s(x(4, 3), x(2, 3, seed=1), 0, 1, 3), s(x(2, 5), x(2, 3, seed=1), 1, 0, 5, 2)],
    "diagonal_scatter": [s(x(3, 3), x(3, seed=1)), s(x(3, 3), x(2, seed=1), 1)],
    "scatter_reduce": [
        *[s(x(3, 4), 0, _AT, x(2, 3, seed=1), how) for how in ("sum", "mean", "prod", "amax", "amin")],
        s(x(3, 4), 1, _AT, x(2, 3, seed=1), "mean"),
        *[
            flat(x(3, 4), 1, _AT, x(2, 3, seed=1), how, include_self=False)
            for how in ("sum", "mean", "amax", "prod")
        ],
    ],
    "as_strided": [s(x(3, 4), (2, 2), (4, 1)), s(x(6), (3, 3), (1, 1), 1)],
    "renorm": [s(x(2, 3), 2, 0, 1.0), s(x(2, 3), 1, 1, 0.5)],
    "diff": [s(x(2, 5)), s(x(2, 5), 2, 0), s(x(5), n=2), flat(mask(5)), s(x(3), prepend=x(1), append=x(2))],
    "trapezoid": [s(x(2, 5)), s(x(5), x(5, seed=1)), s(x(2, 5), dx=0.5, dim=0)],
    "cumulative_trapezoid": [s(x(2, 5)), s(x(2, 5), x(5, seed=1))],
    "logcumsumexp": [s(x(2, 5), 1), s(x(2, 5), 0), s(x(), 0), kink(x(3) * 50, 0)],
    "vdot": [s(x(4), x(4, seed=1))],
    "gradient": [s(x(5)), s(x(3, 4)), s(x(3, 4), dim=1), s(x(5), spacing=0.5)],
}
