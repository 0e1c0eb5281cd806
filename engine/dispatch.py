"""How a call of an op runs: unwrap, bring to one type, forward, wrap, and have it recorded if it must be.

A call is a closure over its op, made once, in one of five shapes: one, two or three tensors, one tensor with
plain arguments, and everything else. On small tensors this code is most of the time a program takes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.grad_mode import is_grad_enabled
from engine.recording import watcher, watchers
from engine.tensor import Tensor, wrap

if TYPE_CHECKING:
    from engine.op import Op

Call = Callable[..., Any]

_NUMBERS = frozenset((float, int, bool))
_OPERANDS = (Tensor, float, int, np.ndarray, np.generic)


def show(op: Op, *call: Any) -> None:
    """Let a recording in progress see a call."""
    recording = watcher()
    if recording is not None:
        recording.op(op, *call)


def make_call(op: Op) -> Call:
    """The fastest call that fits the op's parameters."""
    if op.params == ("input",) and not op.view and not op.listed:
        return _unary(op)
    if op.params == ("input", "other") and op.promote in ("number", "float") and not op.view:
        return _binary(op, _general(op))
    if op.n_tensors == len(op.params) == 3 and not op.promote and not op.view:
        return _ternary(op, _general(op))
    return _single(op) if op.n_tensors == 1 and not op.listed else _general(op)


def operator(op: Op) -> Call:
    """The call of a binary op that answers NotImplemented to what is no operand."""
    general = _general(op)

    def attempt(input: Any, other: Any) -> Any:
        if isinstance(other, _OPERANDS) and isinstance(input, _OPERANDS):
            return general(input, other)
        return NotImplemented

    return _binary(op, attempt)


def _unary(op: Op) -> Call:
    forward, finish, unrecorded, general = op.forward, op.finish, op.unrecorded, _general(op)

    def call(input: Any) -> Any:
        if not isinstance(input, Tensor) or input._array.dtype.kind != "f":
            return general(input)
        if input._view is not None:
            input._refresh()
        result = forward(input._array)
        if input._requires_grad and is_grad_enabled():
            args = (input,)
            out = finish(result, args, args)
        else:
            out = unrecorded(result)
        if watchers:
            show(op, (input,), (input._array,), (), result, out)
        return out

    return call


def _binary(op: Op, general: Call) -> Call:
    forward, finish, explain = op.forward, op.finish, op.explain
    floats_only = op.promote == "float" or not op.bools
    numbers = _NUMBERS if op.bools else _NUMBERS - {bool}
    first, second = (numbers if place in op.numbers_at else frozenset() for place in (0, 1))

    def call(input: Any, other: Any) -> Any:
        # The common cases by hand: two tensors of one type, or a float tensor and a Python number.
        if isinstance(input, Tensor):
            a = input._array
            if input._view is not None:
                input._refresh()
            wants = input._requires_grad
            if isinstance(other, Tensor):
                b = other._array
                if a.dtype is not b.dtype or (floats_only and a.dtype.kind != "f"):
                    return general(input, other)
                if other._view is not None:
                    other._refresh()
                wants = wants or other._requires_grad
            elif type(other) in second and a.dtype.kind == "f":
                b = other
            else:
                return general(input, other)
        elif type(input) in first and isinstance(other, Tensor) and other._array.dtype.kind == "f":
            a, b = input, other._array
            if other._view is not None:
                other._refresh()
            wants = other._requires_grad
        else:
            return general(input, other)
        try:
            result = forward(a, b)
        except ValueError as problem:
            raise explain(problem, [a, b]) from None
        if wants and is_grad_enabled():
            args = (input, other)
            out = finish(result, args, args)
        else:
            out = wrap(result)
        if watchers:
            show(op, (input, other), (a, b), (), result, out)
        return out

    return call


