"""Orthogonal polynomials by their recurrences: degree k from degrees k − 1 and k − 2.

Source: Abramowitz & Stegun, Handbook of Mathematical Functions, 22.7.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.op import Array, Op, op

_Array = np.ndarray[Any, Any]
Step = Callable[[int, _Array, _Array, _Array], _Array]


def _chebyshev(k: int, x: _Array, last: _Array, before: _Array) -> _Array:
    return 2 * x * last - before


def _hermite_h(k: int, x: _Array, last: _Array, before: _Array) -> _Array:
    return 2 * x * last - 2 * (k - 1) * before


def _hermite_he(k: int, x: _Array, last: _Array, before: _Array) -> _Array:
    return x * last - (k - 1) * before


def _laguerre(k: int, x: _Array, last: _Array, before: _Array) -> _Array:
    return ((2 * k - 1 - x) * last - (k - 1) * before) / k


def _legendre(k: int, x: _Array, last: _Array, before: _Array) -> _Array:
    return ((2 * k - 1) * x * last - (k - 1) * before) / k


def _values(first: Callable[[_Array], _Array], step: Step, x: Any, n: Any) -> _Array:
    """The polynomials of degree n at x, 0 where n is negative; ``first`` is that of degree 1."""
    kind = x.dtype if isinstance(x, np.ndarray) else n.dtype
    x, n = np.broadcast_arrays(np.asarray(x, np.float64), np.trunc(np.asarray(n, np.float64)))
    before, last = np.ones_like(x), first(x)
    found = np.where(n == 0, before, np.where(n == 1, last, 0.0))
    for k in range(2, int(np.max(n, initial=0)) + 1):
        before, last = last, step(k, x, last, before)
        found = np.where(n == k, last, found)
    return np.asarray(found).astype(kind)


def _polynomial(
    name: str, doc: str, first: Callable[[_Array], _Array], step: Step, shifted: bool = False
) -> Op:
    @op(family="elementwise", name=name, doc=doc, promote="float", nondiff=True, internal=True)
    def made(input: Array, n: Array) -> Array:
        return _values(first, step, 2 * input - 1 if shifted else input, n)

    return made


_KINDS: dict[str, Callable[[_Array], _Array]] = {
    "t": lambda x: x, "u": lambda x: 2 * x, "v": lambda x: 2 * x - 1, "w": lambda x: 2 * x + 1,
}
for _kind, _first in _KINDS.items():
    _name, _doc = f"chebyshev_polynomial_{_kind}", f"Chebyshev's polynomial {_kind.upper()}"
    _polynomial(_name, _doc, _first, _chebyshev)
    _polynomial(f"shifted_{_name}", f"{_doc} of 2 · input − 1", _first, _chebyshev, shifted=True)
_polynomial("hermite_polynomial_h", "Hermite's polynomial H, the physicists'", lambda x: 2 * x, _hermite_h)
_polynomial("hermite_polynomial_he", "Hermite's polynomial He", lambda x: x, _hermite_he)
_polynomial("laguerre_polynomial_l", "Laguerre's polynomial L", lambda x: 1 - x, _laguerre)
_polynomial("legendre_polynomial_p", "Legendre's polynomial P", lambda x: x, _legendre)
