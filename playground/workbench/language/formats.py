"""What stands in the braces of an f-string."""

import re
from typing import Any

import engine
from playground.workbench.language.refusal import RefusedError
from playground.workbench.language.values import kind_of, sentence, short, shown, text

SPEC = re.compile(r"(?:[^{}]?[<>=^])?[-+ ]?#?0?(\d{0,3})[,_]?(?:\.(\d{1,3}))?[bcdeEfFgGnosxX%]?")
MOST = 100


def formatted(value: Any, conversion: int, spec: str) -> str:
    """One value of an f-string. Raises RefusedError for a format that is none, or too wide."""
    match = SPEC.fullmatch(spec)
    if match is None:
        raise RefusedError(f"{spec!r} is no format.", "write one as .3f, >8 or .2e")
    if any(int(group or 0) > MOST for group in match.groups()):
        raise RefusedError(f"The format {spec!r} is wider than {MOST} characters.")
    if conversion in (ord("r"), ord("a")):
        value = short(shown(value))
    elif conversion == ord("s"):
        value = text(value)
    elif isinstance(value, engine.Tensor) and value.ndim == 0:
        return format(value.item(), spec) if spec else str(value.item())
    elif not isinstance(value, bool | int | float | str):
        if spec:
            raise RefusedError(
                sentence(f"{kind_of(value)} takes no format {spec!r}."), "format its numbers: x.item()"
            )
        value = text(value)
    return short(format(value, spec))
