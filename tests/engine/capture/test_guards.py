"""What a step's code reads besides tensors is looked at before each replay, wherever it lies."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import engine as torch
from engine import nn
from tests.engine.capture.test_surroundings import Make, both


class Settings:
    """A class with an attribute of its own, and what depends on it."""

    base = 1.0

    def __init__(self) -> None:
        self.inner = Inner()

    @property
    def doubled(self) -> float:
        return self.inner.value * 2

    def __call__(self, x: Any) -> Any:
        return x * self.doubled + self.base


class Inner:
    """An object within another."""

    value = 1.0


class Scaled(nn.Module):
    """A module that reads a list, a dict and a variable of its file."""

    def __init__(self) -> None:
        super().__init__()
        self.scales, self.shifts = [1.0], {"all": 0.0}

    def forward(self, x: Any) -> Any:
        return x * self.scales[0] * FACTOR + self.shifts["all"]


FACTOR = 1.0


def test_attributes_are_read_through_objects_properties_and_classes(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(make: Make) -> list[Any]:
        settings, found = Settings(), []
        step = make(settings)
        with monkeypatch.context() as patch:
            for i in range(20):
                if i == 4:
                    settings.inner.value = 3.0
                if i == 8:
                    patch.setattr(Settings, "base", 5.0)
                if i == 12:
                    settings.base = 7.0
                if i == 16:
                    settings.inner = Inner()
                found.append(step(torch.ones(2)))
        return found

    both(run)


def test_what_the_code_of_a_module_reads_may_change(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(make: Make) -> list[Any]:
        model, found = nn.Sequential(Scaled()), []
        step = make(lambda x: model(x))
        with monkeypatch.context() as patch:
            for i in range(16):
                if i == 4:
                    model[0].scales[0] = 2.0
                if i == 8:
                    model[0].shifts["all"] = 1.0
                if i == 12:
                    patch.setitem(globals(), "FACTOR", 10.0)
                found.append(step(torch.ones(2)))
        return found

    both(run)


@pytest.mark.parametrize("values", [{"scale": 1.0}, [1.0], {"all": [1.0]}], ids=["dict", "list", "nested"])
def test_what_is_in_a_short_list_or_dict_is_not_frozen(values: Any) -> None:
    read: Callable[[], float]
    if isinstance(values, list):
        read = lambda: values[0]  # noqa: E731 - the step is to read it in its own way
    elif "all" in values:
        read = lambda: values["all"][0]  # noqa: E731
    else:
        read = lambda: values["scale"]  # noqa: E731

    def run(make: Make) -> list[Any]:
        step, found = make(lambda x: x * read()), []
        for i in range(12):
            where: Any = values["all"] if isinstance(values, dict) and "all" in values else values
            if i % 4 == 0:
                where[0 if isinstance(where, list) else "scale"] = float(i)
            found.append(step(torch.ones(2)))
        return found

    both(run)


def test_iterators_and_random_numbers_of_others_go_on() -> None:
    generator = np.random.default_rng(0)
    sources: list[Callable[[], Callable[[], float]]] = [
        lambda: (lambda turns: lambda: next(turns) // 3)(iter(range(100))),
        lambda: lambda: random.random() < 0.5,
        lambda: lambda: np.random.random() < 0.5,
        lambda: lambda: generator.random() < 0.5,
    ]
    for source in sources:

        def run(make: Make, source: Any = source) -> list[Any]:
            np.random.seed(0)
            generator.bit_generator.state = np.random.default_rng(0).bit_generator.state
            ask = source()
            step = make(lambda x: x * 2 if ask() else -x)
            return [step(torch.ones(1)) for _ in range(24)]

        both(run, replays=False)


def test_a_variable_may_have_the_name_of_an_attribute(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(make: Make) -> list[Any]:
        found = []
        step = make(Settings())
        with monkeypatch.context() as patch:
            for i in range(8):
                patch.setitem(globals(), "doubled", i)
                found.append(step(torch.ones(2)))
        return found

    both(run)


def test_variables_may_be_read_out_of_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(make: Make) -> list[Any]:
        found = []
        step = make(lambda x: x * globals()["FACTOR"])
        with monkeypatch.context() as patch:
            for i in range(8):
                patch.setitem(globals(), "FACTOR", 1.0 + (i > 4))
                found.append(step(torch.ones(2)))
        return found

    both(run)


def test_what_the_methods_of_a_scheduler_and_of_a_distribution_read() -> None:
    def run(make: Make) -> list[Any]:
        weight = torch.ones(2, requires_grad=True)
        scheduler = torch.optim.lr_scheduler.StepLR(torch.optim.SGD([weight], lr=1.0), 1, 0.5)
        normal = torch.distributions.Normal(torch.zeros(2), 1.0)
        step = make(lambda x: normal.log_prob(x) * scheduler.get_last_lr()[0])
        found = []
        for i in range(9):
            if i == 3:
                scheduler.optimizer.step()
                scheduler.step()
            if i == 6:
                normal.loc = torch.ones(2)
            found.append(step(torch.ones(2)))
        return found

    both(run)
