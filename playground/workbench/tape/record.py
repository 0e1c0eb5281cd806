"""Which graph the tape shows: that of the last `backward()`, else of the newest result that has one."""

import ast
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

import engine
from engine.node import Node
from playground.workbench.tape.saved import saved, values_of
from playground.workbench.tape.walk import Walk, walk

if TYPE_CHECKING:
    from playground.workbench.program import Program


MOST_NODES = 150
"""Nodes that a page is shown."""


class Tape:
    """A walk, with the names its nodes had at that moment and what they kept: backward lets go of it."""

    def __init__(self, found: Walk, line: int, ran: bool, names: dict[int, list[str]]) -> None:
        self.walk = found
        self.line = line
        self.ran = ran
        self.names = names
        self.values = {
            id(target): values_of(target) for target in found.order[:MOST_NODES] if isinstance(target, Node)
        }
        self.saved = {
            id(target): saved(target) for target in found.order[:MOST_NODES] if isinstance(target, Node)
        }


class Tapes:
    """Walks a graph just before `backward()` frees it."""

    def __init__(self, program: "Program") -> None:
        self._program = program
        self.last: Tape | None = None

    def before(self, args: Sequence[Any], options: Mapping[str, Any], node: ast.AST, grad_at: int) -> None:
        """`backward` or `grad` is about to run."""
        roots = args[0] if args else options.get("tensors", options.get("outputs"))
        root = roots[0] if isinstance(roots, list | tuple) and roots else roots
        given = args[grad_at] if len(args) > grad_at else next(
            (options[key] for key in ("gradient", "grad_tensors", "grad_outputs") if key in options), None
        )  # fmt: skip
        given = given[0] if isinstance(given, list | tuple) and given else given
        if isinstance(root, engine.Tensor) and root.requires_grad:
            self.last = self._tape(root, given, getattr(node, "lineno", 0), ran=True) or self.last

    def shown(self) -> Tape | None:
        """The tape at the end of the program."""
        if self.last is not None:
            return self.last
        for _, tensor in reversed(list(self._program.named_tensors())):
            if tensor.grad_fn is not None:
                return self._tape(tensor, None, 0, ran=False)
        return None

    def _tape(self, root: engine.Tensor, given: Any, line: int, ran: bool) -> Tape | None:
        gradient: Any = None
        if isinstance(given, engine.Tensor) and given.shape == root.shape:
            gradient = given._array
        elif root.numel() == 1:
            gradient = np.ones_like(root._array)
        try:
            found = walk(root, gradient)
        except RuntimeError:  # freed, or written to since: backward says so itself
            found = walk(root, None)
        if found is None:
            return None
        return Tape(found, line, ran, self._names(found))

    def _names(self, found: Walk) -> dict[int, list[str]]:
        """The names of each node's result, and of each leaf."""
        names: dict[int, list[str]] = {}
        for name, tensor in self._program.all_tensors():
            made = tensor.grad_fn
            key = id(tensor) if made is None else id(made)
            names.setdefault(key, []).append(name)
        wanted = {id(target) for target in found.order}
        return {key: each for key, each in names.items() if key in wanted}
