"""A result's gradients held against finite differences: the program is run again with one element moved."""

import time
from typing import Any

import numpy as np

import engine
from engine import nn
from playground.protocol.tensors import GradientCheck, LeafCheck
from playground.workbench.language.functions import Function, ModuleClass
from playground.workbench.program import Bounds, Program, tensors_in
from playground.workbench.tape.walk import walk
from playground.workbench.windows import grid

SECONDS = 0.9
MOST_ELEMENTS = 60
STEP = 1e-6
ABSOLUTE, RELATIVE = 1e-5, 1e-3


class PreciseProgram(Program):
    """A program whose floats are float64, with one element of one leaf moved by `delta`."""

    def __init__(
        self, code: str, bounds: Bounds, leaf: str = "", place: Any = (), delta: float = 0.0
    ) -> None:
        super().__init__(code, bounds)
        self._leaf, self._place, self._delta = leaf, place, delta
        self.versions: dict[int, int] = {}

    def invoke(self, function: Function, args: tuple[Any, ...], options: dict[str, Any], node: Any) -> Any:
        made = super().invoke(function, args, options, node)
        if function.owner is None and next(tensors_in((args, tuple(options.values()))), None) is None:
            for tensor in tensors_in(made):
                if tensor._array.dtype == np.float32:
                    tensor._array = tensor._array.astype(np.float64)
        return made

    def construct(self, made: ModuleClass, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
        built = super().construct(made, args, options)
        if isinstance(built, nn.Module):
            built.double()
        elif isinstance(built, engine.Tensor) and built._array.dtype == np.float32:
            built._array = built._array.astype(np.float64)
        return built

    def bind(self, target: Any, value: Any) -> None:
        super().bind(target, value)
        parts = value.parameters() if isinstance(value, nn.Module) else [value]
        self.versions.update({id(p): p._counter[0] for p in parts if isinstance(p, engine.Tensor)})
        first, _, inner = self._leaf.partition(".")
        if not self._leaf or getattr(target, "id", None) != first:
            return
        leaf = dict(value.named_parameters()).get(inner) if isinstance(value, nn.Module) else value
        if isinstance(leaf, engine.Tensor) and leaf.is_leaf and leaf._array.dtype.kind == "f":
            leaf._array[self._place] += self._delta


def check(code: str, name: str, bounds: Bounds) -> GradientCheck:
    """The check of one result with one element, against every leaf below it that has a name."""
    began = time.perf_counter()
    program = PreciseProgram(code, bounds)
    program.start()
    root = dict(program.named_tensors()).get(name)
    if root is None or root.numel() != 1 or not root.requires_grad:
        return _without(name, "Choose a result with one element that requires grad.")
    gradients = _analytic(program, root)
    if gradients is None:
        return _without(name, "Its graph is gone: check the result of the last backward().")
    leaves: list[LeafCheck] = []
    left_out = []
    for leaf, (tensor, analytic) in gradients.items():
        if tensor._counter[0] != program.versions.get(id(tensor), 0):
            left_out.append(leaf)
            continue
        leaves.append(_check_leaf(code, name, leaf, analytic, bounds, began))
    message = f"{', '.join(left_out)}: written in place, so not checked." if left_out else ""
    if not leaves and not message:
        message = "No leaf below it has a name."
    return GradientCheck(name=name, ok=bool(leaves) and all(each.ok for each in leaves), leaves=leaves,
                         message=message)  # fmt: skip


def _without(name: str, message: str) -> GradientCheck:
    return GradientCheck(name=name, ok=False, leaves=[], message=message)


def _analytic(program: PreciseProgram, root: engine.Tensor) -> dict[str, tuple[engine.Tensor, Any]] | None:
    """The gradient of each leaf that has a name; None where the graph was let go."""
    tape = program.tapes.last
    found = tape.walk if tape is not None and tape.walk.root is root.grad_fn else None
    if found is None:
        try:
            found = walk(root, np.ones_like(root._array))
        except RuntimeError:
            return None
    if found is None or not found.arrived:
        return None
    leaves: dict[str, tuple[engine.Tensor, Any]] = {}
    for name, tensor in program.all_tensors():
        if tensor.is_leaf and id(tensor) in found.arrived:
            leaves.setdefault(name, (tensor, np.asarray(found.arrived[id(tensor)])))
    return leaves


def _check_leaf(code: str, name: str, leaf: str, analytic: Any, bounds: Bounds, began: float) -> LeafCheck:
    numerical = np.full(analytic.shape, np.nan)
    worst, checked, ok = 0.0, 0, True
    places = list(np.ndindex(*analytic.shape))
    for place in places[:: max(1, len(places) // MOST_ELEMENTS)]:
        if checked and time.perf_counter() - began > SECONDS:
            break
        sides = [_value(PreciseProgram(code, bounds, leaf, place, sign * STEP), name) for sign in (1, -1)]
        numerical[place] = slope = (sides[0] - sides[1]) / (2 * STEP)
        difference = abs(slope - float(analytic[place]))
        ok = ok and difference <= ABSOLUTE + RELATIVE * abs(slope)
        worst, checked = max(worst, difference), checked + 1
    return LeafCheck(
        name=leaf, ok=ok, checked=checked, difference=worst if np.isfinite(worst) else None,
        analytic=grid(analytic), numerical=grid(numerical),
    )  # fmt: skip


def _value(program: Program, name: str) -> float:
    found = dict(program.start().named_tensors()).get(name)
    return float("nan") if found is None or found.numel() != 1 else float(found.item())
