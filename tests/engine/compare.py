"""Calls one op in both libraries and compares everything that can be seen."""

from __future__ import annotations

from typing import Any

import numpy as np


def function(name: str, library: Any) -> Any:
    """The op of that name: a function, or else a method."""
    for place in (library, library.Tensor, library.nn.functional, library.linalg, library.special):
        found = getattr(place, name, None)
        if callable(found) and not isinstance(found, type):
            return found
    raise LookupError(f"{library.__name__} has no {name}")


def outputs(result: Any) -> list[Any]:
    """The tensors in a result, in order."""
    if isinstance(result, (tuple, list)):
        return [t for part in result for t in outputs(part)]
    return [result]


def assert_same(ours: Any, theirs: Any, rtol: float = 1e-5, atol: float = 1e-6) -> None:
    """Same number of results, each of the same shape, dtype and values."""
    mine, reference = outputs(ours), outputs(theirs)
    assert len(mine) == len(reference)
    for a, b in zip(mine, reference, strict=True):
        if not hasattr(b, "dtype"):
            assert a == b
            continue
        assert str(a.dtype) == str(b.dtype)
        assert tuple(a.shape) == tuple(b.shape)
        np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), rtol=rtol, atol=atol)
