"""Checkpointed parts: the same gradients, from what is computed again."""

from __future__ import annotations

from typing import Any

import pytest

import engine
from engine.utils.checkpoint import checkpoint, checkpoint_sequential

from .compare import assert_same
from .side_by_side import numbers


def model(library: Any) -> Any:
    nn = library.nn
    made = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 4), nn.Sigmoid(), nn.Linear(4, 1)).double()
    for number, value in enumerate(made.parameters()):
        value.data = library.tensor(numbers(*value.shape, seed=number))
    return made


def test_a_checkpointed_model_has_torchs_gradients(torch: Any) -> None:
    import torch.utils.checkpoint

    found = []
    for library in (engine, torch):
        module, x = model(library), library.tensor(numbers(5, 3), requires_grad=True)
        out = library.utils.checkpoint.checkpoint(module, x, use_reentrant=False)
        slopes = library.autograd.grad(out.sum(), [x, *module.parameters()])
        rows = library.utils.checkpoint.checkpoint_sequential(module, 2, x, use_reentrant=False)
        rows.sum().backward()
        found.append([out, *slopes, rows, x.grad, *(p.grad for p in module.parameters())])
    assert_same(*found, rtol=1e-9)


def test_a_checkpointed_part_can_be_differentiated_twice() -> None:
    found = []
    for run in (checkpoint, lambda function, x: function(x)):
        module, x = model(engine), engine.tensor(numbers(2, 3), requires_grad=True)
        slope = engine.autograd.grad(run(module, x).sum(), x, create_graph=True)[0]
        slope.pow(2).sum().backward()
        found.append([x.grad, *(p.grad for p in module.parameters() if p.grad is not None)])
    assert_same(*found, rtol=1e-9)


def test_what_is_inside_is_not_remembered_but_computed_again() -> None:
    calls = []

    class Watched(engine.nn.Linear):
        def forward(self, input: engine.Tensor) -> engine.Tensor:
            calls.append(input.shape)
            return super().forward(input)

    layer = Watched(2, 2)
    out = checkpoint(layer, engine.ones(1, 2))
    assert len(calls) == 1 and len(out.grad_fn.next_functions) == 6
    out.sum().backward()
    assert len(calls) == 2 and layer.weight.grad is not None


def test_dropout_drops_the_same_again() -> None:
    engine.manual_seed(0)
    x = engine.ones(100, requires_grad=True)
    out = checkpoint(engine.nn.Dropout(0.5), x)
    after = engine.get_rng_state()
    out.sum().backward()
    assert engine.equal(x.grad, out.detach()) and engine.equal(engine.get_rng_state(), after)


def test_several_results_and_arguments_that_are_no_tensors() -> None:
    x = engine.ones(2, requires_grad=True)
    a, b, c = checkpoint(lambda x, n, *, k: (x * n, x + k, n), x, 3, k=1)
    (a * b).sum().backward()
    assert c == 3 and x.grad.tolist() == [9.0, 9.0]


def test_random_numbers_drawn_inside_a_fork_are_drawn_again() -> None:
    engine.manual_seed(1)
    with engine.random.fork_rng():
        inside = engine.rand(3)
    assert engine.equal(engine.rand(3), inside)


@pytest.mark.parametrize("segments", [1, 2, 3])
def test_segments_change_nothing(segments: int) -> None:
    module, x = model(engine), engine.tensor(numbers(2, 3))
    assert_same(checkpoint_sequential(module, segments, x), module(x))
