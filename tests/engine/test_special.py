"""Special functions: derivatives by one argument, and what has none."""

import pytest

import engine

from .compare import assert_same


@pytest.mark.parametrize("name", ["igamma", "igammac"])
def test_incomplete_gamma_functions_have_a_derivative_by_their_bound(torch, name):
    found = []
    for library in (engine, torch):
        a = library.tensor([0.5, 2.0, 30.0], dtype=library.float64)
        x = library.tensor([0.3, 5.0, 29.0], dtype=library.float64, requires_grad=True)
        found.append(library.autograd.grad(getattr(library, name)(a, x).sum(), x))
    assert_same(*found, rtol=1e-9)


@pytest.mark.parametrize(("name", "call"), {
    "igamma: input": lambda t, x: t.igamma(x, x.detach()),
    "igammac: input": lambda t, x: t.igammac(x, x.detach()),
    "zeta": lambda t, x: t.special.zeta(x, 2.0),
}.items())
def test_a_derivative_that_torch_lacks_is_refused_in_backward(torch, name, call):
    for library in (engine, torch):
        x = library.tensor([2.5], requires_grad=True)
        with pytest.raises(NotImplementedError, match=f"the derivative for '{name}' is not implemented"):
            call(library, x).backward()


def test_shares_of_the_gamma_distribution_sum_to_one():
    a = engine.logspace(-2, 5, 40, dtype=engine.float64)
    below, above = engine.igamma(a, a * 1.01), engine.igammac(a, a * 1.01)
    assert engine.allclose(below + above, engine.ones_like(a), atol=1e-12)


def test_quantiles_undo_shares_far_into_the_tails():
    p = engine.logspace(-300, -0.5, 60, dtype=engine.float64)
    assert engine.allclose(engine.special.ndtr(engine.special.ndtri(p)), p, rtol=1e-10, atol=0.0)


def test_whole_numbers_have_no_incomplete_gamma_function(torch):
    for library in (engine, torch):
        with pytest.raises(NotImplementedError, match="igamma_cpu"):
            library.igamma(library.tensor([1]), library.tensor([2]))
