"""Ways to do several entries of a recording better than one by one, where that pays: a table of rewrites.

A rewrite takes the entries and the storages that must keep their values, and gives entries that compute the
same. It changes neither what the step writes nor what it returns.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np

from engine.capture.notes.trace import Entry, Ref, Storage, refs
from engine.ops.activation import relu
from engine.ops.conv import convolution
from engine.ops.conv_batch_last import suits_batch_last
from engine.ops.conv_pool import convolution_pool, suits_pooling
from engine.ops.halving import is_halving
from engine.ops.join import piece
from engine.ops.plus_part import plus_part
from engine.ops.pool import max_pool
from engine.ops.shape import narrow
from engine.ops.windows import samples_last

Rewrite = Callable[[list[Entry], set[int]], list[Entry]]


def pool_before_relu(entries: list[Entry], lasting: set[int]) -> list[Entry]:
    """ReLU after max-pooling instead of before it, forth and back: it has a fraction of the numbers to do.

    The largest of numbers held at 0 is the largest of the numbers, held at 0; and where that is 0 no gradient
    passes, wherever in the window it would have gone.
    """
    uses = _uses(entries)
    written = {id(storage) for entry in entries for storage in entry.writes}
    made = list(entries)
    for first in range(len(entries)):
        if not _is(entries[first], relu, "forward"):
            continue
        before, held = entries[first].args[0], entries[first].outs
        at = uses[id(held.storage)]
        if id(held.storage) in lasting or {id(before.storage), id(held.storage)} & written:
            continue
        if len(at) not in (2, 4) or not _is(entries[at[1]], max_pool, "forward"):
            continue
        settings, pooled = entries[at[1]].args[1:], entries[at[1]].outs
        largest = _like(pooled)
        forth = (_copy(entries[at[1]], (before, *settings), largest),
                 _copy(entries[first], (largest,), pooled))
        if len(at) == 2:
            made[at[0]], made[at[1]] = forth
            continue
        down, up = entries[at[2]], entries[at[3]]
        if not (_is(down, max_pool, "vjp") and _is(up, relu, "vjp") and down.outs[0] is up.args[0]):
            continue
        if len(uses[id(down.outs[0].storage)]) != 2:
            continue
        passed = _like(pooled)
        made[at[0]], made[at[1]] = forth
        made[at[2]] = _copy(up, (down.args[0], pooled), (passed,))
        made[at[3]] = _copy(down, (passed, before, largest, *down.args[3:]), up.outs)
    return made


def pool_responses(entries: list[Entry], lasting: set[int]) -> list[Entry]:
    """Convolution, max-pooling by 2 and ReLU as one op, forth and back, that works some rows at a time.

    The convolution's result, the largest array of such a network, is then never written.
    """
    uses = _uses(entries)
    made: list[Entry | None] = list(entries)
    for at, entry in enumerate(entries):
        found = _pooling_after(entries, uses, lasting, at) if _is(entry, convolution, "forward") else None
        if found is None:
            continue
        forth, back = found
        input, weight, bias, stride, pads, dilation, groups = entry.args
        needs = entries[back[2]].args[-1] if back else (False,) * 3
        x, w, responses = input.array, weight.array, entry.outs.array
        if not suits_pooling(x, w, responses, stride, pads, dilation, groups, needs):
            continue
        for i in (*forth, *back):
            made[i] = None
        out, node = entries[forth[2]].outs, entry.node if back else id(entry)
        made[forth[2]] = _entry(
            convolution_pool, "forward", node, (input, weight, bias, stride, pads, dilation, bool(back)), out
        )
        if back:
            args = entries[back[0]].args[0], input, weight, bias, out, stride, pads, dilation, needs
            made[back[2]] = _entry(convolution_pool, "vjp", node, args, entries[back[2]].outs)
    return [entry for entry in made if entry is not None]


def _pooling_after(
    entries: list[Entry], uses: dict[int, list[int]], lasting: set[int], at: int
) -> tuple[list[int], list[int]] | None:
    """Where a convolution, its pooling and their ReLU are, and the three on the way back, if alone."""

    def alone(ref: Ref, *ops: tuple[Any, str]) -> list[int] | None:
        """Who uses an array, if that is these and nobody else."""
        users = uses[id(ref.storage)]
        fits = id(ref.storage) not in lasting and len(users) == len(ops)
        return users if fits and all(_is(entries[i], *op) for i, op in zip(users, ops, strict=True)) else None

    result = entries[at].outs
    there = (convolution, "forward"), (max_pool, "forward"), (relu, "forward")
    back = (relu, "vjp"), (max_pool, "vjp"), (convolution, "vjp")
    first = alone(result, *there[:2]) or alone(result, *there[:2], back[1])
    if first is None or entries[first[1]].args[0] is not result:
        return None
    pool = entries[first[1]]
    second = alone(pool.outs, *there[1:], *([back[1]] if first[2:] else []))
    if second is None or not is_halving(*pool.args[1:5]):
        return None
    forth = [at, *second[:2]]
    if not first[2:]:
        return None if _writes(entries, forth) else (forth, [])
    down = entries[second[2]]
    third = alone(down.args[0], *back[:2])
    fourth = alone(down.outs[0], *back[1:])
    if third is None or fourth is None:
        return None
    last = [*third, fourth[1]]
    chained = entries[third[0]].outs[0] is down.args[0] and entries[fourth[1]].args[0] is down.outs[0]
    return (forth, last) if chained and not _writes(entries, forth) and not _writes(entries, last) else None


def _writes(entries: list[Entry], places: list[int]) -> bool:
    """Whether something is written in place between the first and the last of these entries."""
    return any(entry.writes for entry in entries[places[0] : places[-1]])


def _uses(entries: list[Entry]) -> dict[int, list[int]]:
    """For each storage, which entries read or make it."""
    uses: dict[int, list[int]] = defaultdict(list)
    for number, entry in enumerate(entries):
        for key in {id(ref.storage) for ref in (*entry.reads, *entry.made)}:
            uses[key].append(number)
    return uses


def keep_samples_last(entries: list[Entry], lasting: set[int]) -> list[Entry]:
    """What goes from layer to layer of a convolutional network, with the samples innermost in memory.

    That is how these layers work inside, so no layer has to turn its input and its result. Only arrays that
    nothing else touches are laid out so; the numbers are the same.
    """
    kept = set(lasting)
    found: dict[int, Ref] = {}
    for entry in entries:
        works = _works_samples_last(entry)
        kept |= {id(storage) for storage in entry.writes}
        for ref in (*entry.reads, *entry.made):
            key, array = id(ref.storage), ref.array
            first = found.setdefault(key, ref)
            if not works or first is not ref or array.ndim < 3 or not _is_whole(ref):
                kept.add(key)
    moved = {id(ref): _samples_last(ref) for key, ref in found.items() if key not in kept}
    if not moved:
        return entries
    return [_copy(entry, _swapped(entry.args, moved), _swapped(entry.outs, moved))
            if any(id(ref) in moved for ref in (*entry.reads, *entry.made)) else entry for entry in entries]


def add_parts(entries: list[Entry], lasting: set[int]) -> list[Entry]:
    """The gradient of a stretch added to that of the rest where it belongs, without the zeros around it."""
    uses = _uses(entries)
    made: list[Entry | None] = list(entries)
    for at, entry in enumerate(entries):
        if not (_is(entry, piece, "vjp") or _is(entry, narrow, "vjp")):
            continue
        (padded,), (part, _, dim, start) = entry.outs, entry.args
        users = uses[id(padded.storage)]
        if id(padded.storage) in lasting or len(users) != 2 or _writes(entries, [at, users[1] + 1]):
            continue
        adding = made[users[1]]
        if adding is None or adding.function is not np.add or adding.source or len(adding.reads) != 2:
            continue
        others = [ref for ref in adding.reads if ref is not padded]
        if len(others) == 1 and _is_whole(padded) and others[0].array.shape == padded.array.shape:
            args = (others[0], part, dim, start)
            made[at], made[users[1]] = None, _entry(plus_part, "forward", 0, args, adding.outs)
    return [entry for entry in made if entry is not None]


def _works_samples_last(entry: Entry) -> bool:
    """Whether an entry is as good with its images in either order of memory."""
    if entry.source in (relu, convolution_pool):
        return True
    back = int(entry.role == "vjp")
    if entry.source is max_pool:
        return is_halving(*(entry.args[3:7] if back else entry.args[1:5]))
    if entry.source is not convolution:
        return False
    x, (_, pads, _, groups) = entry.args[back].array, entry.args[3:7]
    places = (entry.args[0] if back else entry.outs).array.shape[2:]
    return suits_batch_last(x.shape, places, pads, groups)


def _is_whole(ref: Ref) -> bool:
    """Whether an array is all of the memory that it lies in."""
    array, storage = ref.array, ref.storage
    return storage.kind == "temporary" and array.flags.c_contiguous and array.nbytes == storage.root.nbytes


def _samples_last(ref: Ref) -> Ref:
    """A new array of the same shape whose samples are innermost."""
    root = np.empty_like(samples_last(ref.array), order="C")
    return Ref(root.transpose(-1, *range(root.ndim - 1)), Storage("temporary", root))


def _swapped(tree: Any, refs: dict[int, Ref]) -> Any:
    """Arguments with some references replaced."""
    if isinstance(tree, Ref):
        return refs.get(id(tree), tree)
    if type(tree) in (tuple, list):
        return type(tree)([_swapped(part, refs) for part in tree])
    if type(tree) is dict:
        return {key: _swapped(part, refs) for key, part in tree.items()}
    return tree


def _is(entry: Entry, op: Any, role: str) -> bool:
    return entry.source is op and entry.role == role


def _like(ref: Ref) -> Ref:
    """A new array in the form of another."""
    array = np.empty_like(ref.array)
    return Ref(array, Storage("temporary", array))


def _copy(entry: Entry, args: tuple[Any, ...], outs: Any) -> Entry:
    """The same operation on other arrays."""
    return _entry(entry.source, entry.role, entry.node, args, outs)


def _entry(op: Any, role: str, node: int, args: tuple[Any, ...], outs: Any) -> Entry:
    """The forward of an op, or its rule."""
    function = op.forward if role == "forward" else op.rule
    return Entry(function, args, outs, refs(args), refs(outs), op, role, node)


PATTERNS: tuple[tuple[Any, Rewrite], ...] = (  # with the op that each looks for
    (max_pool, pool_before_relu), (convolution, pool_responses), (convolution, keep_samples_last),
    (piece, add_parts), (narrow, add_parts),
)


def rewritten(entries: list[Entry], outputs: list[Ref]) -> list[Entry]:
    """The entries after every rewrite for which there is occasion; ``outputs`` keep their values."""
    ops = {entry.source for entry in entries}
    for op, rewrite in PATTERNS:
        if op in ops:
            entries = rewrite(entries, {id(ref.storage) for ref in outputs})
    return entries
