"""From a recording to numpy calls on fixed arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

import engine.ops.choice_into
import engine.ops.class_losses_into
import engine.ops.conv_pool_into
import engine.ops.elementwise_into
import engine.ops.linalg_into
import engine.ops.norm_into
import engine.ops.parts_into
import engine.ops.reduce_into
import engine.ops.rows_into  # noqa: F401
from engine.capture.notes.reading import forget_gradients, keep_gradients, put, update_block
from engine.capture.notes.trace import Entry, Ref
from engine.capture.replay.layout import Layout, has_program
from engine.capture.replay.results import ChangedError
from engine.optim.program import Program
from engine.room import operand

Call = tuple[Callable[..., Any], tuple[Any, ...]]


def lowered(layout: Layout) -> list[list[Call]]:
    """The calls of each entry; made again where it pays that ops work in memory of the arena."""
    parts = _each(layout)
    if layout.is_short():
        del parts
        layout.lend()
        parts = _each(layout)
    return parts


def _each(layout: Layout) -> list[list[Call]]:
    return [lower(entry, layout, at) for at, entry in enumerate(layout.entries)]


def lower(entry: Entry, layout: Layout, at: int) -> list[Call]:
    """The numpy calls that repeat one entry, the one done at that time."""
    function, outs = entry.function, entry.outs
    if function is forget_gradients:
        return []
    if function is keep_gradients:
        pairs = [(layout.homes[id(leaf)], ref.placed()) for ref, leaf in zip(*entry.args, strict=True)]
        return [(home.__setitem__, (..., grad)) for home, grad in pairs if grad is not home]
    if function is update_block:
        return _updates(entry, layout)
    args = tuple(_placed(entry.args))
    if function is put and args[0].dtype == getattr(args[1], "dtype", None):
        return [(args[0].__setitem__, (..., args[1]))]
    way = entry.way
    if way is not None and (entry.made or entry.writes):
        (given,) = _placed((outs,))
        calls: list[Call] | None = way[0](layout.room(entry, at), given, *args)
        if calls is not None:
            return calls
    if outs is None or not entry.made:
        return [(function, args)] if entry.effect or entry.writes else []
    if function in (np.array, np.ndarray.astype):
        return [(entry.made[0].placed().__setitem__, (..., args[0]))]
    if type(outs) is not Ref:
        fresh = {id(ref) for ref in entry.made}
        targets = [(i, ref.placed()) for i, ref in enumerate(_flat(outs)) if id(ref) in fresh]
        return [(_repeat_several, (function, args, targets))]
    if isinstance(function, np.ufunc):
        return [_into(function, args, outs.placed())]
    return [(_repeat_one, (function, args, outs.placed()))]


def _updates(entry: Entry, layout: Layout) -> list[Call]:
    """The calls of an optimizer's step for a block."""
    optimizer, block, group, *_ = entry.args
    if not has_program(entry) or id(entry) in layout.late:
        return [(optimizer._update, (block, group))]
    room = layout.update_room(entry, block)
    program = block.program
    if room is not None or program is None or not program.holds(group):
        program = Program(optimizer, block, group, room)
    layout.programs.append(program)
    return program.calls


def _placed(values: Sequence[Any]) -> list[Any]:
    """Arguments with the arrays in the places that they have from now on."""
    placed = []
    for value in values:
        kind = type(value)
        if kind is Ref:
            value = value.array if value.storage.place is None else value.placed()
        elif kind is tuple or kind is list:
            value = kind(_placed(value))
        elif kind is dict:
            value = dict(zip(value, _placed(list(value.values())), strict=True))
        placed.append(value)
    return placed


def _flat(outs: Any) -> list[Any]:
    if isinstance(outs, Ref) or outs is None:
        return [outs]
    return [ref for part in outs for ref in _flat(part)]


def _into(ufunc: np.ufunc, args: tuple[Any, ...], out: np.ndarray) -> Call:
    """A ufunc that writes into ``out``; plain numbers become 0-d arrays, which it takes faster."""
    if set(map(type, args)) != {np.ndarray}:
        kind = next((a.dtype for a in args if isinstance(a, np.ndarray)), out.dtype)
        args = tuple([a if isinstance(a, (np.ndarray, np.generic)) else np.asarray(a, kind) for a in args])
    args = tuple([operand(a, out.size) if isinstance(a, np.ndarray) else a for a in args])
    if ufunc in (np.maximum, np.minimum):
        return partial(ufunc, out=out), args
    return ufunc, (*args, out)


def _repeat_one(function: Callable[..., Any], args: tuple[Any, ...], out: np.ndarray) -> None:
    _keep(function(*args), out)


def _repeat_several(
    function: Callable[..., Any], args: tuple[Any, ...], targets: list[tuple[int, np.ndarray]]
) -> None:
    results = _flat_results(function(*args))
    for i, out in targets:
        _keep(results[i], out)


def _flat_results(result: Any) -> list[Any]:
    if type(result) in (tuple, list):
        return [part for r in result for part in _flat_results(r)]
    return [result]


def _keep(result: Any, out: np.ndarray) -> None:
    if result.shape != out.shape or result.dtype != out.dtype:
        raise ChangedError(f"a result of shape {out.shape} in the recording now has shape {result.shape}")
    out[...] = result
