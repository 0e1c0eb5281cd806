"""Arithmetic as text: few digits, and cut in the middle where it is long."""

from collections.abc import Sequence
from typing import Any

MOST_TERMS = 12


def number(value: Any) -> str:
    """A number with few digits; a negative one in brackets is the caller's business."""
    if isinstance(value, bool) or not isinstance(value, float):
        return str(value)
    return f"{value:.5g}"


def bracketed(value: Any) -> str:
    """A number as an operand: brackets around a negative one."""
    found = number(value)
    return f"({found})" if found.startswith("-") else found


def joined(terms: Sequence[str], sign: str = " + ") -> str:
    """Terms with a sign between; the middle is cut out of many."""
    if len(terms) > MOST_TERMS:
        half = MOST_TERMS // 2
        left_out = len(terms) - 2 * half
        return sign.join([*terms[:half], f"… {left_out} more …", *terms[-half:]])
    return sign.join(terms)
