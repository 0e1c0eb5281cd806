"""Second derivatives of what is flat twice over, and refusals about factors, as PyTorch has them."""

import pytest

import engine

FLAT_TWICE = {
    "relu": lambda f, x: f.relu(x),
    "leaky_relu": lambda f, x: f.leaky_relu(x),
    "hardtanh": lambda f, x: f.hardtanh(x),
    "softshrink": lambda f, x: f.softshrink(x),
    "threshold": lambda f, x: f.threshold(x, 0.5, 0.0),
    "max_pool2d": lambda f, x: f.max_pool2d(x, 2),
}


@pytest.mark.parametrize("name", FLAT_TWICE)
def test_a_second_derivative_that_is_0_is_zeros_not_an_error(torch, name):
    found = []
    for library in (engine, torch):
        x = library.arange(16.0).reshape(1, 1, 4, 4).requires_grad_()
        out = FLAT_TWICE[name](library.nn.functional, x)
        first = library.autograd.grad(out.sum(), x, create_graph=True)[0]
        found.append(library.autograd.grad(first.sum(), x)[0].tolist())
    assert found[0] == found[1]


def test_alpha_makes_no_floats_of_integers():
    whole = engine.tensor([1, 2])
    with pytest.raises(RuntimeError, match="argument alpha must not be a floating point number"):
        engine.add(whole, whole, alpha=0.5)
    assert engine.add(whole, whole, alpha=3).tolist() == [4, 8]


def test_a_floored_quotient_by_the_operator_refuses_backward():
    x = engine.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError, match="derivative for aten::floor_divide is not implemented"):
        (x // 2).sum().backward()


def test_half_precision_norms_do_not_overflow():
    large = engine.tensor([300.0, 400.0], dtype=engine.float16)
    assert engine.norm(large).item() == 500.0
    scaled = engine.nn.functional.rms_norm(large, (2,))
    assert scaled.dtype is engine.float16
    assert scaled.isfinite().all()
