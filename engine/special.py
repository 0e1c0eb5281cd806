"""``torch.special``: the special functions under their names there."""

from __future__ import annotations

from engine import methods
from engine.op import REGISTRY
from engine.out import accepting_out

_SAME = (
    "digamma erf erfc erfinv exp2 expm1 i0 log1p log_softmax logit logsumexp polygamma round sinc softmax "
    "xlogy"
)
_RENAMED = {
    "expit": "sigmoid", "gammainc": "igamma", "gammaincc": "igammac", "gammaln": "lgamma",
    "multigammaln": "mvlgamma", "psi": "digamma",
}
_POLYNOMIALS = (
    *(f"{shifted}chebyshev_polynomial_{kind}" for shifted in ("", "shifted_") for kind in "tuvw"),
    "hermite_polynomial_h", "hermite_polynomial_he", "laguerre_polynomial_l", "legendre_polynomial_p",
)
_OWN = (
    "airy_ai bessel_j0 bessel_j1 bessel_y0 bessel_y1 entr erfcx i0e i1 i1e log_ndtr modified_bessel_i0 "
    "modified_bessel_i1 modified_bessel_k0 modified_bessel_k1 ndtr ndtri scaled_modified_bessel_k0 "
    "scaled_modified_bessel_k1 spherical_bessel_j0 xlog1py zeta"
)
_FUNCTIONS = methods.functions()
globals().update({name: _FUNCTIONS[name] for name in _SAME.split()})
globals().update({name: _FUNCTIONS[theirs] for name, theirs in _RENAMED.items()})
globals().update({
    name: accepting_out(REGISTRY[name].public, name) for name in (*_OWN.split(), *_POLYNOMIALS)
})
