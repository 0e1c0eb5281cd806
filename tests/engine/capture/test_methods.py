"""Captured methods: each object has its own, whatever the class, its bases and copies of the object do."""

from __future__ import annotations

import copy
import operator
import pickle
from typing import Any

import pytest

import engine as torch
from engine import nn


def ones(size: int) -> Any:
    return torch.ones(size)


class Doubler(nn.Module):
    """A module with a captured method."""

    def __init__(self) -> None:
        super().__init__()
        self.factor = torch.full((1,), 2.0)

    @torch.capture
    def forward(self, x: Any) -> Any:
        return x * self.factor


def test_a_method_is_captured_for_each_object_and_survives_copies() -> None:
    one = Doubler()
    for _ in range(4):
        assert one(ones(1)).item() == 2
    two = copy.deepcopy(one)
    two.factor.fill_(3)
    three = pickle.loads(pickle.dumps(one))
    for _ in range(4):
        assert [model(ones(1)).item() for model in (one, two, three)] == [2, 3, 2]
    assert one.forward.replays == 6


class Scale:
    """An object that a captured method reads."""

    def __init__(self, by: float) -> None:
        self.by = by

    @torch.capture
    def times(self, x: Any) -> Any:
        return x * self.by

    def plus(self, x: Any) -> Any:
        return x + self.by

    also = torch.capture(lambda self, x: x - self.by)


class ScaleAndOne(Scale):
    """Overrides a captured method by a plain one, and the other way round."""

    def times(self, x: Any) -> Any:
        return super().times(x) + 1

    @torch.capture
    def plus(self, x: Any) -> Any:
        return super().plus(x) + 1


class TwiceScaleAndOne(ScaleAndOne):
    """Overrides it by a captured one again."""

    @torch.capture
    def times(self, x: Any) -> Any:
        return super().times(x) * 2


@pytest.mark.filterwarnings("error")
def test_a_method_calls_the_one_that_it_overrides() -> None:
    one, two = ScaleAndOne(3.0), TwiceScaleAndOne(3.0)
    for _ in range(5):
        assert [m(ones(1)).item() for m in (one.times, one.plus, two.times)] == [4, 5, 8]
    assert [one.plus.replays, two.times.replays] == [3, 3]


def test_a_shallow_copy_is_an_object_of_its_own() -> None:
    one = Scale(2.0)
    one.times(ones(1))
    two = copy.copy(one)
    two.by = 3.0
    for _ in range(5):
        assert [one.times(ones(1)).item(), two.times(ones(1)).item()] == [2, 3]
    assert [one.times.replays, two.times.replays] == [4, 3]


def test_a_method_may_have_another_name_than_its_function() -> None:
    one = Scale(2.0)
    assert [one.also(ones(1)).item() for _ in range(5)] == [-1] * 5
    assert one.also.replays == 3
    assert pickle.loads(pickle.dumps(one)).also(ones(1)).item() == -1


def test_methods_of_classes_and_of_objects_with_slots_are_captured() -> None:
    class Fixed:
        __slots__ = ("by",)
        of_all = 5.0

        @torch.capture
        def times(self, x: Any) -> Any:
            return x * self.by

        @classmethod
        @torch.capture
        def times_all(cls, x: Any) -> Any:
            return x * cls.of_all

    one, two = Fixed(), Fixed()
    one.by, two.by = 2.0, 3.0
    for _ in range(4):
        assert [m(ones(1)).item() for m in (one.times, two.times, Fixed.times_all)] == [2, 3, 5]
    one.by, Fixed.of_all = 4.0, 6.0
    for _ in range(4):
        assert [m(ones(1)).item() for m in (one.times, two.times, Fixed.times_all)] == [4, 3, 6]
    assert [Fixed.times.replays, Fixed.times_all.replays] == [10, 4]


def test_what_is_no_function_is_no_method() -> None:
    class Holder:
        layer = torch.capture(nn.Flatten(0))
        negative = torch.capture(operator.neg)

    holder = Holder()
    for _ in range(4):
        assert holder.layer(torch.ones(2, 2)).shape == (4,)
        assert holder.negative(ones(1)).item() == -1
    assert [Holder.layer.replays, Holder.negative.replays] == [2, 2]
