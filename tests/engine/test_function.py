"""A Function of one's own, and anomaly mode."""

import pytest

import engine

from .compare import assert_same


def cube(library):
    class Cube(library.autograd.Function):
        @staticmethod
        def forward(ctx, x, scale):
            ctx.save_for_backward(x)
            ctx.scale = scale
            return x**3 * scale

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g * 3 * x**2 * ctx.scale, None

    return Cube


def split(library):
    class Split(library.autograd.Function):
        @staticmethod
        def forward(x):
            return x * 2, x.long(), x * 3

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.mark_non_differentiable(output[1])

        @staticmethod
        def backward(ctx, first, _, third):
            return first * 2 + third * 3

    return Split


def test_values_gradients_and_second_derivatives_are_those_of_torch(torch):
    found = []
    for library in (engine, torch):
        x = library.tensor([1.0, -2.0], requires_grad=True)
        y = cube(library).apply(x, 2.0)
        (first,) = library.autograd.grad(y.sum(), x, create_graph=True)
        (second,) = library.autograd.grad(first.sum(), x)
        found.append((y, first, second))
        assert y.grad_fn.name() == "CubeBackward"
    assert_same(found[0], found[1])


def test_several_outputs_of_which_one_is_unused(torch):
    found = []
    for library in (engine, torch):
        x = library.tensor([1.0, -2.0], requires_grad=True)
        first, whole, third = split(library).apply(x)
        assert not whole.requires_grad
        third.sum().backward()
        found.append((first, whole, third, x.grad))
    assert_same(found[0], found[1])


def test_an_input_handed_through_keeps_its_own_place(torch):
    class Reverse(engine.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x

        @staticmethod
        def backward(ctx, g):
            return -g

    x = engine.tensor([1.0], requires_grad=True)
    y = Reverse.apply(x)
    assert y is not x and x.is_leaf
    y.sum().backward()
    assert x.grad.tolist() == [-1.0]


def test_a_saved_tensor_that_was_overwritten_is_noticed():
    x = engine.tensor([1.0, 2.0], requires_grad=True)
    w = x * 1
    y = cube(engine).apply(w, 1.0)
    w.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


def test_backward_twice_and_too_many_gradients_are_refused():
    x = engine.tensor([1.0], requires_grad=True)
    y = cube(engine).apply(x, 1.0).sum()
    y.backward()
    with pytest.raises(RuntimeError, match="Trying to backward through the graph a second time"):
        y.backward()

    class TooMany(engine.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g, g

    with pytest.raises(RuntimeError, match="returned an incorrect number of gradients"):
        TooMany.apply(x).sum().backward()


def test_nothing_is_recorded_where_nothing_wants_a_gradient():
    assert cube(engine).apply(engine.ones(2), 1.0).grad_fn is None
    with engine.no_grad():
        assert not cube(engine).apply(engine.ones(2, requires_grad=True), 1.0).requires_grad


def test_a_gradient_that_somebody_else_has_is_copied_for_the_leaf(torch):
    for library in (engine, torch):

        class Itself(library.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                ctx.save_for_backward(x)
                return x**2 / 2

            @staticmethod
            def backward(ctx, g):
                return ctx.saved_tensors[0]

        x, start = library.tensor([1.0, 2.0], requires_grad=True), library.ones(2)
        Itself.apply(x).sum().backward()
        x.grad.zero_()
        assert x.tolist() == [1.0, 2.0]
        x.grad = None
        x.backward(start)
        x.grad.zero_()
        assert start.tolist() == [1.0, 1.0]


def the_line_at_fault(x):
    return (x * 0).sqrt()


def test_anomaly_mode_names_the_line_whose_gradient_is_nan():
    x = engine.zeros(2, requires_grad=True)
    with (
        pytest.warns(UserWarning, match="(?s)Anomaly Detection|the_line_at_fault"),
        engine.autograd.detect_anomaly(),
        pytest.raises(
            RuntimeError, match=r"Function '(Mul|Sqrt)Backward0' returned nan values in its 0th output"
        ),
    ):
        the_line_at_fault(x).sum().backward()


def test_anomaly_mode_names_the_line_whose_saved_tensor_was_overwritten():
    x = engine.ones(2, requires_grad=True)
    with engine.autograd.set_detect_anomaly(True):
        y = x.exp()
        y.add_(1)
        with (
            pytest.warns(UserWarning, match=r"Error detected in ExpBackward0(.|\n)*y = x.exp\(\)"),
            pytest.raises(RuntimeError, match="modified by an inplace operation"),
        ):
            y.sum().backward()


def test_anomaly_mode_ends_with_its_block():
    with engine.autograd.set_detect_anomaly(True):
        pass
    node = (engine.ones(2, requires_grad=True) * 2).grad_fn
    assert not node.trace


def test_an_output_that_is_no_tensor_is_handed_through_and_has_no_gradient():
    seen = []

    class Halved(engine.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x / 2, "half"

        @staticmethod
        def backward(ctx, g, nothing):
            seen.append(nothing)
            return g / 2

    x = engine.ones(2, requires_grad=True)
    made, word = Halved.apply(x)
    made.sum().backward()
    assert (word, seen, x.grad.tolist()) == ("half", [None], [0.5, 0.5])
