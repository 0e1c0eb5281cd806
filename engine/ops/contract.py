"""Products over chosen dimensions, all of them made of one: the batched matrix product."""

from __future__ import annotations

import string
from typing import Any

import numpy as np

from engine.op import Array, Arrays, composite
from engine.ops.arrange import diagonal
from engine.ops.join import cat
from engine.ops.linalg import bmm, matmul, mm
from engine.ops.shape import expand, ones_as, permute, reshape, squeeze, transpose, unsqueeze, wrap_dim
from engine.repeat import check, is_any_negative


@composite(family="linalg", doc="every product of an element of one vector and one of another")
def outer(input: Array, vec2: Array) -> Array:
    if input.ndim != 1 or vec2.ndim != 1:
        name, wrong = ("self", input) if input.ndim != 1 else ("vec2", vec2)
        raise RuntimeError(f"outer: Expected 1-D argument {name}, but got {wrong.ndim}-D")
    return unsqueeze(input, 1) * vec2


@composite(family="linalg", doc="sum of products over the last dimensions")
def inner(input: Array, other: Array) -> Array:
    if not input.ndim or not other.ndim:
        return input * other
    if input.shape[-1] != other.shape[-1]:
        raise RuntimeError(
            f"inner() the last dimension must match on both input tensors but got shapes {list(input.shape)} "
            f"and {list(other.shape)}"
        )
    rest = tuple(range(other.ndim - 1))
    return tensordot(input, other, ([-1], [-1])) if rest or input.ndim > 1 else matmul(input, other)


@composite(family="linalg", doc="sum of products over pairs of dimensions", method=False)
def tensordot(a: Array, b: Array, dims: Any = 2) -> Array:
    if isinstance(dims, int):
        left, right = list(range(a.ndim - dims, a.ndim)), list(range(dims))
    else:
        left, right = ([d] if isinstance(d, int) else list(d) for d in dims)
    left, right = [d % a.ndim for d in left], [d % b.ndim for d in right]
    for i, j in zip(left, right, strict=True):
        if a.shape[i] == 1 != b.shape[j]:   # a dimension of length 1 broadcasts
            b = b.sum(j, keepdim=True, dtype=b.dtype)
        elif b.shape[j] == 1 != a.shape[i]:
            a = a.sum(i, keepdim=True, dtype=a.dtype)
        elif a.shape[i] != b.shape[j]:
            raise RuntimeError(
                "contracted dimensions need to match, but first has size "
                f"{a.shape[i]} in dim {i} and second has size {b.shape[j]} in dim {j}"
            )
    free_a = [d for d in range(a.ndim) if d not in left]
    free_b = [d for d in range(b.ndim) if d not in right]
    inside = int(np.prod([a.shape[d] for d in left]))
    rows = reshape(permute(a, free_a + left), (int(np.prod([a.shape[d] for d in free_a])), inside))
    columns = reshape(permute(b, right + free_b), (inside, int(np.prod([b.shape[d] for d in free_b]))))
    return reshape(mm(rows, columns), [a.shape[d] for d in free_a] + [b.shape[d] for d in free_b])


@composite(family="linalg", doc="every product of blocks: Kronecker's")
def kron(input: Array, other: Array) -> Array:
    ndim = max(input.ndim, other.ndim)
    a = reshape(input, (1,) * (ndim - input.ndim) + tuple(input.shape))
    b = reshape(other, (1,) * (ndim - other.ndim) + tuple(other.shape))
    for d in range(ndim):
        a, b = unsqueeze(a, 2 * d + 1), unsqueeze(b, 2 * d)
    product = a * b
    return reshape(product, [product.shape[2 * d] * product.shape[2 * d + 1] for d in range(ndim)])


# ---- einsum ----


