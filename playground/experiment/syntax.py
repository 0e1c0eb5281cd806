"""Python's text read as a syntax tree, by any number of threads at a time."""

import ast

# CPython before 3.11.8 and 3.12.2 counts the depth of all trees that are being made in one place: another
# parse in the middle of one, in a thread or from a garbage collection, ends it with a SystemError that says
# nothing about the text. https://github.com/python/cpython/issues/106905
MAX_TRIES = 20


def parse(text: str) -> ast.Module:
    """`ast.parse(text)`, made again where another parse got in its way. Raises what `ast.parse` raises."""
    for _ in range(MAX_TRIES - 1):
        try:
            return ast.parse(text)
        except SystemError:
            continue
    return ast.parse(text)
