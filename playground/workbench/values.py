"""The text in a statement's `values`: numbers and nested lists of them, read as data and never run."""

import ast
import math
from typing import Any

MOST_DIMENSIONS = 8
MOST_ARGUMENTS = 16


class ValuesError(ValueError):
    """The text is not what the statement needs; says what it is and what is needed."""


def nested(text: str) -> Any:
    """Nested lists of numbers or booleans, or one of them. Raises ValuesError."""
    try:
        value = ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        raise ValuesError("these are no numbers: write nested lists, as [[1, 2], [3, 4]]") from None
    return _checked(value, 0)


def numbers(text: str) -> list[int | float]:
    """Numbers with commas between. Raises ValuesError."""
    found = nested(f"[{text}]")
    if len(found) > MOST_ARGUMENTS or any(isinstance(each, list | bool) for each in found):
        raise ValuesError(f"{text!r} is not a few numbers with commas between, as 0, 10, 2")
    return list(found)


def integers(text: str) -> list[int]:
    """Integers with commas between. Raises ValuesError."""
    found = numbers(text)
    if not all(isinstance(each, int) for each in found):
        raise ValuesError(f"{text!r} has numbers that are not whole")
    return [int(each) for each in found]


def _checked(value: Any, depth: int) -> Any:
    if isinstance(value, list | tuple):
        if depth == MOST_DIMENSIONS:
            raise ValuesError(f"a tensor here has at most {MOST_DIMENSIONS} dimensions")
        return [_checked(each, depth + 1) for each in value]
    if isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        if not -(2**63) <= value < 2**63:
            raise ValuesError(f"{_short(value)} does not fit into int64")
        return value
    raise ValuesError(f"{type(value).__name__} is no number")


def _short(value: int) -> str:
    return f"an integer of about {math.log10(abs(value)):.0f} digits"