def _parse(equation: str, ndims: list[int]) -> tuple[list[str], str]:
    """The letters of each operand and of the result, with ``...`` spelled out in capitals of its own."""
    equation = equation.replace(" ", "")
    left, arrow, right = equation.partition("->")
    terms = left.split(",")
    if len(terms) != len(ndims):
        raise RuntimeError(
            f"einsum(): {'more' if len(terms) < len(ndims) else 'fewer'} operands were provided than "
            "specified in the equation"
        )
    spare = [c for c in string.ascii_uppercase + string.ascii_lowercase if c not in equation]
    widths = [n - len(t.replace("...", "")) if "..." in t else 0 for t, n in zip(terms, ndims, strict=True)]
    dots = "".join(spare[: max(widths, default=0)])
    for i, (term, ndim) in enumerate(zip(terms, ndims, strict=True)):
        terms[i] = term.replace("...", dots[len(dots) - widths[i] :])
        if len(terms[i]) != ndim:
            raise RuntimeError(
                f"einsum(): the number of subscripts in the equation ({len(terms[i])}) does not match the "
                f"number of dimensions ({ndim}) for operand {i} and no ellipsis was given"
            )
    if arrow:
        return terms, right.replace("...", dots)
    seen = "".join(terms).replace("", "")
    once = sorted(c for c in set(seen) if seen.count(c) == 1 and c not in dots)
    return terms, dots + "".join(once)


def _once(x: Array, term: str) -> tuple[Array, str]:
    """Letters that stand twice in one operand: the diagonal."""
    for letter in dict.fromkeys(term):
        while term.count(letter) > 1:
            first = term.index(letter)
            second = term.index(letter, first + 1)
            if x.shape[first] != x.shape[second]:
                raise RuntimeError(
                    f"einsum(): subscript {letter} is repeated for operand 0 but the sizes don't match, "
                    f"{x.shape[second]} != {x.shape[first]}"
                )
            x = diagonal(x, 0, first, second)
            term = "".join(c for i, c in enumerate(term) if i not in (first, second)) + letter
    return x, term


def _pair(a: Array, left: str, b: Array, right: str, kept: str) -> tuple[Array, str]:
    """Two operands made one, summed over the letters that nothing later needs."""
    for letter in [c for c in left if c not in right and c not in kept]:
        a, left = a.sum(left.index(letter)), left.replace(letter, "")
    for letter in [c for c in right if c not in left and c not in kept]:
        b, right = b.sum(right.index(letter)), right.replace(letter, "")
    shared = [c for c in left if c in right]
    sizes = {}
    for letter in shared:  # a dimension of length 1 broadcasts
        ours, theirs = a.shape[left.index(letter)], b.shape[right.index(letter)]
        if ours != theirs and 1 not in (ours, theirs):
            raise RuntimeError(
                f"einsum(): subscript {letter} has size {theirs} for operand 1 which does not broadcast with "
                f"previously seen size {ours}"
            )
        sizes[letter] = theirs if ours == 1 else ours
    a = expand(a, [sizes.get(c, n) for c, n in zip(left, a.shape, strict=True)])
    b = expand(b, [sizes.get(c, n) for c, n in zip(right, b.shape, strict=True)])
    batch = [c for c in shared if c in kept]
    summed = [c for c in shared if c not in kept]
    only_a = [c for c in left if c not in right]
    only_b = [c for c in right if c not in left]
    lengths = {**dict(zip(left, a.shape, strict=True)), **dict(zip(right, b.shape, strict=True))}

    def size(letters: list[str]) -> int:
        return int(np.prod([lengths[c] for c in letters]))

    rows = permute(a, [left.index(c) for c in batch + only_a + summed])
    columns = permute(b, [right.index(c) for c in batch + summed + only_b])
    x = reshape(rows, (size(batch), size(only_a), size(summed)))
    y = reshape(columns, (size(batch), size(summed), size(only_b)))
    letters = batch + only_a + only_b
    made = bmm(x, y) if summed else x * y
    return reshape(made, [lengths[c] for c in letters]), "".join(letters)


def _in_letters(mixed: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]]:
    """The other way to write it, ``a, [0, 1], b, [1, 2], [0, 2]``, as an equation and its operands."""
    terms = ["".join("..." if n is Ellipsis else _LETTERS[n] for n in numbers) for numbers in mixed[1::2]]
    equation = ",".join(terms)
    if len(mixed) % 2:
        last = mixed[-1]
        equation += "->" + "".join("..." if n is Ellipsis else _LETTERS[n] for n in last)
    return equation, mixed[: len(terms) * 2 : 2]


_LETTERS = string.ascii_uppercase + string.ascii_lowercase


