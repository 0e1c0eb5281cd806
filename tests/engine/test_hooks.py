"""Hooks on tensors and nodes see, and may replace, the gradients that pass."""

import pytest

import engine


def leaf(*values):
    return engine.tensor(list(values), requires_grad=True)


def test_a_hook_on_a_leaf_sees_the_whole_gradient_once():
    x, seen = leaf(2.0), []
    x.register_hook(lambda g: seen.append(g.item()))
    (x * x).sum().backward()
    assert seen == [4.0]


def test_a_hook_may_replace_the_gradient():
    x = leaf(2.0)
    y = x * 3
    y.register_hook(lambda g: g * 10)
    y.sum().backward()
    assert x.grad.item() == 30.0


def test_hooks_run_in_order_and_can_be_removed():
    x, order = leaf(1.0), []
    first = x.register_hook(lambda g: order.append("first"))
    x.register_hook(lambda g: order.append("second"))
    (x * 1).sum().backward()
    first.remove()
    (x * 1).sum().backward()
    assert order == ["first", "second", "second"]


def test_a_hook_that_keeps_the_gradient_does_not_share_the_leafs_memory():
    x, kept = leaf(1.0), []
    x.register_hook(kept.append)
    (x * 2).sum().backward()
    x.grad.zero_()
    assert kept[0].item() == 2.0


def test_a_hook_must_keep_the_shape():
    x = leaf(1.0, 2.0)
    x.register_hook(lambda g: g.sum())
    with pytest.raises(RuntimeError, match="hook has changed the size of value"):
        (x * 2).sum().backward()


def test_a_hook_needs_a_tensor_that_requires_grad():
    with pytest.raises(RuntimeError, match="cannot register a hook on a tensor that doesn't"):
        engine.ones(1).register_hook(print)


def test_a_hook_after_accumulation_sees_the_leaf_with_its_gradient():
    x, seen = leaf(1.0), []
    x.register_post_accumulate_grad_hook(lambda t: seen.append(t.grad.item()))
    (x * 2 + x * 3).sum().backward()
    assert seen == [5.0]


def test_a_hook_on_a_node_sees_what_goes_in_and_out_and_may_replace_it():
    x, seen = leaf(3.0), []
    y = x * 2

    def hook(grad_inputs, grad_outputs):
        seen.append((grad_inputs[0].item(), grad_outputs[0].item()))
        return (grad_inputs[0] * 100, None)

    y.grad_fn.register_hook(hook)
    y.sum().backward()
    assert seen == [(2.0, 1.0)]
    assert x.grad.item() == 200.0


def test_retain_grad_keeps_the_gradient_of_a_value_half_way():
    x = leaf(2.0)
    y = x * x
    y.retain_grad()
    assert y.retains_grad
    (y * 3).sum().backward()
    assert y.grad.item() == 3.0


def test_hooks_see_tensors_with_history_under_create_graph():
    x, seen = leaf(2.0), []
    y = x * x
    y.register_hook(lambda g: seen.append(g.requires_grad))
    engine.autograd.grad((y * y).sum(), x, create_graph=True)
    assert seen == [True]


def test_a_hook_before_a_node_sees_and_replaces_what_arrives(torch):
    found = []
    for library in (engine, torch):
        x = library.ones(2, requires_grad=True)
        y = x * 3
        seen = []
        y.register_hook(lambda g: g + 1)
        handle = y.grad_fn.register_prehook(lambda grads, seen=seen: seen.append(grads[0].tolist()))
        y.grad_fn.register_prehook(lambda grads: (grads[0] * 2,))
        y.sum().backward(retain_graph=True)
        handle.remove()
        y.sum().backward()
        found.append((seen, x.grad.tolist()))
    assert found[0] == found[1]
