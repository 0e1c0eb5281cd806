"""The walk back: order, accumulation, freeing, second order, what may be asked and what is refused."""

import gc
import threading
import warnings

import numpy as np
import pytest

import engine
from engine.autograd import grad


def leaf(*values):
    return engine.tensor(list(values), requires_grad=True)


def test_gradients_accumulate_into_the_same_tensor_until_cleared():
    x = leaf(1.0, 2.0)
    (x * x).sum().backward()
    first = x.grad
    (x * x).sum().backward()
    assert x.grad is first
    assert first.tolist() == [4.0, 8.0]
    x.grad = None
    (x * 3).sum().backward()
    assert x.grad.tolist() == [3.0, 3.0]


def test_a_value_used_twice_gets_both_gradients_before_it_passes_them_on():
    # The order of micrograd's issue #2: without a topological order this gives less.
    a, b = leaf(3.0), leaf(-2.0)
    c = a * b
    d = a + b
    e = c * d + c
    (e * d).sum().backward()
    # e·d = ab(a+b)² + ab(a+b)
    assert a.grad.item() == pytest.approx(-2 * 1 + 3 * -2 * 2 * 1 + -2 * 1 + 3 * -2)
    assert b.grad.item() == pytest.approx(3 * 1 + 3 * -2 * 2 * 1 + 3 * 1 + 3 * -2)


def test_two_leaves_never_share_the_memory_of_their_gradients():
    x, y = leaf(1.0, 2.0), leaf(3.0, 4.0)
    (x + y).backward(engine.ones(2))
    x.grad.zero_()
    assert y.grad.tolist() == [1.0, 1.0]


def test_a_given_gradient_is_not_the_memory_of_the_result():
    x, g = leaf(1.0, 2.0), engine.ones(2)
    (x + 0).backward(g)
    x.grad.zero_()
    assert g.tolist() == [1.0, 1.0]


def test_a_graph_of_a_hundred_thousand_steps_needs_no_recursion():
    x = leaf(1.0)
    y = x
    for _ in range(100_000):
        y = y + 1
    y.backward()
    assert x.grad.item() == 1.0
    del y


def test_graphs_leave_no_garbage_for_the_collector():
    gc.collect()
    gc.disable()
    try:
        x = leaf(1.0, 2.0)
        for _ in range(5):
            ((x * 2).exp().sum() + x.view(2, 1).std()).backward()
        del x
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_backward_twice_says_to_retain_the_graph():
    y = (leaf(1.0) * leaf(2.0)).sum()
    y.backward()
    with pytest.raises(RuntimeError, match="Trying to backward through the graph a second time"):
        y.backward()


def test_a_retained_graph_can_be_walked_again():
    x = leaf(2.0)
    y = (x * x).sum()
    y.backward(retain_graph=True)
    y.backward()
    assert x.grad.item() == 8.0


def test_a_graph_that_saved_nothing_can_be_walked_again():
    x = leaf(2.0)
    y = (x + 1).sum()
    y.backward()
    y.backward()
    assert x.grad.item() == 2.0


def test_only_a_single_element_starts_without_a_gradient():
    with pytest.raises(RuntimeError, match="grad can be implicitly created only for scalar outputs"):
        (leaf(1.0, 2.0) * 2).backward()
    with pytest.raises(RuntimeError, match="element 0 of tensors does not require grad"):
        engine.ones(1).backward()
    with pytest.raises(RuntimeError, match="Mismatch in shape: grad_output"):
        (leaf(1.0, 2.0) * 2).backward(engine.ones(3))


def test_grad_returns_gradients_and_touches_no_leaf():
    x, y = leaf(2.0), leaf(3.0)
    found = grad((x * y).sum(), [x, y])
    assert [g.item() for g in found] == [3.0, 2.0]
    assert x.grad is None


def test_grad_of_a_value_half_way():
    x = leaf(2.0)
    middle = x * x
    (found,) = grad((middle * 3).sum(), middle)
    assert found.item() == 3.0


def test_grad_of_something_unused_is_refused_or_none_or_zeros():
    x, unused = leaf(2.0), leaf(1.0)
    with pytest.raises(RuntimeError, match="appears to not have been used in the graph"):
        grad((x * 2).sum(), unused)
    assert grad((x * 2).sum(), unused, allow_unused=True) == (None,)
    assert grad((x * 2).sum(), unused, materialize_grads=True)[0].tolist() == [0.0]


def test_backward_for_chosen_inputs_leaves_the_others_alone():
    x, y = leaf(2.0), leaf(3.0)
    (x * y).sum().backward(inputs=[x])
    assert x.grad.item() == 3.0
    assert y.grad is None


