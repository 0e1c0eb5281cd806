"""Arguments are read from a class itself, and values are held against them."""

from typing import Annotated

import pytest

from engine import nn, optim
from engine.nn.bounds import Choice, Inferred, NotOffered, Range
from playground.experiment.arguments import first_line, problems, read, without_defaults
from playground.experiment.spec import Argument as Value


class Shaker:
    """Shakes what comes in.

    Nothing more to say.

    Args:
        width: How wide
            it shakes.
        times (int): How often.
        share: Which share, more than none.
        kind: Which kind.
        dry: Without water.
    """

    def __init__(
        self,
        width: Annotated[int, Inferred(dim=-1)],
        times: Annotated[int, Range(1, 10)],
        share: Annotated[float, Range(0, 1, open_low=True)] = 0.5,
        kind: Annotated[str, Choice("up", "down")] = "up",
        dry: bool = False,
        stride: Annotated[int | tuple[int, int], Range(1, 5)] | None = None,
        hidden: Annotated[bool, NotOffered()] = False,
        device: object = None,
    ) -> None: ...


class Stirrer(Shaker):
    """Stirs."""


def test_every_kind_of_argument_is_read_from_the_signature():
    known = read(Shaker, {"times": 3})
    found = {name: known[name].parameter.model_dump(exclude={"help", "name"}) for name in known}
    nothing = {"default": None, "low": None, "high": None, "choices": [], "inferred": False}

    assert found == {
        "width": nothing | {"kind": "int", "inferred": True},
        "times": nothing | {"kind": "int", "low": 1, "high": 10, "default": 3},
        "share": nothing | {"kind": "float", "low": 0, "high": 1, "default": 0.5},
        "kind": nothing | {"kind": "choice", "choices": ["up", "down"], "default": "up"},
        "dry": nothing | {"kind": "bool", "default": False},
        "stride": nothing | {"kind": "int", "low": 1, "high": 5},
    }


def test_help_comes_from_the_docstring():
    found = {name: argument.parameter.help for name, argument in read(Shaker).items()}

    assert found["width"] == "How wide it shakes."
    assert found["times"] == "How often."
    assert found["stride"] == ""
    assert first_line(Shaker) == "Shakes what comes in."


def test_an_inherited_signature_counts():
    assert read(Stirrer).keys() == read(Shaker).keys()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"times": 0}, "times of it must be at least 1 and at most 10, not 0"),
        ({"times": 11}, "not 11"),
        ({"times": 1.5}, "must be a whole number, not 1.5"),
        ({"times": True}, "must be a whole number, not True"),
        ({"times": "3"}, "must be a whole number, not '3'"),
        ({"times": 2, "share": 0}, "share of it must be more than 0 and at most 1, not 0"),
        ({"times": 2, "share": "x"}, "must be a number, not 'x'"),
        ({"times": 2, "kind": "left"}, "must be one of up, down, not 'left'"),
        ({"times": 2, "dry": 1}, "must be true or false, not 1"),
        ({"times": 2, "width": 4}, "follows from the layer's input"),
        ({"times": 2, "colour": 1}, "it has no argument 'colour'"),
        ({"times": 2, "hidden": True}, "it has no argument 'hidden'"),
        ({}, "it needs times"),
    ],
)
def test_a_wrong_value_is_one_problem_at_its_argument(given, words):
    (problem,) = problems(read(Shaker), given, "layers/3", "it")

    name = next((name for name in given if name != "times"), "times")
    assert problem.where == f"layers/3/args/{name}"
    assert words in problem.message


@pytest.mark.parametrize(
    "given", [{"times": 1}, {"times": 10, "share": 1, "kind": "down", "dry": True, "stride": 2}]
)
def test_right_values_are_no_problem(given):
    assert problems(read(Shaker), given, "", "it") == []


def test_what_equals_its_default_need_not_be_said():
    known = read(Shaker, {"times": 3})

    assert without_defaults(known, {"dry": False, "kind": "down", "times": 3}) == {"times": 3, "kind": "down"}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.9, "must be two numbers, not 0.9"),
        ((0.9,), "must be two numbers, not (0.9,)"),
        ((0.9, 1.0), "each at least 0 and less than 1, not 1.0"),
    ],
)
def test_a_pair_is_two_numbers_within_the_bounds(value: Value, words: str) -> None:
    betas = read(optim.Adam)["betas"]

    assert (betas.parameter.kind, betas.default) == ("pair", (0.9, 0.999))
    assert betas.problem((0.0, 0.5)) is None
    assert words in (betas.problem(value) or "")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (4.5, "must be a number for each output, not 4.5"),
        ((1.0, -1.0), "each at least 0 and at most 1,000,000, not -1.0"),
        ((0.0, 0.0), "must have a number above 0"),
    ],
)
def test_numbers_for_the_outputs_are_within_the_bounds_and_not_all_0(value: Value, words: str) -> None:
    weight = read(nn.CrossEntropyLoss)["weight"]

    assert (weight.parameter.kind, weight.default) == ("numbers", None)
    assert weight.problem((0.0, 4.5, 1.0)) is None
    assert words in (weight.problem(value) or "")
