"""What the schema refuses, in words: pydantic speaks of tuples and inputs, a person of layers and sizes."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from playground.protocol.replies import Problem

WORDS: Mapping[str, Callable[[str, Mapping[str, Any]], str]] = {
    "missing": lambda name, _: f"{name} is missing.",
    "extra_forbidden": lambda name, _: f"{name} is not known.",
    "too_long": lambda name, bound: (
        f"{name}: at most {bound['max_length']:,} are possible, and these are {bound['actual_length']:,}."
    ),
    "string_too_long": lambda name, bound: f"{name} is longer than {bound['max_length']:,} characters.",
    "string_too_short": lambda name, _: f"{name} is empty.",
    "greater_than_equal": lambda name, bound: f"{name} is at least {bound['ge']:,}.",
    "less_than_equal": lambda name, bound: f"{name} is at most {bound['le']:,}.",
    "int_type": lambda name, _: f"{name} is a whole number.",
    "int_parsing": lambda name, _: f"{name} is a whole number.",
    "int_from_float": lambda name, _: f"{name} is a whole number.",
    "float_type": lambda name, _: f"{name} is a number.",
    "float_parsing": lambda name, _: f"{name} is a number.",
    "literal_error": lambda name, bound: f"{name} is {bound['expected']}.",
}
"""Of each kind of refusal, by pydantic's name for it; other kinds keep pydantic's own words."""


def in_words(error: ValidationError) -> list[Problem]:
    """A problem for each refusal, at the path of its field."""
    return [_problem(detail) for detail in error.errors(include_url=False, include_input=False)]


def _problem(detail: Any) -> Problem:
    path = [str(part) for part in detail["loc"]]
    name = path[-1] if path else "the body"
    words = WORDS.get(detail["type"])
    message = words(name, detail.get("ctx", {})) if words else f"{name}: {detail['msg']}"
    return Problem(where="/".join(path), message=message)
