"""Why a program stopped: what is wrong, where, and the way out."""

import ast
import re

RAW_KERNEL = re.compile(r"ufunc '\w+' (?:did not contain a loop|not supported)")
"""How numpy says that it has no kernel for some types."""


class RefusedError(Exception):
    """The workbench does not do this; `fix` says what to write instead."""

    def __init__(self, message: str, fix: str | None = None) -> None:
        super().__init__(message)
        self.fix = fix


def too_long(seconds: float) -> RefusedError:
    """The refusal of a program that goes on for more than so many seconds."""
    return RefusedError(
        f"The program took longer than {seconds:g} s, the most it may here.",
        "use smaller tensors or fewer turns",
    )


class StoppedError(Exception):
    """A program ended at `node`, for the reason that `message` gives."""

    def __init__(self, node: ast.AST, message: str, fix: str | None = None) -> None:
        super().__init__(message)
        self.node = node
        self.fix = fix


def explained(error: Exception) -> tuple[str, str | None]:
    """An error in words, and its way out where it has one."""
    if isinstance(error, RefusedError):
        return str(error), error.fix
    if isinstance(error, MemoryError):
        return "This needs more memory than a program here may use.", "make the tensors smaller"
    if isinstance(error, RecursionError):
        return "This is nested too deeply.", "write it in several lines"
    if isinstance(error, OverflowError):
        return "The result is too large for a number.", "use smaller numbers"
    if isinstance(error, KeyError):
        return f"The key {error} is not there.", None
    text = str(error) or type(error).__name__
    if RAW_KERNEL.match(text):
        return "This op does not take tensors of these types.", "make them integers: x.long()"
    ways_out = getattr(error, "__notes__", ())
    return text[:2000], getattr(error, "fix", None) or (ways_out[0] if ways_out else None)
