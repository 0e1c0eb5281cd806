"""From a recording to numpy calls on fixed arrays."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

import engine.ops.class_losses_into
import engine.ops.conv_pool_into
import engine.ops.norm_into
import engine.ops.parts_into  # noqa: F401
from engine.capture.layout import Layout, has_program
from engine.capture.reading import keep_gradients, put, update_block
from engine.capture.results import ChangedError
from engine.capture.trace import Entry, Ref
from engine.optim.program import Program

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
    first = 1 - len(layout.entries)  # counted from the end, as the layout does
    return [lower(entry, layout, at) for at, entry in enumerate(layout.entries, first)]


def lower(entry: Entry, layout: Layout, at: int) -> list[Call]:
    """The numpy calls that repeat one entry, the one done at that time."""
    if entry.function is keep_gradients:
        pairs = [(layout.homes[id(leaf)], layout.array(ref)) for ref, leaf in zip(*entry.args, strict=True)]
        return [(home.__setitem__, (..., grad)) for home, grad in pairs if grad is not home]
    if entry.function is update_block:
        optimizer, block, group, *_ = entry.args
        if not has_program(entry) or layout.runs_python:
            return [(optimizer._update, (block, group))]  # a scheduler may write options within the step
        layout.programs.append(Program(optimizer, block, group, layout.update_room(entry, block)))
        return layout.programs[-1].calls
    given = {id(ref.storage) for ref in entry.reads}
    outs = [r for r in entry.made if id(r.storage) not in given and r.storage.kind != "external"]
    args = layout.tree(entry.args)
    if entry.function is put and args[0].dtype == getattr(args[1], "dtype", None):
        return [(args[0].__setitem__, (..., args[1]))]
    if entry.outs is None or not outs:
        return [(entry.function, args)] if entry.effect or entry.writes else []
    if entry.function is np.array:
        return [(layout.array(outs[0]).__setitem__, (..., args[0]))]
    single = isinstance(entry.outs, Ref)
    if entry.source is not None and entry.role in entry.source.into:
        faster, _ = entry.source.into[entry.role]
        calls = faster(layout.room(entry, at), layout.tree(entry.outs), *args)
        if calls is not None:
            return calls
    if single and isinstance(entry.function, np.ufunc):
        return [_into(entry.function, args, layout.array(entry.outs))]
    fresh = {id(ref) for ref in outs}
    targets = [(i, layout.array(ref)) for i, ref in enumerate(_flat(entry.outs)) if id(ref) in fresh]
    if single:
        return [(_repeat_one, (entry.function, args, targets[0][1]))]
    return [(_repeat_several, (entry.function, args, targets))]


def _flat(outs: Any) -> list[Any]:
    if isinstance(outs, Ref) or outs is None:
        return [outs]
    return [ref for part in outs for ref in _flat(part)]


def _into(ufunc: np.ufunc, args: tuple[Any, ...], out: np.ndarray) -> Call:
    """A ufunc that writes into ``out``; plain numbers become 0-d arrays, which it takes faster."""
    kind = next((a.dtype for a in args if isinstance(a, np.ndarray)), out.dtype)
    operands = tuple([a if isinstance(a, np.ndarray) else np.asarray(a, kind) for a in args])
    if ufunc in (np.maximum, np.minimum):
        return partial(ufunc, out=out), operands
    return ufunc, (*operands, out)


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
