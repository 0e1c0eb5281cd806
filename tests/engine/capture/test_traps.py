"""The traps that other systems of this kind document, each a test: a replay never does the wrong thing."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import engine as torch
from engine import nn, optim


@pytest.fixture(autouse=True)
def _no_surprises() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def numbers(*values: float) -> Any:
    return torch.tensor(list(values))


def test_results_may_be_kept() -> None:
    @torch.capture
    def double(x: Any) -> Any:
        return x * 2

    kept = [double(numbers(i)) for i in range(5)]
    assert double.replays == 3
    assert [t.item() for t in kept] == [0, 2, 4, 6, 8]


def test_a_plain_number_of_the_surroundings_is_not_frozen() -> None:
    factor = 2.0

    @torch.capture
    def scaled(x: Any) -> Any:
        return x * factor

    for _ in range(4):
        scaled(numbers(1))
    factor = 5.0
    assert [scaled(numbers(1)).item() for _ in range(4)] == [5] * 4
    assert scaled.why_eager is None


def test_a_branch_on_a_plain_value_is_not_frozen() -> None:
    flip = False

    @torch.capture
    def maybe(x: Any) -> Any:
        return -x if flip else x

    assert [maybe(numbers(3)).item() for _ in range(4)] == [3] * 4
    flip = True
    assert [maybe(numbers(3)).item() for _ in range(4)] == [-3] * 4


def test_an_attribute_of_a_plain_object_is_not_frozen() -> None:
    class Settings:
        strength = 1.0

        def __init__(self) -> None:
            self.strength = 2.0

    settings = Settings()

    @torch.capture
    def scaled(x: Any) -> Any:
        return x * settings.strength

    assert [scaled(numbers(1)).item() for _ in range(4)] == [2] * 4
    settings.strength = 3.0
    assert [scaled(numbers(1)).item() for _ in range(4)] == [3] * 4


def test_plain_arguments_select_their_own_recording() -> None:
    @torch.capture
    def power(x: Any, n: int, *, shift: float = 0.0) -> Any:
        return x**n + shift

    for _ in range(4):
        assert power(numbers(3), 2).item() == 9
        assert power(numbers(3), 3).item() == 27
        assert power(numbers(3), 2, shift=1.0).item() == 10


def test_positional_and_keyword_arguments_are_not_mixed_up() -> None:
    @torch.capture
    def minus(a: Any, b: Any) -> Any:
        return a - b

    for _ in range(4):
        assert minus(numbers(5), numbers(3)).item() == 2
        assert minus(b=numbers(5), a=numbers(3)).item() == -2


def test_the_same_tensor_twice_is_another_kind_of_call() -> None:
    @torch.capture
    def both(a: Any, b: Any) -> Any:
        return a * 10 + b

    x = numbers(1)
    assert [both(x, x).item() for _ in range(4)] == [11] * 4
    assert [both(numbers(1), numbers(2)).item() for _ in range(4)] == [12] * 4
    assert both(x, x).item() == 11


def test_another_shape_or_type_is_another_kind_of_call() -> None:
    @torch.capture
    def total(x: Any) -> Any:
        return (x * 2).sum()

    for _ in range(4):
        assert total(torch.ones(3)).item() == 6
        assert total(torch.ones(4, 2)).item() == 16
        assert total(torch.ones(3, dtype=torch.int64)).dtype is torch.int64
        assert total(torch.ones(8)[::2]).item() == 8


def test_a_view_of_data_that_changes_between_calls_is_read_again() -> None:
    data = torch.arange(12.0).reshape(4, 3)

    @torch.capture
    def total(row: Any) -> Any:
        return row.sum()

    assert [total(data[i]).item() for i in (0, 1, 2, 3, 0)] == [3, 12, 21, 30, 3]
    data[1] = 100.0
    assert total(data[1]).item() == 300


def test_a_tensor_of_the_surroundings_is_read_at_each_replay() -> None:
    offset = numbers(1)

    @torch.capture
    def moved(x: Any) -> Any:
        return x + offset

    for _ in range(4):
        assert moved(numbers(1)).item() == 2
    offset.add_(10)
    assert moved(numbers(1)).item() == 12
    offset = numbers(100)
    assert moved(numbers(1)).item() == 101


def test_random_numbers_are_fresh_and_those_of_the_eager_step() -> None:
    def noisy(x: Any) -> Any:
        return nn.functional.dropout(x, 0.5) + torch.randn(6) + torch.empty(6).uniform_(1, 2)

    def drawn(step: Callable[[Any], Any]) -> list[list[float]]:
        torch.manual_seed(5)
        return [step(torch.ones(6)).tolist() for _ in range(6)]

    found = drawn(torch.capture(noisy))
    assert found == drawn(noisy)
    assert len({tuple(values) for values in found}) == 6


def test_a_generator_of_ones_own_goes_on() -> None:
    def made() -> Any:
        generator = torch.Generator().manual_seed(3)
        return lambda x: x + torch.rand(3, generator=generator)

    eager, captured = made(), torch.capture(made())
    for _ in range(5):
        assert captured(torch.zeros(3)).tolist() == eager(torch.zeros(3)).tolist()
    assert captured.why_eager is None


def test_a_captured_step_may_call_another() -> None:
    @torch.capture
    def inner(x: Any) -> Any:
        return x + 1

    @torch.capture
    def outer(x: Any) -> Any:
        return inner(x) * 2

    assert [outer(numbers(i)).item() for i in range(5)] == [2, 4, 6, 8, 10]
    assert outer.why_eager is None


def test_constants_that_a_step_writes_into_start_anew() -> None:
    @torch.capture
    def counted(x: Any) -> Any:
        state = torch.zeros(2)
        state += x
        state[0] += 1
        return state

    assert [counted(torch.ones(2)).tolist() for _ in range(5)] == [[2, 1]] * 5
    assert counted.why_eager is None


def test_train_and_eval_are_told_apart() -> None:
    model = nn.Dropout(0.5)

    @torch.capture
    def run(x: Any) -> Any:
        return model(x)

    for _ in range(2):
        model.train()
        assert any(0 in run(torch.ones(50)).tolist() for _ in range(4))
        model.eval()
        assert all(run(torch.ones(50)).tolist() == [1] * 50 for _ in range(4))
    assert run.why_eager is None


def test_grad_mode_is_told_apart() -> None:
    weight = torch.ones(2, requires_grad=True)

    @torch.capture
    def run() -> bool:
        loss = (weight * 2).sum()
        if loss.requires_grad:
            loss.backward()
        return loss.requires_grad

    for _ in range(4):
        assert run()
    with torch.no_grad():
        assert not any(run() for _ in range(4))
    assert run()


def test_two_threads_do_not_share_a_replay() -> None:
    model = nn.Linear(40, 40).requires_grad_(False)
    run = torch.capture(lambda x: model(x).tanh())
    wrong = []

    def work(value: float) -> None:
        expected = model(torch.full((8, 40), value)).tanh()
        right = [torch.equal(run(torch.full((8, 40), value)), expected) for _ in range(200)]
        wrong.extend([value] * right.count(False))

    threads = [threading.Thread(target=work, args=(float(i),)) for i in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_an_error_of_the_step_is_raised_in_a_replay_too() -> None:
    criterion = nn.CrossEntropyLoss()
    run = torch.capture(lambda x, y: criterion(x, y))
    good, bad = torch.tensor([0, 1]), torch.tensor([0, 7])
    for _ in range(4):
        run(torch.zeros(2, 3), good)
    with pytest.raises(IndexError, match="Target 7 is out of bounds"):
        run(torch.zeros(2, 3), bad)
    assert run(torch.zeros(2, 3), good).item() == pytest.approx(np.log(3))


def test_a_model_converted_in_between_is_recorded_again() -> None:
    model = nn.Linear(3, 2)
    optimizer = optim.SGD(model.parameters(), lr=0.1)

    @torch.capture
    def step(x: Any) -> Any:
        optimizer.zero_grad()
        loss = model(x).pow(2).sum()
        loss.backward()
        optimizer.step()
        return loss

    for _ in range(4):
        assert step(torch.ones(2, 3)).dtype is torch.float32
    model.double()
    for _ in range(4):
        assert step(torch.ones(2, 3, dtype=torch.float64)).dtype is torch.float64
    assert step.why_eager is None
