"""Bounds, mixtures, special functions, kinds of numbers."""

import numpy as np

from .sample import Sample, flat, ints, kink, pos, s, unit, x

_ODD = np.array([1.0, np.nan, np.inf, -np.inf, 0.0, -2.5])
_KINDS = ["isnan", "isinf", "isfinite", "isposinf", "isneginf", "isreal", "signbit"]

SAMPLES: dict[str, list[Sample]] = {
    **{name: [flat(_ODD), flat(ints(3))] for name in _KINDS if name != "signbit"},
    "signbit": [flat(x(2, 3))],
    "clamp": [
        s(x(2, 3), -0.5, 0.7),
        s(x(2, 3), min=0.1),
        s(x(2, 3), max=0.1),
        s(x(2, 3), x(3, seed=1), x(3, seed=1) + 0.6),
        kink(np.array([0.0, 0.5, 1.0, 2.0]), 0, 1),
        flat(ints(5), -1, 2),
        s(x(2, 3), x(3, seed=2)),
        kink(np.array([0.0, 0.5, 1.0]), np.zeros(3), np.ones(3)),
        flat(_ODD, -1, 1),
        flat(x(4), 1.0, -1.0),
    ],
    "clamp_min": [s(x(2, 3), 0.1), kink(np.array([0.0, 1.0]), 0)],
    "clamp_max": [s(x(2, 3), 0.1), kink(np.array([0.0, 1.0]), 0)],
    "nan_to_num": [flat(_ODD), kink(_ODD, 1.0, 2.0, 3.0), s(x(2, 3)), flat(ints(3))],
    "lerp": [s(x(2, 3), x(2, 3, seed=1), 0.3), s(x(2, 3), x(2, 3, seed=1), unit(3))],
    "addcmul": [s(x(2, 3), x(3, seed=1), x(2, 1)), s(x(3), x(3, seed=1), x(3), value=0.5)],
    "addcdiv": [s(x(2, 3), x(3, seed=1), pos(2, 1)), s(x(3), x(3, seed=1), pos(3), value=0.5)],
    "logaddexp": [s(x(2, 3), x(3, seed=1))],
    "logaddexp2": [s(x(2, 3), x(3, seed=1))],
    "hypot": [s(x(2, 3), x(3, seed=1))],
    "atan2": [s(x(2, 3), x(3, seed=1)), flat(ints(4), ints(4, seed=1))],
    "copysign": [s(x(2, 3), x(3, seed=1)), s(x(2, 3), -1.0)],
    "ldexp": [s(x(2, 3), x(3, seed=1)), s(x(2, 3), ints(3))],
    "xlogy": [s(x(2, 3), pos(3)), s(pos(2, 3), 2.0), flat(np.zeros(2), np.array([0.0, np.nan]))],
    "erf": [s(x(2, 3)), s(x())],
    "erfc": [s(x(2, 3)), flat(x(3) * 4)],
    "erfinv": [s(unit(2, 3)), flat(np.array([1.0, -1.0, 2.0, 0.0]))],
    "lgamma": [s(pos(2, 3)), flat(np.array([0.0, -1.0, -0.5, 20.0]))],
    "digamma": [s(pos(2, 3)), flat(np.array([-1.5, 0.3, 9.0]))],
    "polygamma": [s(1, pos(2, 3)), s(2, pos(2, 3)), s(0, pos(3)), flat(3, x(2, 3))],
    "sinc": [s(x(2, 3)), kink(np.zeros(2))],
    "logit": [s(pos(2, 3) / 3), s(pos(2, 3) / 3, 0.1)],
    "float_power": [s(pos(2, 3), 2.5), flat(ints(3), 2)],
    "deg2rad": [s(x(2, 3)), flat(ints(3))],
    "rad2deg": [s(x(2, 3)), flat(ints(3))],
    "round": [s(x(2, 3)), flat(x(2, 3) * 10, decimals=1), flat(np.array([0.5, 1.5, 2.5, -0.5]))],
    "positive": [s(x(2, 3))],
    "heaviside": [flat(x(2, 3), x(3)), flat(np.zeros(2), x(2))],
    "gcd": [flat(ints(4, high=20), ints(4, high=20, seed=1))],
    "lcm": [flat(ints(4, high=20), ints(4, high=20, seed=1))],
    "nextafter": [flat(x(2, 3), x(3, seed=1))],
    "isclose": [
        flat(x(3), x(3) + 1e-9),
        flat(_ODD, _ODD),
        flat(_ODD, _ODD, equal_nan=True),
        flat(ints(3), ints(3)),
    ],
    "allclose": [flat(x(3), x(3) + 1e-9), flat(x(3), x(3, seed=1))],
    "equal": [flat(x(3), x(3)), flat(x(3), x(3, seed=1)), flat(x(3), x(2))],
}
