"""How large the result of a statement is, known before it is computed."""

import math
from collections.abc import Sequence

from playground.workbench.palette import ELEMENTWISE, Operation

Shape = tuple[int, ...]

MATRIX_PRODUCTS = ("mm", "bmm", "matmul", "mv", "dot")


def result_elements(operation: Operation, shapes: Sequence[Shape], asked: Sequence[int]) -> int:
    """At most how many elements `operation` makes of tensors of these shapes; `asked` is a shape it is given.

    Shapes that do not fit together count as nothing: the engine says so before it allocates.
    """
    sizes = [math.prod(shape) for shape in shapes]
    if operation.family in ELEMENTWISE or operation.name == "expand_as":
        return broadcast(shapes)
    if operation.family == "linalg":
        return _product(*shapes) if operation.name in MATRIX_PRODUCTS else math.prod(sizes)
    if operation.family == "join":
        return sum(sizes)
    if operation.name in ("expand", "broadcast_to"):
        kept = (1,) * (len(asked) - len(shapes[0])) + shapes[0]
        return math.prod(old if new == -1 else new for old, new in zip(kept, asked, strict=False))
    return sizes[0]


def broadcast(shapes: Sequence[Shape]) -> int:
    """Elements of shapes stretched over each other."""
    width = max(len(shape) for shape in shapes)
    return math.prod(
        max(shape[-place] if place <= len(shape) else 1 for shape in shapes) for place in range(1, width + 1)
    )


def _product(a: Shape, b: Shape) -> int:
    rows, columns = a[-2:-1], b[-1:] if len(b) > 1 else ()
    return math.prod(rows) * math.prod(columns) * broadcast([a[:-2] or (1,), b[:-2] or (1,)])