def _ternary(op: Op, general: Call) -> Call:
    forward, finish, explain = op.forward, op.finish, op.explain

    def call(*args: Any, **kwargs: Any) -> Any:
        if kwargs or len(args) != 3:
            return general(*args, **kwargs)
        first, second, third = args
        if not (isinstance(first, Tensor) and isinstance(second, Tensor) and isinstance(third, Tensor)):
            return general(*args)
        if first._view is not None:
            first._refresh()
        if second._view is not None:
            second._refresh()
        if third._view is not None:
            third._refresh()
        a, b, c = first._array, second._array, third._array
        try:
            result = forward(a, b, c)
        except (ValueError, AttributeError) as problem:
            raise explain(problem, [a, b, c]) from None
        wants = second._requires_grad or first._requires_grad or third._requires_grad
        out = finish(result, args, args) if wants and is_grad_enabled() else op.unrecorded(result)
        if watchers:
            show(op, args, (a, b, c), (), result, out)
        return out

    return call


def _completed(op: Op) -> Call:
    """The arguments of a call with defaults filled in, if any are missing."""
    signature, count, packs = op.signature, len(op.params), op.signature.packs_at
    bind, defaults, least = signature.bind, signature.defaults, signature.n_required

    def complete(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        given = len(args)
        if kwargs or given > count or given < least:
            return bind(args, kwargs)
        if packs is not None and (given <= packs or not isinstance(args[packs], (tuple, list))):
            return bind(args, kwargs)
        return args if given == count else args + defaults[given:]

    return complete


def _single(op: Op) -> Call:
    forward, finish, unrecorded = op.forward, op.finish, op.unrecorded
    complete, view, promote = _completed(op), op.view, op.promote

    def call(*args: Any, **kwargs: Any) -> Any:
        args = complete(args, kwargs)
        input = args[0]
        if not isinstance(input, Tensor):
            return op.plain(args, (input,))
        if input._view is not None:
            input._refresh()
        array = op.promoted([input._array])[0] if promote else input._array
        result = forward(array, *args[1:])
        if input._requires_grad and is_grad_enabled():
            out = finish(result, (input,), args)
        elif type(result) is tuple:
            out = unrecorded(result)
        else:
            out = wrap(result)
        if watchers:
            show(op, (input,), (array,), args[1:], result, out)
        if view:
            op.note_view(out, input, args[1:])
        return out

    return call


def _floats_alike(a: Any, b: Any) -> bool:
    """Whether two operands are arrays of one floating type: nothing to promote."""
    return type(a) is type(b) is np.ndarray and a.dtype is b.dtype and a.dtype.kind == "f"


def _general(op: Op) -> Call:
    n_tensors, listed, count = op.n_tensors, op.listed, len(op.params)
    forward, finish, unrecorded = op.forward, op.finish, op.unrecorded
    promote, view, complete = op.promote, op.view, _completed(op)
    packs, pair = op.signature.packs_at is not None, n_tensors == 2 and not listed

    def call(*args: Any, **kwargs: Any) -> Any:
        if kwargs or packs or len(args) != count:
            args = complete(args, kwargs)
        if listed and isinstance(args[0], Tensor):
            raise TypeError(
                f"{op.name}(): argument 'tensors' (position 1) must be tuple of Tensors, not Tensor"
            )
        inputs = tuple(args[0]) if listed else args[:n_tensors]
        wants = tensors = False
        arrays = []
        for x in inputs:
            if isinstance(x, Tensor):
                tensors = True
                if x._view is not None:
                    x._refresh()
                if x._requires_grad:
                    wants = True
                arrays.append(x._array)
            else:
                arrays.append(x)
        if not tensors:
            return op.plain(args, inputs)
        statics = args[n_tensors:]
        if promote and not (pair and _floats_alike(*arrays)):
            arrays = op.promoted(arrays)
        try:
            result = forward(arrays, *statics) if listed else forward(*arrays, *statics)
        except (ValueError, AttributeError) as problem:
            raise op.explain(problem, arrays) from None
        if wants and is_grad_enabled():
            out = finish(result, inputs, args)
        elif type(result) is tuple:
            out = unrecorded(result)
        else:
            out = wrap(result)
        if watchers:
            show(op, inputs, arrays, statics, result, out)
        if view:
            op.note_view(out, inputs[0], statics)
        return out

    return call
