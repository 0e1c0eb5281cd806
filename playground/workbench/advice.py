"""Ways out where shapes do not go together: what to unsqueeze, transpose or reshape."""

from collections.abc import Sequence

from playground.workbench.kinds import stretches

Shape = tuple[int, ...]
Given = tuple[str | None, Shape]
"""A tensor by its name, if it has one, and its shape."""

PRODUCTS = frozenset({"matmul", "mm", "bmm", "mv"})
PLACES = ("first", "second")


def way_out(op: str, given: Sequence[Given]) -> str | None:
    """What would make the shapes fit; None where there is nothing to say."""
    if len(given) != 2:
        return None
    if op in PRODUCTS:
        return _transposed_factor(given)
    if not stretches(op) or result_of(given[0][1], given[1][1]) is not None:
        return None
    return _one_axis_more(given) or _transposed(given) or _reshaped(given) or _every_pair(given)


def result_of(one: Shape, other: Shape) -> Shape | None:
    """The shape of two shapes stretched over each other; None where they clash."""
    width = max(len(one), len(other))
    pairs = list(zip(_padded(one, width), _padded(other, width), strict=True))
    if any(a != b and 1 not in (a, b) for a, b in pairs):
        return None
    return tuple(a if b == 1 else b for a, b in pairs)


def _padded(shape: Shape, width: int) -> Shape:
    return (1,) * (width - len(shape)) + shape


def _one_axis_more(given: Sequence[Given]) -> str | None:
    """The tensor with fewer axes takes one, so that it is repeated along it."""
    place = 0 if len(given[0][1]) < len(given[1][1]) else 1
    few, many = given[place][1], given[1 - place][1]
    if len(few) == len(many):
        return None
    for dim in range(1, len(few) + 1):
        longer = (*few[:dim], 1, *few[dim:])
        if result_of(longer, many) is not None:
            return f"{_call(given, place, f'unsqueeze({dim})')} has shape {list(longer)}, which fits"
    return None


def _transposed(given: Sequence[Given]) -> str | None:
    for place in (1, 0):
        shape = given[place][1]
        if len(shape) == 2 and result_of(shape[::-1], given[1 - place][1]) is not None:
            return f"{_call(given, place, 'T')} has shape {list(shape[::-1])}, which fits"
    return None


def _reshaped(given: Sequence[Given]) -> str | None:
    wanted, shape = given[0][1], given[1][1]
    if _size(wanted) != _size(shape):
        return None
    sizes = ", ".join(map(str, wanted))
    return f"both have {_size(shape)} elements: {_call(given, 1, f'reshape({sizes})')} fits"


def _every_pair(given: Sequence[Given]) -> str:
    first, second = given[0][1], given[1][1]
    if len(second) != 1:
        return "make the sizes equal, or one of them 1"
    longer = [*first, 1]
    met = f"{_call(given, 0, 'unsqueeze(-1)')} has shape {longer}"
    return f"make the sizes equal; or let every element meet every other: {met}"


def _transposed_factor(given: Sequence[Given]) -> str | None:
    (_, one), (_, other) = given
    if len(one) == 1 and len(other) == 2 and one[0] == other[1]:
        return f"{_call(given, 1, 'T')} has shape {list(other[::-1])}, which fits"
    if len(one) < 2 or len(other) < 2:
        return None
    if one[-1] == other[-1]:
        turned = [*other[:-2], other[-1], other[-2]]
        return f"{_call(given, 1, 'mT')} has shape {turned}, which fits"
    if one[-2] == other[-2]:
        turned = [*one[:-2], one[-1], one[-2]]
        return f"{_call(given, 0, 'mT')} has shape {turned}, which fits"
    return "the last size of the first must be the last but one of the second"


def _call(given: Sequence[Given], place: int, method: str) -> str:
    """`w.T`, or `.T` of the second tensor where it has no name."""
    name = given[place][0]
    return f"{name}.{method}" if name else f".{method} of the {PLACES[place]} tensor"


def _size(shape: Shape) -> int:
    size = 1
    for n in shape:
        size *= n
    return size
