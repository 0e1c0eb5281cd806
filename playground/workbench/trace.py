"""What a program did, call by call: the tensors that went in and came out, as they were then."""

import weakref
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import engine
from engine import nn
from playground.protocol.tensors import Broadcast, Call, CallKind, Operand
from playground.workbench.broadcasting import aligned
from playground.workbench.kinds import dims_of, kind_of_call, stretches
from playground.workbench.language.functions import Function
from playground.workbench.storage import Storages
from playground.workbench.windows import Array, Corner, limits

MOST_CALLS = 300
ALONG = frozenset({"reduce", "softmax", "join", "other"})
"""Kinds of calls that work along dimensions."""

SHOWN = 8
"""Rows and columns of an operand that are kept for each call."""


@dataclass
class Seen:
    """A tensor as it was at a call; the whole of it (`array`) only where the call is to be explained."""

    name: str | None
    shape: list[int]
    dtype: str
    storage: int
    corner: Corner
    limits: tuple[float | None, float | None]
    array: Array | None = None

    def told(self) -> Operand:
        return Operand.model_construct(
            name=self.name, shape=self.shape, dtype=self.dtype, storage=self.storage,
            value=self.corner.grid(*self.limits),
        )  # fmt: skip


@dataclass
class Recorded:
    """One call."""

    id: int
    place: tuple[int, int, int, int]
    text: str
    function: Function
    args: tuple[Any, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    inputs: list[Seen] = field(default_factory=list)
    outputs: list[Seen] = field(default_factory=list)
    kind: CallKind = "other"
    broadcast: Broadcast | None = None
    dims: list[int] = field(default_factory=list)
    keepdim: bool = False
    wrote: list[str] = field(default_factory=list)
    error: str | None = None

    def told(self) -> Call:
        """As the page gets it."""
        line, column, end_line, end_column = self.place
        return Call.model_construct(
            id=self.id, line=line, column=column, end_line=end_line, end_column=end_column, text=self.text,
            op=self.function.op.removeprefix("F."), kind=self.kind,
            inputs=[each.told() for each in self.inputs], outputs=[each.told() for each in self.outputs],
            broadcast=self.broadcast, dims=self.dims, keepdim=self.keepdim, wrote=self.wrote,
            error=self.error,
        )  # fmt: skip


class Trace:
    """Records calls; the newest are kept. The call numbered `wanted` is kept whole."""

    def __init__(self, wanted: int | None = None) -> None:
        self.calls: deque[Recorded] = deque(maxlen=MOST_CALLS)
        self.count = 0
        self.wanted = wanted
        self.found: Recorded | None = None
        self.storages = Storages()
        self._made: dict[int, tuple[weakref.ref[engine.Tensor], Seen]] = {}

    def begin(
        self, function: Function, args: tuple[Any, ...], options: dict[str, Any],
        inputs: Sequence[tuple[str | None, engine.Tensor]], place: tuple[int, int, int, int], text: str,
    ) -> Recorded:  # fmt: skip
        """A call that is about to run."""
        call = Recorded(self.count, place, text, function, args, options)
        self.count += 1
        call.inputs = [self._seen(name, tensor, call.id) for name, tensor in inputs]
        tensors = [tensor for _, tensor in inputs]
        owner = function.owner
        call.kind = kind_of_call(function.op, tensors, [], isinstance(owner, nn.Module))
        if call.kind in ALONG:
            call.dims, call.keepdim = dims_of(function.op, tensors, args, options, owner)
        if len(tensors) > 1 and (stretches(function.op)):
            call.broadcast = aligned([tensor.shape for tensor in tensors])
        self.calls.append(call)
        if call.id == self.wanted:
            self.found = call
        return call

    def end(self, call: Recorded, inputs: Sequence[engine.Tensor], outputs: Sequence[engine.Tensor]) -> None:
        """What a call gave."""
        module = isinstance(call.function.owner, nn.Module)
        call.kind = kind_of_call(call.function.op, inputs, outputs, module)
        if (
            call.broadcast is not None
            and call.kind == "elementwise"
            and any(map(any, call.broadcast.stretched))
        ):
            call.kind = "broadcast"
        for tensor in outputs:
            seen = self._seen(None, tensor, call.id)
            call.outputs.append(seen)
            self._made[id(tensor)] = (weakref.ref(tensor), seen)

    def named(self, value: Any, name: str) -> None:
        """A name was given to a value: the call that made it says so."""
        reference, seen = self._made.get(id(value), (None, None))
        if reference is not None and seen is not None and reference() is value and seen.name is None:
            seen.name = name

    def _seen(self, name: str | None, tensor: engine.Tensor, call: int) -> Seen:
        array = tensor._array
        corner = Corner(array, rows=SHOWN, columns=SHOWN)
        corner.shown = corner.shown.copy()
        return Seen(
            name, list(array.shape), str(tensor.dtype).removeprefix("torch."), self.storages.number(array),
            corner, limits(array), np.array(array) if call == self.wanted else None,
        )  # fmt: skip
