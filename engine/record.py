"""What a call leaves for backward: its node on the tape, and its results as tensors that lead there.

Both functions are made once for each op, from what its rule asks for. On small tensors they are much of the
time that a program takes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from engine import errors
from engine.anomaly import is_anomaly_enabled, remember
from engine.node import PART, Node
from engine.tensor import Tensor, wrap

if TYPE_CHECKING:
    from engine.op import Op

Record = Callable[[Sequence[Any], tuple[Any, ...], Any], Node]
Finish = Callable[[Any, Sequence[Any], tuple[Any, ...]], Any]

_blank = object.__new__


class Asked:
    """What a rule asks for beside the gradient: at which of its places there is what.

    ``given`` are arguments of the forward and ``shapes`` those of which it wants the shape only, each as
    (place, argument's number).
    """

    def __init__(self, names: Sequence[str], params: Sequence[str], op: str) -> None:
        self.count = len(names)
        self.given: list[tuple[int, int]] = []
        self.shapes: list[tuple[int, int]] = []
        places = {name: at for at, name in enumerate(names)}
        self.out, self.needs, self.kept = (places.pop(name, None) for name in ("out", "needs", "kept"))
        for name, at in places.items():
            if name in params:
                self.given.append((at, params.index(name)))
            elif name.endswith("_shape") and name[:-6] in params:
                self.shapes.append((at, params.index(name[:-6])))
            else:
                raise TypeError(f"the rule of {op} asks for {name}, which its forward does not have")


def recorder(op: Op, asked: Asked) -> Record:
    """The function that makes the node of a call: where its gradients go, and what its rule will need."""
    blank: list[Any] = [None] * asked.count
    shapes, out, needs, n_tensors = asked.shapes, asked.out, asked.needs, op.n_tensors
    tensors = [(at, number) for at, number in asked.given if number < n_tensors]
    plain = [(at, number) for at, number in asked.given if number >= n_tensors]
    all_tensors = n_tensors == len(op.params)
    special = PART if op.part else False

    def record(inputs: Sequence[Any], args: tuple[Any, ...], result: Any) -> Node:
        node: Node = _blank(Node)
        node.op = op
        node.special = special
        node.counter = None
        node.statics = () if all_tensors else args[n_tensors:]
        node.saved = saved = blank.copy()
        node.versions = versions = {}
        for at, number in tensors:
            saved[at] = value = args[number]
            if isinstance(value, Tensor):
                versions[at] = value._counter[0]
                if value._inference:
                    raise errors.saved_inference()
        for at, number in plain:
            saved[at] = args[number]
        for at, number in shapes:
            x = inputs if op.listed and number == 0 else args[number]
            saved[at] = tuple(map(_shape, x)) if isinstance(x, tuple) else _shape(x)
        if out is not None:
            saved[out] = result
        edges: list[Any] = []
        for x in inputs:
            if isinstance(x, Tensor) and x._requires_grad:
                array, maker = x._array, x._node  # as `edge_to` does, without a call
                if maker is None:
                    edges.append((x, None, array.shape, array.dtype))
                else:
                    edges.append((maker, x._nr, array.shape, array.dtype))
            else:
                edges.append(None)
        node.edges = edges
        if needs is not None:
            saved[needs] = edges  # None is false, an edge is true
        if is_anomaly_enabled():
            remember(node)
        return node

    return record


def finisher(op: Op, asked: Asked, record: Record) -> Finish:
    """The function that makes tensors of what a forward gave, with their place in the graph."""
    kept, out_at = asked.kept, asked.out
    if op.nondiff:
        return lambda result, inputs, args: op.unrecorded(result)

    def finish(result: Any, inputs: Sequence[Any], args: tuple[Any, ...]) -> Any:
        if kept is None:
            node = record(inputs, args, result)
        else:
            result, beside = result
            node = record(inputs, args, result)
            node.saved[kept] = beside  # type: ignore[index]
        if type(result) is tuple:
            return _several(node, result)
        if result.dtype.kind != "f":
            return wrap(result)
        out = wrap(result, node)
        if out_at is not None:
            node.counter, node.version = out._counter, 0
        return out

    return finish


def _several(node: Node, results: tuple[Any, ...]) -> tuple[Tensor, ...]:
    """Several results of one call."""
    node.out_meta = [(r.shape, r.dtype) for r in results]
    node.special = True
    outs = []
    for nr, r in enumerate(results):
        outs.append(out := wrap(r, node if r.dtype.kind == "f" else None))
        out._nr = nr if out._node is node else 0
    return tuple(outs)


def _shape(x: Any) -> tuple[int, ...]:
    return x._array.shape if isinstance(x, Tensor) else ()
