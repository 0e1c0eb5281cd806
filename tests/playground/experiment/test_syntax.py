"""Text is read as a tree, whoever else reads one at the same time."""

import ast
import gc

import pytest

from playground.experiment.syntax import parse

LONG = "numbers = [" + ", ".join(f"f({number}, a={number} + 1)" for number in range(200)) + "]"


def test_parses_in_the_middle_of_another_disturb_none() -> None:
    inner: list[ast.Module] = []

    def another(phase: str, info: dict[str, int]) -> None:
        if len(inner) < 30:
            inner.append(deeper(20))

    def deeper(frames: int) -> ast.Module:
        return deeper(frames - 1) if frames else ast.parse("a = b(c)")

    threshold = gc.get_threshold()
    gc.callbacks.append(another)
    gc.set_threshold(10)  # a long tree is not made without collections
    try:
        tree = parse(LONG)
    finally:
        gc.set_threshold(*threshold)
        gc.callbacks.remove(another)

    assert inner
    assert ast.unparse(tree) == LONG


@pytest.mark.parametrize(
    ("text", "error"), [("x = (", SyntaxError), ("x = '\0'", SyntaxError), ("-" * 9999 + "1", RecursionError)]
)
def test_what_is_no_python_is_refused_as_python_does(text: str, error: type[Exception]) -> None:
    with pytest.raises((error, MemoryError)):
        parse(text)
