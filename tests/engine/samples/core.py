"""Elementwise ops, comparisons, bits, conversions."""

from .sample import Sample, flat, ints, kink, mask, pos, s, unit, x

_UNARY = [
    "neg",
    "abs",
    "square",
    "exp",
    "exp2",
    "expm1",
    "sin",
    "cos",
    "tan",
    "sinh",
    "cosh",
    "tanh",
    "asinh",
    "atan",
    "floor",
    "ceil",
    "trunc",
    "frac",
    "sign",
    "sigmoid",
    "relu",
]
_POSITIVE = ["log", "log2", "log10", "log1p", "sqrt", "rsqrt", "reciprocal"]
_UNIT = ["asin", "acos", "atanh"]
_CASTS = ["int", "long", "short", "byte", "char", "bool"]
_TRUTH = ["eq", "ne", "lt", "le", "gt", "ge"]

SAMPLES: dict[str, list[Sample]] = {
    **{name: [s(x(2, 3)), s(x()), s(x(0, 2))] for name in _UNARY},
    **{name: [s(pos(2, 3)), s(pos())] for name in _POSITIVE},
    **{name: [s(unit(2, 3)), s(unit())] for name in _UNIT},
    **{
        name: [flat(ints(2, 3), ints(3, seed=1)), flat(x(2, 3), 0.5), flat(x(2, 3), x(2, 1))]
        for name in _TRUTH
    },
    "acosh": [s(pos(2, 3) + 1)],
    "sgn": [flat(x(2, 3)), flat(ints(3)), flat(x(0, 2))],
    "add": [
        s(x(2, 3), x(3, seed=1)),
        s(x(2, 3), 2),
        s(x(2, 1), x(1, 4)),
        s(x(2), x(2), alpha=3),
        s(x(), x(2)),
    ],
    "sub": [s(x(2, 3), x(3, seed=1)), s(x(2, 3), 2), s(x(2, 3), x(), alpha=0.5)],
    "mul": [s(x(2, 3), x(3, seed=1)), s(x(2, 3), -1.5), s(x(2, 0), x(1))],
    "div": [
        s(x(2, 3), pos(3)),
        s(x(2, 3), 4),
        flat(x(2, 3), pos(3), rounding_mode="floor"),
        flat(x(2, 3), 0.5, rounding_mode="trunc"),
    ],
    "floor_divide": [flat(x(2, 3), pos(3)), flat(ints(2, 3), 2), flat(ints(4), ints(4, low=1, seed=3))],
    "remainder": [s(x(2, 3), pos(3) * 0.31), s(x(2, 3), 0.7), flat(ints(6), 3), flat(ints(6), -2)],
    "fmod": [s(x(2, 3), pos(3) * 0.31), s(x(2, 3), 0.7), flat(ints(6), 3)],
    "pow": [
        s(pos(2, 3), x(3)),
        s(x(2, 3), 2),
        s(x(2, 3), 3),
        s(pos(2, 3), 0.5),
        s(pos(2, 3), -1.5),
        s(x(2, 3), 0),
        s(2.0, x(2, 3)),
        flat(ints(4), 2),
        s(x(2, 3), 1),
        s(pos(3), pos()),
    ],
    "logical_and": [flat(mask(4), mask(4, seed=1)), flat(x(3), ints(3))],
    "logical_or": [flat(mask(4), mask(4, seed=1))],
    "logical_xor": [flat(mask(4), mask(4, seed=1))],
    "logical_not": [flat(mask(4)), flat(ints(4))],
    "where": [
        s(mask(2, 3), x(2, 3), x(3, seed=1)),
        s(mask(2, 3), x(2, 3), 0.0),
        s(mask(3), 1.0, x(2, 3)),
        flat(mask(3), 1, 0),
        flat(mask(3), 1.0, 0),
        flat(mask(3)),
    ],
    "bitwise_and": [flat(ints(4), ints(4, seed=1)), flat(mask(4), mask(4, seed=1)), flat(ints(4), 1)],
    "bitwise_or": [flat(ints(4), ints(4, seed=1)), flat(mask(4), mask(4, seed=1))],
    "bitwise_xor": [flat(ints(4), ints(4, seed=1)), flat(mask(4), mask(4, seed=1))],
    "bitwise_not": [flat(ints(4)), flat(mask(4))],
    "bitwise_left_shift": [flat(ints(4, low=0), 2)],
    "bitwise_right_shift": [flat(ints(4, low=0), 1)],
    "rsub": [s(x(2, 3), x(3, seed=1)), s(x(2, 3), 2)],
    **{name: [flat(pos(2, 3) * 3), flat(ints(3, low=0)), flat(mask(3))] for name in _CASTS},
    "float": [flat(ints(2, 3)), flat(mask(2))],
    "double": [kink(x(2, 3)), flat(ints(2, 3))],
    "half": [flat(ints(2, 3))],
    "cpu": [s(x(2, 3))],
    "type_as": [s(x(2, 3), x(1)), flat(ints(2), x(1))],
    "to": [flat(x(2, 3)), flat(x(2, 3), copy=True)],
    "clone": [s(x(2, 3))],
    "contiguous": [s(x(2, 3))],
}
