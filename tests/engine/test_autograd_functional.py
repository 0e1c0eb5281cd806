"""Jacobians, Hessians and their products are PyTorch's, in all the shapes they come in."""

import numpy as np
import pytest

import engine
from engine.autograd import functional

from .compare import assert_same
from .side_by_side import numbers

A, B = numbers(2, 3), numbers(3, seed=1)
CASES = {
    "jacobian of one": lambda lib, f: f.jacobian(lambda x: x**2, lib.tensor(B)),
    "jacobian of a matrix": lambda lib, f: f.jacobian(lambda x: x.exp().sum(1), lib.tensor(A)),
    "jacobian of two inputs": lambda lib, f: f.jacobian(lambda x, y: x @ y, (lib.tensor(A), lib.tensor(B))),
    "jacobian of two outputs": lambda lib, f: f.jacobian(lambda x: (x * 2, x.sum()), lib.tensor(B)),
    "jacobian of what does not depend": lambda lib, f: f.jacobian(
        lambda x, y: x * 2, (lib.tensor(B), lib.tensor(A))
    ),
    "hessian": lambda lib, f: f.hessian(lambda x: (x**3).sum(), lib.tensor(A)),
    "hessian of two inputs": lambda lib, f: f.hessian(
        lambda x, y: (x @ y).pow(2).sum(), (lib.tensor(A), lib.tensor(B))
    ),
    "vjp": lambda lib, f: f.vjp(lambda x: x.sin(), lib.tensor(B), lib.tensor(B * 2)),
    "hvp": lambda lib, f: f.hvp(lambda x: (x**3).sum(), lib.tensor(B), lib.tensor(B * 2)),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_derivatives_of_functions_are_those_of_torch(torch, case):
    assert_same(case(engine, functional), case(torch, torch.autograd.functional), 1e-9, 1e-12)


def test_a_jacobian_can_be_differentiated_again():
    x = engine.tensor(B, requires_grad=True)
    engine.autograd.functional.jacobian(lambda v: v**3, x, create_graph=True).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), 6 * B)


def test_strict_refuses_an_input_that_plays_no_part():
    with pytest.raises(RuntimeError, match="independent of input 1"):
        functional.jacobian(lambda x, y: x * 2, (engine.ones(2), engine.ones(2)), strict=True)
