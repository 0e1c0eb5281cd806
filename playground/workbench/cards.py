"""A card for every name: what it holds at the end."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import engine
from engine import nn, optim
from engine.optim.lr_scheduler import LRScheduler
from playground.protocol.tensor_requests import GridWindow
from playground.protocol.tensors import TensorCard
from playground.workbench import storage
from playground.workbench.language.functions import Function, ModuleClass, Namespace
from playground.workbench.language.refusal import RefusedError
from playground.workbench.language.values import shown
from playground.workbench.program import Program
from playground.workbench.storage import Storages
from playground.workbench.windows import COLUMNS, FIRST, ROWS, Corner, grid, limits

MOST_CARDS = 200
MOST_CELLS = 5_000
"""Numbers on all cards together: where there are many, each shows a smaller window."""

MOST_CHARACTERS = 60_000
"""Of all texts together; one has a share, and never less than a few lines."""

LEAST_CHARACTERS, LONGEST = 300, 4000

Kind = Literal["tensor", "parameter", "module", "optimizer", "number", "text", "list", "dtype", "other"]
Relation = Literal["view of", "copy of", "same as"]


def cards(program: Program, windows: Mapping[str, GridWindow]) -> list[TensorCard]:
    """All names in the order of their lines, the newest where there are too many."""
    found = sorted(_named(program), key=lambda each: each[1])[-MOST_CARDS:]
    longest = min(LONGEST, max(LEAST_CHARACTERS, MOST_CHARACTERS // max(len(found), 1)))
    tensors = [value for _, _, value in found if isinstance(value, engine.Tensor)]
    side = _side([t._array.shape for t in tensors for _ in range(2 if t._grad is not None else 1)])
    relations = Relations(program)
    made = []
    for name, line, value in found:
        if isinstance(value, engine.Tensor):
            window = windows.get(name, FIRST)
            card = _tensor_card(name, line, value, window, side, longest, program.trace.storages)
            card.base, card.relation = relations.of(name, value)
        else:
            text = _text(value, longest)
            card = TensorCard.model_construct(name=name, line=line, kind=_kind(value), text=text)
        made.append(card)
    return made


def _named(program: Program) -> Iterator[tuple[str, int, Any]]:
    """Every name, and the parameters of every module."""
    for name, value in program.names.items():
        line = program.lines.get(name, 1)
        if isinstance(value, Namespace | Function | ModuleClass) or name not in program.lines:
            continue
        yield name, line, value
        if isinstance(value, nn.Module):
            for inner, parameter in value.named_parameters():
                yield f"{name}.{inner}", line, parameter


def _side(shapes: Sequence[Sequence[int]]) -> tuple[int, int]:
    """Rows and columns of each window, so that all fit."""
    sizes = [((1, 1, *shape)[-2], (1, *shape)[-1]) for shape in shapes]
    side = max(ROWS, COLUMNS)
    while side > 4 and sum(min(rows, side) * min(columns, side) for rows, columns in sizes) > MOST_CELLS:
        side -= 1
    return min(side, ROWS), min(side, COLUMNS)


def _tensor_card(
    name: str, line: int, tensor: engine.Tensor, window: GridWindow, side: tuple[int, int],
    longest: int, storages: Storages,
) -> TensorCard:  # fmt: skip
    array = tensor._array
    grad = tensor._grad
    corner = Corner(array, window, *side)
    grad_fn = tensor.grad_fn
    return TensorCard.model_construct(
        name=name,
        line=line,
        kind="parameter" if isinstance(tensor, nn.Parameter) else "tensor",
        text=_text(tensor, longest),
        shape=list(array.shape),
        dtype=str(tensor.dtype).removeprefix("torch."),
        stride=list(tensor.stride()),
        offset=storage.offset(array),
        contiguous=tensor.is_contiguous(),
        requires_grad=tensor.requires_grad,
        is_leaf=tensor.is_leaf,
        grad_fn=None if grad_fn is None else grad_fn.label(),
        version=tensor._counter[0],
        storage=storages.number(array),
        storage_size=storage.size(array),
        elements=storage.places(array, corner.shown),
        value=corner.grid(*limits(array)),
        grad=None if grad is None else grid(grad._array, window, *side),
        grad_text=None if grad is None else _text(grad, longest),
    )


def _text(value: Any, longest: int) -> str:
    try:
        found = shown(value)
    except RefusedError as error:
        return str(error)
    return found if len(found) <= longest else found[:longest] + " …"


def _kind(value: Any) -> Kind:
    kinds: tuple[tuple[Any, Kind], ...] = (
        (nn.Module, "module"), ((optim.Optimizer, LRScheduler), "optimizer"), ((bool, int, float), "number"),
        (str, "text"), (engine.dtype, "dtype"), ((list, tuple, dict, range), "list"),
    )  # fmt: skip
    return next((kind for types, kind in kinds if isinstance(value, types)), "other")


class Relations:
    """Which earlier name a tensor is a view or a copy of, or the very same object as."""

    def __init__(self, program: Program) -> None:
        self._copies = program.copies
        self._objects: dict[int, str] = {}
        self._memory: dict[int, list[tuple[str, engine.Tensor]]] = {}
        self._order: dict[str, int] = {}
        for at, (name, tensor) in enumerate(program.named_tensors()):
            self._order[name] = at
            self._objects.setdefault(id(tensor), name)
            self._memory.setdefault(id(storage.owner(tensor._array)), []).append((name, tensor))

    def of(self, name: str, tensor: engine.Tensor) -> tuple[str | None, Relation | None]:
        """The other name, and what this tensor is to it."""
        if self._objects.get(id(tensor), name) != name:
            return self._objects[id(tensor)], "same as"
        here = self._order.get(name, len(self._order))
        sharing = [each for each in self._memory.get(id(storage.owner(tensor._array)), ())
                   if self._order[each[0]] < here]  # fmt: skip
        if sharing:
            base = next((other for other, value in sharing if value is tensor._base), sharing[0][0])
            return base, "view of"
        source = self._copies.get(id(tensor))
        if source is not None and source[0]() is tensor and source[1] in self._order and source[1] != name:
            return source[1], "copy of"
        return None, None
