"""The checks of derivatives find what is wrong, and say so in numbers."""

import pytest

import engine
from engine.autograd import Function, GradcheckError, gradcheck, gradgradcheck


class WrongFirst(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**2

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * x


class WrongSecond(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * 3 * x.detach() ** 2


def point():
    return engine.tensor([0.5, -1.5], dtype=engine.float64, requires_grad=True)


@pytest.mark.parametrize("fast_mode", [False, True])
def test_right_derivatives_pass(fast_mode):
    assert gradcheck(lambda x: (x**3).exp(), point(), fast_mode=fast_mode)
    assert gradgradcheck(lambda x: (x**3).exp(), point(), fast_mode=fast_mode)


def test_a_wrong_first_derivative_is_found_with_its_numbers():
    with pytest.raises(GradcheckError, match=r"gradient of input 0, of shape \[2\], is .* where"):
        gradcheck(WrongFirst.apply, point())
    assert not gradcheck(WrongFirst.apply, point(), raise_exception=False)


def test_a_wrong_second_derivative_passes_the_first_check_and_fails_the_second():
    assert gradcheck(WrongSecond.apply, point())
    with pytest.raises(GradcheckError):
        gradgradcheck(WrongSecond.apply, point())


def test_inputs_must_be_double_and_want_a_gradient():
    with pytest.raises(ValueError, match="float64"):
        gradcheck(engine.exp, engine.ones(2, requires_grad=True))
    with pytest.raises(ValueError, match="at least one input tensor to require gradient"):
        gradcheck(engine.exp, engine.ones(2, dtype=engine.float64))


def test_the_input_is_left_as_it_was():
    x = point()
    gradcheck(lambda t: t * t, x)
    assert x.tolist() == [0.5, -1.5] and x.grad is None
