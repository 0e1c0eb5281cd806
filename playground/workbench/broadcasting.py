"""How shapes are stretched over each other, and where they do not go together."""

from collections.abc import Sequence

from playground.protocol.tensors import Broadcast


def aligned(shapes: Sequence[Sequence[int]]) -> Broadcast:
    """Shapes aligned from the right: the axes repeated, the result, or the rightmost clash."""
    width = max((len(shape) for shape in shapes), default=0)
    rows: list[list[int | None]] = [[None] * (width - len(shape)) + list(shape) for shape in shapes]
    result: list[int] = []
    clash = None
    for axis in range(width):
        sizes = {row[axis] for row in rows} - {None, 1}
        if len(sizes) > 1:
            clash = axis
        result.append(sizes.pop() or 0 if len(sizes) == 1 else 1)
    stretched = [
        [clash is None and row[axis] in (None, 1) and result[axis] != 1 for axis in range(width)]
        for row in rows
    ]
    return Broadcast(shapes=rows, stretched=stretched, result=result if clash is None else None, clash=clash)


def silent_square(shapes: Sequence[Sequence[int]]) -> str | None:
    """A warning where (N,) meets (N, 1): the result is (N, N), which is rarely meant."""
    for one, other in (shapes[:2], shapes[1::-1]):
        if len(one) == 1 and len(other) == 2 and other[1] == 1 and other[0] == one[0] > 1:
            n = one[0]
            return (
                f"Shapes ({n},) and ({n}, 1) are stretched over each other to ({n}, {n}): each element of "
                "one meets every element of the other."
            )
    return None
