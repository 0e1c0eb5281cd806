"""The same code run with the engine and with PyTorch, and everything that can be seen of it compared."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

import engine

from .compare import outputs


class Side:
    """One of the two libraries, with the tensors a piece of code made of given arrays."""

    def __init__(self, library: Any, dtype: str) -> None:
        self.lib = library
        self.nn = library.nn
        self.F = library.nn.functional
        self.dtype = dtype
        self.leaves: list[Any] = []

    def t(self, array: Any, grad: bool = True) -> Any:
        """A tensor of an array; floats in the case's dtype, and leaves that get a gradient."""
        array = np.asarray(array)
        floating = array.dtype.kind == "f"
        made = self.lib.tensor(array.astype(self.dtype) if floating else array)
        if floating and grad:
            made.requires_grad_()
            self.leaves.append(made)
        return made


def seen(code: Callable[[Side], Any], library: Any, dtype: str) -> tuple[list[Any], list[Any], list[str]]:
    """What `code` returns, the gradients of a weighted sum of it, and the warnings it gave."""
    side = Side(library, dtype)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = code(side)
    results = [out for out in outputs(result) if hasattr(out, "dtype")]
    for number, out in enumerate(results):
        if out.requires_grad:
            weights = np.random.default_rng(number).normal(size=tuple(out.shape))
            out.backward(library.tensor(weights, dtype=out.dtype), retain_graph=True)
    grads = [leaf.grad for leaf in side.leaves]
    return results, grads, [str(w.message) for w in caught if w.category is UserWarning]


def assert_alike(
    torch: Any, code: Callable[[Side], Any], dtype: str = "float64", tolerance: float = 1e-9
) -> None:
    """Same values, shapes, dtypes and gradients on both sides."""
    ours, theirs = seen(code, engine, dtype), seen(code, torch, dtype)
    for mine, reference in ((ours[0], theirs[0]), (ours[1], theirs[1])):
        assert len(mine) == len(reference)
        for a, b in zip(mine, reference, strict=True):
            assert (a is None) == (b is None)
            if b is None:
                continue
            assert str(a.dtype) == str(b.dtype)
            assert tuple(a.shape) == tuple(b.shape)
            np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), rtol=tolerance, atol=tolerance)


def refusal(code: Callable[[Side], Any], library: Any) -> tuple[type, str]:
    """Type and words of the error that `code` raises."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            code(Side(library, "float32"))
    except Exception as error:
        return type(error), str(error)
    raise AssertionError("nothing was refused")


def assert_refused_alike(torch: Any, code: Callable[[Side], Any]) -> None:
    """Same type and same words of the error on both sides."""
    assert refusal(code, engine) == refusal(code, torch)


def numbers(*shape: int, seed: int = 0) -> np.ndarray:
    """Normal random numbers."""
    return np.random.default_rng(seed).normal(size=shape)


def shares(*shape: int, seed: int = 0) -> np.ndarray:
    """Numbers between 0 and 1 that sum to 1 over the second dimension."""
    raw = np.exp(numbers(*shape, seed=seed))
    return raw / raw.sum(min(1, raw.ndim - 1), keepdims=True)