def test_second_derivatives_through_create_graph():
    x = leaf(2.0)
    (first,) = grad((x**3).sum(), x, create_graph=True)
    (second,) = grad(first.sum(), x, create_graph=True)
    (third,) = grad(second.sum(), x)
    assert (first.item(), second.item(), third.item()) == (12.0, 12.0, 6.0)


def test_backward_with_create_graph_gives_gradients_with_a_history():
    x = leaf(3.0)
    (x**2).sum().backward(create_graph=True)
    (x.grad * 5).sum().backward()
    assert x.grad.tolist() == [16.0]


def test_outputs_that_share_a_graph_add_up():
    x = leaf(2.0)
    shared = x * x
    engine.autograd.backward([shared.sum(), (shared * 2).sum()])
    assert x.grad.item() == 12.0


def test_gradients_have_the_type_of_their_tensor():
    half = engine.ones(2, dtype=engine.float32, requires_grad=True)
    full = engine.ones(2, dtype=engine.float64, requires_grad=True)
    (half * full).sum().backward()
    assert half.grad.dtype is engine.float32
    assert full.grad.dtype is engine.float64


def test_broadcast_inputs_get_gradients_of_their_own_shape():
    bias, scale, x = leaf(1.0, 2.0), engine.tensor(3.0, requires_grad=True), engine.ones(4, 1, 2)
    ((x + bias) * scale).sum().backward()
    assert bias.grad.tolist() == [12.0, 12.0]
    assert scale.grad.shape == ()


def test_no_grad_records_nothing_as_block_and_as_decorator():
    x = leaf(1.0)
    with engine.no_grad():
        inside = x * 2
        with engine.enable_grad():
            assert (x * 2).requires_grad
    assert not inside.requires_grad
    assert (x * 2).requires_grad

    @engine.no_grad()
    def double(value):
        return value * 2

    assert not double(x).requires_grad
    with engine.set_grad_enabled(False):
        assert not (x * 2).requires_grad
    assert engine.is_grad_enabled()
    with engine.inference_mode():
        assert not (x * 2).requires_grad


def test_grad_mode_belongs_to_its_thread():
    seen = []
    with engine.no_grad():
        thread = threading.Thread(target=lambda: seen.append(engine.is_grad_enabled()))
        thread.start()
        thread.join()
    assert seen == [True]


def test_detach_shares_memory_and_version_but_no_history():
    x = leaf(1.0, 2.0)
    y = (x * 2).detach()
    assert not y.requires_grad and y.is_leaf
    z = x.detach()
    z[0] = 5.0
    assert x.tolist() == [5.0, 2.0]
    assert x._version == z._version == 1


def test_reading_the_grad_of_a_value_half_way_warns():
    y = leaf(1.0) * 2
    with pytest.warns(UserWarning, match="not a leaf Tensor"):
        assert y.grad is None
    y.retain_grad()
    y.sum().backward()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert y.grad.tolist() == [1.0]


def test_grad_must_fit_its_tensor():
    x = leaf(1.0, 2.0)
    with pytest.raises(RuntimeError, match=r"attempting to assign a gradient of size '\[3\]'"):
        x.grad = engine.ones(3)
    with pytest.raises(RuntimeError, match="attempting to assign a gradient with dtype"):
        x.grad = engine.ones(2, dtype=engine.float64)
    with pytest.raises(TypeError, match="assigned grad expected to be a Tensor or None"):
        x.grad = 1.0


def test_only_floats_require_grad_and_only_leaves_change_it():
    with pytest.raises(RuntimeError, match=r"[Oo]nly Tensors of floating point"):
        engine.tensor([1]).requires_grad_()
    y = leaf(1.0) * 2
    with pytest.raises(RuntimeError, match="you can only change requires_grad flags of leaf variables"):
        y.requires_grad = False


def test_numpy_refuses_a_tensor_that_requires_grad():
    with pytest.raises(RuntimeError, match=r"Can't call numpy\(\) on Tensor that requires grad"):
        leaf(1.0).numpy()
    assert np.asarray(leaf(1.0).detach()).tolist() == [1.0]


def test_next_functions_lead_to_the_leaves():
    x = leaf(1.0)
    node = (x * 2).exp().grad_fn
    assert node.name() == "ExpBackward0"
    (below, _), = node.next_functions
    assert below.name() == "MulBackward0"
    assert below.next_functions[0][0].variable is x
    assert below.next_functions[1] == (None, 0)


def test_a_tensor_that_retains_its_gradient_and_is_asked_for_it_gets_it_once(torch):
    for library in (engine, torch):
        y = library.ones(2, requires_grad=True) * 3
        y.retain_grad()
        (y * 2).sum().backward(inputs=[y])
        assert y.grad.tolist() == [2, 2]
