"""Writing in place: versions, views, leaves, and the gradients behind it."""

import pytest
import torch

import engine

from .compare import assert_same


def leaf(*values):
    return engine.tensor(list(values), requires_grad=True)


def test_every_write_raises_the_version_that_views_share():
    x = engine.zeros(4)
    view = x[1:3]
    x.add_(1)
    view.mul_(2)
    x[0] = 7
    assert x._version == view._version == 3
    assert x.tolist() == [7.0, 2.0, 2.0, 1.0]


def test_a_saved_value_that_was_overwritten_is_named():
    x = leaf(1.0, 2.0)
    y = x.exp()
    y.add_(1)
    with pytest.raises(
        RuntimeError,
        match=(
            r"modified by an inplace operation: \[torch.FloatTensor \[2\]\], which is output 0 of Exp, is at "
            r"version 1; expected version 0 instead"
        ),
    ):
        y.sum().backward()


def test_a_saved_input_that_was_overwritten_is_noticed_through_a_view():
    x, w = leaf(1.0, 2.0), engine.ones(2)
    y = x * w
    w.view(2, 1).zero_()
    with pytest.raises(RuntimeError, match="is at version 1; expected version 0 instead"):
        y.sum().backward()


def test_a_leaf_that_wants_a_gradient_may_not_be_written_outside_no_grad():
    x = leaf(1.0, 2.0)
    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad is being used in an"):
        x.add_(1)
    with pytest.raises(RuntimeError, match="a view of a leaf Variable that requires grad is being"):
        x[0] = 1.0
    with engine.no_grad():
        x.add_(1)
    assert x.tolist() == [2.0, 3.0]


def test_what_does_not_fit_is_refused():
    with pytest.raises(RuntimeError, match=r"output with shape \[3\] doesn't match the broadcast shape"):
        engine.ones(3).add_(engine.ones(2, 3))
    with pytest.raises(RuntimeError, match="result type Float can't be cast to the desired output type Long"):
        engine.tensor([1]).add_(1.5)
    with pytest.raises(RuntimeError, match=r"The size of tensor a \(3\) must match the size of"):
        engine.ones(2, 3).add_(engine.ones(4))
    with pytest.raises(RuntimeError, match="more than one element of the written-to tensor refers to"):
        engine.ones(3).expand(2, 3).add_(1)


def in_place_chain(library):
    x = library.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = x * 2
    y.mul_(x)
    y.add_(x, alpha=3)
    y.exp_()
    return x, y


def column_written(library):
    x = library.tensor([1.0, 2.0, 3.0], requires_grad=True)
    a = library.zeros(3, 3)
    a[:, 1] = x * x
    a[0] = 5.0
    return x, a * a


def base_written_through_view(library):
    x = library.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = x * 1
    y[1:].mul_(x[:2])
    return x, y * y


def view_read_after_base_written(library):
    x = library.tensor([1.0, 2.0, 3.0], requires_grad=True)
    base = x * 1
    view = base.view(3, 1)[1:]
    base.mul_(x)
    return x, view * 2


def view_of_a_view_written(library):
    x = library.tensor([1.0, 2.0, 3.0], requires_grad=True)
    base = library.zeros(2, 3)
    base[1][:2] = x[1:]
    return x, base * base


def masked_write(library):
    x = library.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = x * 2
    y[y > 3] = 0.5
    y[library.tensor([0])] = x[2] * 4
    return x, y * x


def filled(library):
    x = library.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = x * 2
    y[:1].fill_(4.0)
    y.masked_fill_(x > 2.5, -1.0)
    return x, y * y


def copied_and_clamped(library):
    x = library.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = library.zeros(3, dtype=library.float64)
    y.copy_(x * x)
    y.clamp_(max=5.0)
    return x, y


def transposed_written(library):
    x = library.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = library.ones(3, 2)
    y.t()[0] = x
    y.t().mul_(2)
    return x, y


def operators(library):
    x = library.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = x * 1
    y += x
    y *= 3
    y -= 1
    y /= x
    y **= 2
    return x, y


def scattered(library):
    x = library.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = x * 2
    y.scatter_(0, library.tensor([2, 0]), x[:2] * 5)
    y.scatter_add_(0, library.tensor([1, 1]), x[1:])
    return x, y


CASES = [
    in_place_chain,
    column_written,
    base_written_through_view,
    view_read_after_base_written,
    view_of_a_view_written,
    masked_write,
    filled,
    copied_and_clamped,
    transposed_written,
    operators,
    scattered,
]


@pytest.mark.parametrize("case", CASES)
def test_values_and_gradients_behind_a_write_are_those_of_torch(torch, case):
    results = []
    for library in (engine, torch):
        x, y = case(library)
        y.sum().backward()
        results.append((y, x.grad))
    assert_same(results[0], results[1])


@pytest.mark.parametrize("case", CASES)
def test_second_derivatives_go_through_a_write(torch, case):
    results = []
    for library in (engine, torch):
        x, y = case(library)
        (first,) = library.autograd.grad((y * y).sum(), x, create_graph=True)
        results.append(library.autograd.grad((first * first).sum(), x)[0])
    assert_same(results[0], results[1], rtol=1e-4)


def test_the_graph_says_that_a_region_was_copied():
    x = leaf(1.0, 2.0)
    a = engine.zeros(3)
    a[:2] = x
    assert a.grad_fn.name() == "torch::autograd::CopySlices"


def test_methods_that_end_in_an_underscore_return_the_tensor_itself():
    x = engine.ones(3)
    assert x.add_(1) is x and x.zero_() is x and x.fill_(2) is x and x.uniform_() is x and x.normal_() is x


def test_random_writes_follow_the_generator():
    first = engine.zeros(5).uniform_(2, 3, generator=engine.Generator().manual_seed(4))
    again = engine.zeros(5).uniform_(2, 3, generator=engine.Generator().manual_seed(4))
    assert first.tolist() == again.tolist()
    assert all(2 <= v < 3 for v in first.tolist())


def test_a_write_to_a_saved_tensor_matters_only_where_the_gradient_needs_it():
    layer = engine.nn.Linear(3, 2)
    optimizer = engine.optim.SGD(layer.parameters(), lr=0.1)
    loss = layer(engine.ones(4, 3)).sum()
    loss.backward(retain_graph=True)
    optimizer.step()
    loss.backward()
    assert layer.bias.grad.tolist() == [8.0, 8.0]

    second = engine.nn.Linear(2, 1)
    loss = second(layer(engine.ones(4, 3))).sum()
    loss.backward(retain_graph=True)
    engine.optim.SGD(second.parameters(), lr=0.1).step()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


def test_what_max_pooling_gives_may_be_written_in_place():
    def filled(pooled):
        pooled.view(-1)[0] = 7.0
        pooled.mul_(2)

    for write in (lambda pooled: pooled.relu_(), filled):
        found = []
        for lib in (engine, torch):
            x = lib.arange(32.0).reshape(1, 2, 4, 4).sub(15).requires_grad_()
            pooled = lib.nn.functional.max_pool2d(x * 1, 2)
            write(pooled)
            pooled.sum().backward()
            found.append((pooled.tolist(), x.grad.tolist()))
        assert found[0] == found[1]
