"""How large the result of a statement is, known before it is computed."""

import math
from collections.abc import Callable, Mapping, Sequence

from playground.workbench.palette import ELEMENTWISE, Operation

Shape = tuple[int, ...]
Shapes = Sequence[Shape]

MATRIX_PRODUCTS = frozenset({"mm", "bmm", "matmul", "mv", "dot", "addmm", "addmv", "addbmm", "baddbmm"})


def result_elements(operation: Operation, shapes: Shapes, asked: Sequence[int]) -> int:
    """At most how many elements `operation` makes of tensors of these shapes and of the integers asked for.

    Shapes that do not fit together count as anything: the engine refuses them before it allocates.
    """
    if operation.name in GROWING:
        return GROWING[operation.name](shapes, asked)
    if operation.name in MATRIX_PRODUCTS:
        return _matrix_product(*shapes[-2:])
    if operation.family == "join":
        return sum(math.prod(shape) for shape in shapes)
    if operation.family in ELEMENTWISE or len(shapes) > 1:
        return broadcast(shapes)
    return math.prod(shapes[0])


def broadcast(shapes: Shapes) -> int:
    """Elements of shapes stretched over each other."""
    width = max(len(shape) for shape in shapes)
    return math.prod(
        max(shape[-place] if place <= len(shape) else 1 for shape in shapes) for place in range(1, width + 1)
    )


def _matrix_product(a: Shape, b: Shape) -> int:
    rows, columns = a[-2:-1], b[-1:] if len(b) > 1 else ()
    return math.prod(rows) * math.prod(columns) * broadcast([a[:-2] or (1,), b[:-2] or (1,)])


def _outer(shapes: Shapes, _: Sequence[int]) -> int:
    return math.prod(math.prod(shape) for shape in shapes[-2:])


def _stretched(shapes: Shapes, asked: Sequence[int]) -> int:
    kept = (1,) * (len(asked) - len(shapes[0])) + shapes[0]
    return math.prod(old if new == -1 else new for old, new in zip(kept, asked, strict=False))


def _repeated(shapes: Shapes, asked: Sequence[int]) -> int:
    return math.prod(shapes[0]) * math.prod(max(each, 1) for each in asked)


def _on_diagonal(shapes: Shapes, _: Sequence[int]) -> int:
    return math.prod(shapes[0]) ** 2 if len(shapes[0]) < 2 else math.prod(shapes[0]) * shapes[0][-1]


def _on_one_diagonal(shapes: Shapes, _: Sequence[int]) -> int:
    return math.prod(shapes[0]) ** 2


def _between_rows(shapes: Shapes, _: Sequence[int]) -> int:
    return shapes[0][0] ** 2 if shapes[0] else 1


def _windows(shapes: Shapes, asked: Sequence[int]) -> int:
    return math.prod(shapes[0]) * max(asked[1], 1)


GROWING: Mapping[str, Callable[[Shapes, Sequence[int]], int]] = {
    "outer": _outer, "addr": _outer, "kron": _outer, "inner": _outer,
    "expand": _stretched, "broadcast_to": _stretched,
    "repeat": _repeated, "tile": _repeated, "repeat_interleave": _repeated,
    "diag": _on_diagonal, "diag_embed": _on_diagonal, "diagflat": _on_one_diagonal,
    "cov": _between_rows, "corrcoef": _between_rows,
    "unfold": _windows,
}  # fmt: skip
"""Ops whose result can be larger than what broadcasting makes of their tensors."""
