"""What the schema refuses, in words: pydantic speaks of tuples and inputs, a person of layers and sizes."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from playground.experiment.spec import MAX_NUMBERS
from playground.protocol.replies import Problem

Bounds = Mapping[str, Any]

WORDS: Mapping[str, Callable[[str, Bounds], str]] = {
    "missing": lambda name, _: f"{name} is missing",
    "extra_forbidden": lambda name, _: f"{name} is not known",
    "too_long": lambda name, bound: (
        f"{name}: at most {bound['max_length']:,} are possible, and these are {bound['actual_length']:,}"
    ),
    "too_short": lambda name, bound: (
        f"{name}: at least {bound['min_length']:,} are needed, and these are {bound['actual_length']:,}"
    ),
    "string_too_long": lambda name, bound: f"{name} is longer than {bound['max_length']:,} characters",
    "string_too_short": lambda name, _: f"{name} is empty",
    "greater_than": lambda name, bound: f"{name} must be more than {_number(bound['gt'])}",
    "greater_than_equal": lambda name, bound: f"{name} must be at least {_number(bound['ge'])}",
    "less_than_equal": lambda name, bound: f"{name} must be at most {_number(bound['le'])}",
    "finite_number": lambda name, _: f"{name} must be a finite number",
    "int_parsing_size": lambda name, _: f"{name} must be nearer to 0",
    "int_type": lambda name, _: f"{name} must be a whole number",
    "int_parsing": lambda name, _: f"{name} must be a whole number",
    "int_from_float": lambda name, _: f"{name} must be a whole number",
    "float_type": lambda name, _: f"{name} must be a number",
    "float_parsing": lambda name, _: f"{name} must be a number",
    "bool_type": lambda name, _: f"{name} must be true or false",
    "bool_parsing": lambda name, _: f"{name} must be true or false",
    "string_type": lambda name, _: f"{name} must be text",
    "literal_error": lambda name, bound: f"{name} must be {bound['expected']}",
    "union_tag_invalid": lambda _, bound: (
        bound["discriminator"].strip("'") + f" must be one of {bound['expected_tags']}"
    ),
}
"""Of each kind of refusal, by pydantic's name for it; other kinds keep pydantic's own words."""

OF_AN_ARGUMENT = f"must be a finite number, true or false, a word, or up to {MAX_NUMBERS} finite numbers"
"""An argument is refused once for each kind of value that it could have been."""


def in_words(error: ValidationError) -> list[Problem]:
    """A problem for each refusal, at the path of its field."""
    found: dict[str, Problem] = {}
    for detail in error.errors(include_url=False):
        problem = _problem(detail)
        found.setdefault(problem.where, problem)
    return list(found.values())


def _problem(detail: Any) -> Problem:
    path, given = list(detail["loc"]), detail["input"]
    if "args" in path[:-2] and path[-1] != "[key]":
        path = path[: path.index("args") + 2]
        message = f"{_name(path)} {OF_AN_ARGUMENT}"
    elif (words := WORDS.get(detail["type"])) is not None:
        message = words(_name(path), detail.get("ctx", {}))
    else:
        message = f"{_name(path)}: {detail['msg']}"
    is_number = isinstance(given, int | float) and not isinstance(given, bool)
    end = f", not {_number(given)}." if is_number else "."
    return Problem(where="/".join(map(str, path)), message=message + end)


def _name(path: Sequence[str | int]) -> str:
    """The field as one writes it: `index[0]`."""
    named = [place for place, part in enumerate(path) if isinstance(part, str)]
    if not named:
        return "the body"
    return f"{path[named[-1]]}{''.join(f'[{part}]' for part in path[named[-1] + 1 :])}"


def _number(value: float) -> str:
    """1,000,000,000 and 0.000001: with a decimal point only where there is something behind it."""
    written_out = 1e-9 <= abs(value) < 1e-4
    return f"{value:.15f}".rstrip("0") if written_out else f"{value:,.15g}"
