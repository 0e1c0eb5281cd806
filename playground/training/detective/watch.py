"""Looks on while a step runs, op by op, and keeps the one whose result is the first that is not finite."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from engine.capture.notes.walk import RecordedWalk
from engine.node import Node
from engine.recording import Recording
from playground.protocol.requests import Phase
from playground.training.build import Built, BuiltLayer
from playground.training.detective.culprit import Culprit, Part, Seen, first_bad
from playground.training.detective.names import CLIPPING, backward_name, code_name, forward_name

RESULTS = {("normalize_over", 1): "mean", ("normalize_over", 2): "variance"}
"""What results of ops with several are called."""


class Watcher(Recording):
    """A recording that computes nothing. `phase` is set by whoever runs the step."""

    def __init__(self, built: Built) -> None:
        super().__init__()
        self.phase: Phase = "zero_grad"
        self.seen: list[Seen] = []
        self.culprit: Culprit | None = None
        self._layers = {id(layer.module): layer for layer in built.layers}
        self._parameters = [
            (layer, name) for layer in built.layers for name, _ in layer.module.named_parameters()
        ]
        self._layer: BuiltLayer | None = None
        self._nodes: dict[int, tuple[Node, BuiltLayer | None]] = {}

    def begin(self, phase: Phase) -> None:
        """From now on it is this phase; no layer is at work yet."""
        self.phase, self._layer = phase, None

    def blame(self, culprit: Culprit) -> None:
        """The first one is kept, and is the last call that is told of."""
        if self.culprit is not None:
            return
        self.culprit = culprit
        if culprit.part in ("given", "update"):
            self.seen.append(Seen(culprit.phase, culprit.layer, culprit.name, np.inf))

    # ---- what the engine shows ----

    def module(self, module: Any) -> None:
        """A module that is called."""
        self._layer = self._layers.get(id(module), self._layer)

    def op(
        self, op: Any, inputs: Sequence[Any], arrays: Sequence[Any], statics: Any, result: Any, out: Any
    ) -> None:
        """A call of an op and what came out."""
        first = out[0] if type(out) is tuple and out else out
        node = getattr(first, "_node", None)
        if isinstance(node, Node) and id(node) not in self._nodes:
            self._nodes[id(node)] = node, self._layer
        name, line = forward_name(op, statics)
        bad = self._look(name, _results(result[0] if op.kept_at is not None else result))
        if bad is not None and name == CLIPPING:
            self._clipping(name, line, arrays, bad[1])
        elif bad is not None:
            at, made = bad
            called = RESULTS.get((op.name, at), "output")
            self._call("forward", name, line, op.name, called, made, _named(op, arrays), _plain(op, statics))

    def forward(
        self, op: Any, inputs: Sequence[Any], arrays: Sequence[Any], statics: Any, result: Any
    ) -> None:
        """The numbers that an op in place computes."""
        self.op(op, inputs, arrays, statics, result, None)

    def compute(
        self, function: Any, arrays: Sequence[Any], writes: Sequence[Any], result: Any, out: Any
    ) -> None:
        """Numpy code outside of ops; `arrays` that it writes have been written."""
        if code_name(function)[0] != CLIPPING:  # which multiplies by what its norm gives
            self._code(function, arrays, [result, *(tensor._array for tensor in writes)])

    def _clipping(self, name: str, line: str, gradients: Sequence[np.ndarray], total: np.ndarray) -> None:
        """The norm of all gradients together: the layer is that of the largest."""
        sizes = [float(np.abs(gradient).max(initial=0)) for gradient in gradients]
        largest = int(np.argmax(sizes))
        names = [f"{layer.name} {name}" for layer, name in self._parameters]
        self._layer = self._parameters[largest][0]
        inputs = dict(zip(names, gradients, strict=False))
        self._call("code", name, line, name, "norm of all gradients", total, inputs)

    def add(self, function: Any, args: Sequence[Any], result: Any, sized: bool = False) -> None:
        """Numpy code outside of ops, such as the walk back's, which brings results of rules together."""
        self._code(function, args, _results(result))

    def add_into(self, place: np.ndarray, gradient: np.ndarray) -> None:
        """A gradient that was added to an array."""
        self._code(np.add, [gradient], [place])

    def rule(self, node: Node, gradient: Any, saved: Sequence[Any], result: Any) -> None:
        """A call of a node's rule."""
        op, (_, self._layer) = node.op, self._nodes.get(id(node), (node, self._layer))
        bad = self._look(node.name(), _results(result))
        if bad is None:
            return
        at, made = bad
        wanted = op.params[min(at, op.n_tensors - 1)]
        name, line = backward_name(node, op, wanted)
        given = {"g": gradient[0] if isinstance(gradient, list) else gradient, **_saved(op, saved)}
        called, statics = f"gradient of {wanted}", _plain(op, node.statics)
        self._call("derivative", name, line, op.name, called, made, given, statics, wanted)

    def _code(self, function: Any, arrays: Sequence[Any], results: Sequence[Any]) -> None:
        name, line = code_name(function)
        bad = self._look(name, results)
        if bad is not None:
            inputs = {f"input {i + 1}": array for i, array in enumerate(_flat(arrays))}
            self._call("code", name, line, name, "result", bad[1], inputs)

    def _call(
        self, part: Part, name: str, line: str, op: str, result: str, made: np.ndarray,
        inputs: Mapping[str, np.ndarray], statics: Mapping[str, Any] = {}, wanted: str = "",
    ) -> None:  # fmt: skip
        """Blame a call of the layer at work; its arrays are kept as they are now."""
        self.blame(
            Culprit(
                phase=self.phase,
                layer=self._layer,
                part=part,
                name=name,
                line=line,
                op=op,
                result=result,
                made=np.array(made),
                index=first_bad(made),
                inputs={key: np.array(array) for key, array in inputs.items()},
                statics=dict(statics),
                wanted=wanted,
            )
        )

    def _look(self, name: str, results: Sequence[Any]) -> tuple[int, np.ndarray] | None:
        """Note the call; the number of its first result that is not finite, and the result."""
        if self.culprit is not None:
            return None
        arrays = [
            (i, np.asarray(result))
            for i, result in enumerate(results)
            if isinstance(result, np.ndarray | np.generic) and result.dtype.kind == "f" and result.size
        ]
        if not arrays:
            return None
        largest = max(float(np.abs(array).max()) for _, array in arrays)
        self.seen.append(Seen(self.phase, self._layer, name, largest))
        if np.isfinite(largest):
            return None
        return next((i, array) for i, array in arrays if not np.isfinite(array).all())

    # ---- what the engine shows and does not matter here ----

    def walk(self, keep: bool, create_graph: bool, wanted: Any) -> Any:
        """A walk back over the tape, each node of it shown to `rule`."""
        return RecordedWalk(self, keep)  # type: ignore[arg-type]

    def ignored(self, *_: Any, **__: Any) -> None:
        """It changes no number that is not seen elsewhere."""

    store = copy = clear = look_at = set_gradients = add_gradient = ignored
    update = refuse = constant = call = look_through = ignored


def _results(result: Any) -> Sequence[Any]:
    return result if isinstance(result, tuple | list) else (result,)


def _named(op: Any, arrays: Sequence[Any]) -> dict[str, np.ndarray]:
    names = [f"tensor {i + 1}" for i in range(len(arrays))] if op.listed else op.params
    pairs = zip(names, arrays, strict=False)
    return {name: array for name, array in pairs if isinstance(array, np.ndarray)}


def _plain(op: Any, statics: Sequence[Any]) -> dict[str, Any]:
    return dict(zip(op.params[op.n_tensors :], statics, strict=False))


def _saved(op: Any, values: Sequence[Any]) -> dict[str, np.ndarray]:
    """What a rule got beside the gradient, by the names of its parameters."""
    code = op.rule.__code__
    names = code.co_varnames[1 : code.co_argcount]
    return {
        name: value for name, value in zip(names, values, strict=False) if isinstance(value, np.ndarray)
    }


def _flat(arrays: Sequence[Any]) -> list[np.ndarray]:
    found: list[np.ndarray] = []
    for value in arrays:
        if isinstance(value, np.ndarray):
            found.append(value)
        elif isinstance(value, list | tuple):
            found += _flat(value)
    return found
