"""What cannot be recorded runs eagerly and correctly, with one warning that says why and where."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import engine as torch
from engine import nn


def refused(step: Callable[..., Any], why: str, *args: Any) -> list[Any]:
    """What six calls of a captured step give, which must warn exactly once."""
    captured = torch.capture(step)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = [captured(*args) for _ in range(6)]
    told = [str(w.message) for w in caught if "not captured" in str(w.message)]
    assert len(told) == 1
    assert why in told[0]
    assert captured.why_eager is not None
    assert captured.replays == 0
    return found


def test_a_branch_on_a_value() -> None:
    signs = iter([1.0, -1.0] * 3)

    def step() -> Any:
        x = torch.tensor([1.0]) * value
        return x if x > 0 else -x

    value = torch.ones(1)
    captured = torch.capture(step)
    with pytest.warns(UserWarning, match=r"decides by a tensor's value.*test_refused.py:\d+"):
        for sign in signs:
            value.fill_(sign)
            assert captured().item() == 1


def test_a_number_read_out() -> None:
    assert refused(lambda x: x * x.sum().item(), "item", torch.ones(2))[5].tolist() == [2, 2]
    refused(lambda x: x * float(x.sum()), "item", torch.ones(2))
    refused(lambda x: torch.tensor(x.tolist()), "tolist", torch.ones(2))
    refused(lambda x: torch.from_numpy(x.numpy() * 2), "numpy", torch.ones(2))


def test_a_tensor_that_says_which_row() -> None:
    rows = torch.arange(6.0).view(3, 2)
    first = torch.tensor(0)

    def written(at: Any) -> Any:
        copy = rows.clone()
        copy[at] = 9.0
        return copy

    refused(lambda at: rows[at] * 2, "as a Python index", first)
    refused(written, "as a Python index", first)
    read, write = torch.capture(lambda at: rows[at] * 2), torch.capture(written)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number in (0, 0, 0, 1, 2, 0):
            at = torch.tensor(number)
            assert read(at).tolist() == (rows[at] * 2).tolist()
            assert write(at).tolist() == written(at).tolist()


def test_lengths_that_a_batch_is_packed_by() -> None:
    pack = nn.utils.rnn.pack_padded_sequence
    refused(lambda x, sizes: pack(x, sizes).data * 2, "tolist", torch.ones(3, 2), torch.tensor([3, 1]))


def test_tensors_held_against_each_other() -> None:
    refused(lambda x: x * torch.equal(x, x), "equal", torch.ones(2))
    refused(lambda x: x * torch.allclose(x, x), "decides by", torch.ones(2))


def test_a_shape_that_depends_on_the_data() -> None:
    captured = torch.capture(lambda x: x[x > 0] * 2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for count in (1, 3, 2, 4, 4, 0, 1):
            x = torch.tensor([1.0] * count + [-1.0] * (5 - count))
            assert captured(x).tolist() == [2] * count


@pytest.mark.parametrize(
    "count",
    [
        lambda x: len((x > 0).nonzero()), lambda x: x[x > 0].shape[0],
        lambda x: torch.where(x > 0)[0].numel(), lambda x: len(torch.bincount((x > 0).long().cumsum(0))),
        lambda x: x.masked_select(x > 0).size(0), lambda x: len(x.repeat_interleave((x > 0).long())),
        lambda x: len(torch.unique(x.cumsum(0).clamp(min=0))), lambda x: len(x[x > 0].split(1)),
    ],
)
def test_a_shape_that_is_all_that_is_used_of_a_result(count: Callable[[Any], int]) -> None:
    captured = torch.capture(lambda x: x * count(x))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for positive in (3, 3, 3, 3, 4, 1, 2, 3):
            x = torch.tensor([1.0] * positive + [-1.0] * (5 - positive))
            assert captured(x).tolist() == (x * count(x)).tolist()


def test_a_shape_that_depends_on_the_data_after_an_update() -> None:
    weight = torch.ones(3, requires_grad=True)
    optimizer = torch.optim.SGD([weight], lr=0.1)

    def step(x: Any) -> Any:
        optimizer.zero_grad()
        (weight * x).sum().backward()
        optimizer.step()
        return x[x > 0].sum()

    refused(step, "after something was changed, a shape depends on the data", torch.ones(3))
    assert weight.tolist() == pytest.approx([0.4] * 3)


def test_values_made_outside_of_operations() -> None:
    refused(lambda x: torch.from_numpy(np.ones(2)) * x, "does not repeat", torch.ones(2))


def test_numbers_written_in_python() -> None:
    kept = torch.ones(2)
    refused(lambda x: kept.apply_(lambda number: number * 2) * x, "apply_", torch.ones(2))
    refused(lambda x: kept.map_(x, lambda a, b: a + b) * x, "map_", torch.ones(2))
    assert kept.tolist() == [70, 70]


def test_parameters_begun_anew_in_a_step() -> None:
    kept = torch.zeros(2, 2)

    def step(x: Any) -> Any:
        nn.init.eye_(kept)
        return kept.add_(x) * 1

    captured = torch.capture(step)
    for number in range(5):
        found = captured(torch.full((), float(number)))
        assert found.tolist() == [[number + 1, number], [number, number + 1]]
    assert captured.replays == 3


def test_a_graph_that_goes_on() -> None:
    weight = torch.ones(2, requires_grad=True)
    loss = refused(lambda x: (weight * x).sum(), "graph that goes on", torch.ones(2))[5]
    loss.backward()
    assert weight.grad.tolist() == [1, 1]


def test_a_gradient_of_a_gradient() -> None:
    weight = torch.ones(2, requires_grad=True)

    def step(x: Any) -> Any:
        loss = (weight**3 * x).sum()
        loss.backward(create_graph=True)
        weight.grad = None
        return loss.detach()

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Using backward")
        refused(step, "create_graph", torch.ones(2))


def test_gradients_by_name() -> None:
    weight = torch.ones(2, requires_grad=True)
    found = refused(lambda x: torch.autograd.grad((weight * x).sum(), weight)[0], "by name", torch.ones(2))
    assert found[5].tolist() == [1, 1]


def test_hooks() -> None:
    seen: list[Any] = []
    model = nn.Linear(2, 1)
    model.register_forward_hook(lambda module, args, out: None)
    with torch.no_grad():
        refused(lambda x: model(x), "hook", torch.ones(1, 2))
    weight = torch.ones(2, requires_grad=True)
    handle = weight.register_hook(seen.append)

    def step(x: Any) -> None:
        weight.grad = None
        (weight * x).sum().backward()

    refused(step, "hook", torch.ones(2))
    assert len(seen) == 6
    handle.remove()


def test_without_its_hook_a_step_is_captured_again() -> None:
    model = nn.Linear(2, 1).requires_grad_(False)
    run = torch.capture(lambda x: model(x))
    seen: list[Any] = []
    with pytest.warns(UserWarning, match="hook"):
        for watched in (False, True, False, True, False):
            handle = model.register_forward_hook(lambda *_: seen.append(1)) if watched else None
            for _ in range(4):
                run(torch.ones(1, 2))
            assert (run.why_eager is None) is not watched
            if handle is not None:
                handle.remove()
    assert len(seen) == 8


def test_a_function_of_the_users_own() -> None:
    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 2

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return g * 2

    weight = torch.ones(2, requires_grad=True)

    def step() -> None:
        weight.grad = None
        Double.apply(weight).sum().backward()

    refused(step, "Function")
    assert weight.grad.tolist() == [2, 2]


def test_a_write_into_an_argument() -> None:
    x = torch.zeros(2)
    refused(lambda x: x.add_(1), "arguments", x)
    assert x.tolist() == [6, 6]


def test_plain_python_that_changes_its_surroundings() -> None:
    losses: list[Any] = []
    refused(lambda x: losses.append(x * 2), "plain Python", torch.ones(1))
    assert len(losses) == 6
    calls = 0

    def step(x: Any) -> Any:
        nonlocal calls
        calls += 1
        return x * 2

    refused(step, "plain Python", torch.ones(1))
    assert calls == 6


def test_a_module_that_keeps_a_state_of_its_own() -> None:
    class Running(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.last = torch.zeros(1)

        def forward(self, x: Any) -> Any:
            self.last = self.last + x
            return self.last

    model = Running()
    assert [t.item() for t in refused(lambda x: model(x), "last", torch.ones(1))] == [1, 2, 3, 4, 5, 6]


def test_a_graph_that_differs_from_call_to_call() -> None:
    turns = iter(range(100))
    captured = torch.capture(lambda x: x * next(turns))
    with pytest.warns(UserWarning, match="not captured"):
        assert [captured(torch.ones(1)).item() for _ in range(8)] == list(range(8))


def test_random_choices_outside_of_operations() -> None:
    refused(lambda x: nn.init.normal_(x.clone()), "random", torch.ones(3))


def test_random_numbers_that_begin_anew() -> None:
    own = torch.Generator()

    def forked(x: Any) -> Any:
        with torch.random.fork_rng():
            drawn = torch.randn(2)
        return x + drawn

    def seeded(x: Any) -> Any:
        torch.manual_seed(1)
        return x + torch.randn(2)

    for step in (forked, seeded, lambda x: x + torch.randn(2, generator=own.manual_seed(2))):
        torch.manual_seed(0)
        found = refused(step, "where random numbers go on", torch.zeros(2))
        torch.manual_seed(0)
        assert [drawn.tolist() for drawn in found] == [step(torch.zeros(2)).tolist() for _ in range(6)]


def test_a_plain_argument_that_is_another_one_at_every_call() -> None:
    captured = torch.capture(lambda x, epoch: x * epoch)
    with pytest.warns(UserWarning, match="plain arguments are of more than 16 kinds"):
        for epoch in range(60):
            assert captured(torch.ones(1), epoch).item() == epoch
    for _ in range(4):
        assert captured(torch.ones(1), 31).item() == 31  # one of those that it knows
    assert captured.why_eager is None


def test_a_variable_that_changes_every_few_calls() -> None:
    scale = 0.0
    captured = torch.capture(lambda x: x * scale)
    with pytest.warns(UserWarning, match="keeps changing"):
        for i in range(60):
            scale = float(i // 3)
            assert captured(torch.ones(1)).item() == scale
    assert captured.why_eager is not None


def test_a_variable_that_changes_now_and_then() -> None:
    scale = 0.0
    captured = torch.capture(lambda x: x * scale)
    for i in range(1, 61):
        scale = float(i)
        for _ in range(3 if i % 3 else 20):
            assert captured(torch.ones(1)).item() == scale
    assert captured.why_eager is None


def test_more_surroundings_than_can_be_looked_at() -> None:
    settings = {str(i): {str(j): float(j) for j in range(32)} for i in range(32)}
    refused(lambda x: x * settings["3"]["4"], "more than 1000 variables", torch.ones(2))
