"""The functions of `torch.special` that are Bessel's, the gamma function's and the normal distribution's."""

import numpy as np

from .sample import Sample, flat, ints, kink, pos, s, unit, x

_ODD = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, -30.0, 30.0, 1e-9])
_ABOVE_0 = np.array([0.0, 1e-9, 0.3, 1.7, 2.3, 14.0, 19.9, 20.1, 60.0, np.nan, -1.0])
_TURNING = ("bessel_j0", "bessel_j1", "bessel_y0", "bessel_y1")
_DECAYING = [f"{lead}modified_bessel_k{order}" for lead in ("", "scaled_") for order in (0, 1)]
_POLYNOMIALS = (
    *(f"{shifted}chebyshev_polynomial_{kind}" for shifted in ("", "shifted_") for kind in "tuvw"),
    "hermite_polynomial_h", "hermite_polynomial_he", "laguerre_polynomial_l", "legendre_polynomial_p",
)
_AT = np.array([0.0, 0.0, 1.0, 1.0, 2.0, np.inf, np.inf, 2.0, -1.0, 2.0, np.nan, 60.0, 0.1])
_TO = np.array([0.0, 1.0, 0.0, -1.0, np.inf, 1.0, np.inf, 1.0, 1.0, 9.0, 1.0, 70.0, 1e-3])
_ORDERS = np.array([1.0, 0.5, 2.0, 2.0, 2.5, 2.0, 2.0, 3.0, 12.0])
_STARTS = np.array([1.0, 1.0, 0.0, -1.0, -1.5, -1.5, 1e10, 0.5, 4.0])

SAMPLES: dict[str, list[Sample]] = {
    **{
        name: [s(x(2, 3)), s(x(3) * 30), flat(_ODD), flat(ints(3)), kink(np.zeros(2))]
        for name in ("i0", "i0e", "i1", "i1e")
    },
    **{name: [flat(_ABOVE_0), flat(ints(3))] for name in (*_TURNING, *_DECAYING)},
    "modified_bessel_i0": [flat(x(2, 3)), flat(_ODD)],
    "modified_bessel_i1": [flat(x(2, 3)), flat(_ODD)],
    "spherical_bessel_j0": [flat(x(2, 3)), flat(_ODD)],
    **{name: [flat(unit(2, 3), ints(3, low=-1, high=9)), flat(x(4), 5), flat(0.3, ints(4, low=0, high=20))]
       for name in _POLYNOMIALS},
    "airy_ai": [flat(np.linspace(-20, 20, 23)), flat(_ODD), flat(ints(3))],
    "igamma": [flat(_AT, _TO), flat(pos(2, 3) * 40, pos(3) * 40)],
    "igammac": [flat(_AT, _TO), flat(pos(2, 3) * 40, pos(3) * 40)],
    "mvlgamma": [s(pos(2, 3) + 2, 1), s(pos(3) + 2, 4), flat(ints(3), 2)],
    "zeta": [flat(_ORDERS, _STARTS), s(2.5, pos(3)), flat(pos(3) + 1.2, 2)],
    "xlog1py": [s(x(2, 3), pos(3)), s(pos(2, 3), 2.0), s(2, pos(3)), flat(np.zeros(2), _ODD[4:6] - 1)],
    "erfcx": [s(x(2, 3)), flat(np.array([0.0, np.inf, -np.inf, np.nan, 50.0, -5.0, 0.4, -27.0]))],
    "ndtr": [s(x(2, 3)), flat(_ODD), flat(ints(3))],
    "log_ndtr": [s(x(2, 3)), s(x(3) * 20), flat(_ODD)],
    "ndtri": [s(pos(2, 3) / 3), flat(_ODD), flat(ints(4)), s(unit(3) ** 2 / 40)],
    "entr": [s(pos(2, 3)), flat(np.array([0.0, -1.0, np.nan, np.inf])), flat(ints(3))],
}