@composite(
    family="linalg", doc="sums of products written as letters: einsum('ij,jk->ik', a, b)", method=False
)
def einsum(equation: Any, *operands: Any) -> Array:
    if not isinstance(equation, str):
        equation, operands = _in_letters((equation, *operands))
    given: Arrays = operands[0] if len(operands) == 1 and isinstance(operands[0], (list, tuple)) else operands
    terms, result = _parse(equation, [x.ndim for x in given])
    pairs = [_once(x, term) for x, term in zip(given, terms, strict=True)]
    value, letters = pairs[0]
    for i, (x, term) in enumerate(pairs[1:], 1):
        later = result + "".join(t for _, t in pairs[i + 1 :])
        value, letters = _pair(value, letters, x, term, later)
    for letter in [c for c in letters if c not in result]:
        value, letters = value.sum(letters.index(letter)), letters.replace(letter, "")
    for letter in result:
        if letter not in letters:
            raise RuntimeError(
                f"einsum(): output subscript {letter} does not appear in the equation for any input operand"
            )
    return permute(value, [letters.index(c) for c in result]) if letters != result else value


# ---- statistics of rows ----


@composite(family="linalg", doc="cross product of vectors of length 3")
def cross(input: Array, other: Array, dim: int | None = None) -> Array:
    if dim is None:
        dim = next((d for d, n in enumerate(input.shape) if n == 3), None)
        if dim is None:
            raise RuntimeError("no dimension of size 3 in input")
    if input.ndim != other.ndim:
        raise RuntimeError("linalg.cross: inputs must have the same number of dimensions.")
    at = wrap_dim(dim, input.ndim)
    if input.shape[at] != 3 or other.shape[at] != 3:
        raise RuntimeError(
            f"linalg.cross: inputs dimension {dim} must have length 3. Got {input.shape[at]} and "
            f"{other.shape[at]}"
        )
    return input.roll(-1, dim) * other.roll(-2, dim) - input.roll(-2, dim) * other.roll(-1, dim)


@composite(family="linalg", doc="covariance of variables in rows")
def cov(
    input: Array, *, correction: int = 1, fweights: Array | None = None, aweights: Array | None = None
) -> Array:
    if input.ndim > 2:
        raise RuntimeError(
            "cov(): expected input to have two or fewer dimensions but got an input with "
            f"{input.ndim} dimensions"
        )
    rows = input if input.ndim == 2 else reshape(input, (1, -1))
    if not rows.is_floating_point():
        rows = rows.float()
    weights = fweights if aweights is None else aweights if fweights is None else fweights * aweights
    _check_weights("fweights", fweights, rows.shape[1], "integral")
    _check_weights("aweights", aweights, rows.shape[1], "floating point")
    if weights is None:
        centred = rows - rows.mean(1, True)
        weighted, total = centred, rows.shape[1] - correction
    else:
        size = weights.sum()
        centred = rows - (rows * weights).sum(1, True) / size
        weighted = centred * weights
        total = size - correction * (1 if aweights is None else (weights * aweights).sum() / size)
    total = max(total, 0) if weights is None else total.clamp(min=0)
    return squeeze(mm(centred, transpose(weighted, 0, 1).to(centred.dtype)) / total)


def _check_weights(name: str, weights: Any, observations: int, kind: str) -> None:
    if weights is None:
        return
    if weights.ndim > 1:
        raise RuntimeError(
            f"cov(): expected {name} to have one or fewer dimensions but got {name} with {weights.ndim} "
            "dimensions"
        )
    if weights.is_floating_point() is (kind == "integral"):
        raise RuntimeError(
            f"cov(): expected {name} to have {kind} dtype but got {name} with "
            f"{weights.dtype.tensor_type[6:-6]} dtype"
        )
    if weights.numel() != observations:
        raise RuntimeError(
            f"cov(): expected {name} to have the same numel as there are observations in the input but got "
            f"{weights.numel()} != {observations}"
        )
    check(is_any_negative, RuntimeError, f"cov(): {name} cannot be negative", weights)


@composite(family="linalg", doc="correlation of variables in rows")
def corrcoef(input: Array) -> Array:
    found = cov(input)
    if found.ndim == 0:
        return found / found
    spread = diagonal(found, 0, 0, 1).sqrt()
    return (found / unsqueeze(spread, 1) / unsqueeze(spread, 0)).clamp(-1, 1)


@composite(family="linalg", doc="powers of a vector as columns", method=False)
def vander(x: Array, N: int | None = None, increasing: bool = False) -> Array:  # noqa: N803 - PyTorch's name
    count = x.shape[-1] if N is None else N
    column = unsqueeze(x, -1)
    columns = cat([ones_as(column), expand(column, (*x.shape, max(count - 1, 0)))], -1).cumprod(-1)
    columns = columns[..., :count]
    return columns if increasing else columns.flip(-1)
