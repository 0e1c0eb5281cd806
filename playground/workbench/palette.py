"""What a statement may say: ways to make a tensor, and those ops of the engine that one line can call.

The ops are read from the engine's registry. A statement's `op` is looked up in these two tables only.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import engine
import engine.nn.functional as F
from engine.op import REGISTRY
from engine.signature import REQUIRED
from playground.protocol.replies import StatementOp

Field = Literal["values", "shape", "dtype", "seed", "requires_grad", "dim", "keepdim"]
Need = Literal["values", "shape", "dim"]
Written = Literal["method", "torch", "torch.nn.functional"]

ELEMENTWISE = ("elementwise", "activation", "compare", "bits")
FAMILIES = (*ELEMENTWISE, "reduce", "extreme", "linalg", "shape", "join", "scan", "convert")
MOST_TENSORS = 3
FIRST = frozenset({"input", "condition", "tensors"})
SEVERAL = frozenset({"shape", "size", "sizes", "dims"})
SEVERAL_TENSORS = frozenset({"split", "chunk", "tensor_split", "unbind", "hsplit", "vsplit", "dsplit"})
NO_TENSOR = frozenset({"equal", "allclose"})
TWO_SHAPES = frozenset({"as_strided"})
LEFT_OUT = SEVERAL_TENSORS | NO_TENSOR | TWO_SHAPES
"""What one line that names one tensor cannot say."""

SIGNS = {
    "add": "+", "sub": "-", "mul": "*", "div": "/", "floor_divide": "//", "remainder": "%", "pow": "**",
    "matmul": "@", "eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=",
}  # fmt: skip
"""Ops that PyTorch users write as an operator."""


@dataclass(frozen=True)
class Creation:
    """A way to make a tensor from nothing; `values` and `shape` say which of the two it reads."""

    name: str
    function: Callable[..., Any]
    help: str
    values_help: str = ""
    shape: bool = False
    random: bool = False

    def facts(self) -> StatementOp:
        """As a palette shows it."""
        needs: list[Need] = []
        if self.values_help:
            needs.append("values")
        if self.shape:
            needs.append("shape")
        takes: list[Field] = [*needs, "dtype", *(("seed",) if self.random else ()), "requires_grad"]
        return StatementOp(
            name=self.name, family="creation", help=self.help, least_inputs=0, most_inputs=0,
            takes=takes, needs=needs, values_help=self.values_help,
        )  # fmt: skip


CREATION = {
    made.name: made
    for made in (
        Creation("tensor", engine.tensor, "numbers, as nested lists", "nested lists, as [[1, 2], [3, 4]]"),
        Creation("zeros", engine.zeros, "zeros", shape=True),
        Creation("ones", engine.ones, "ones", shape=True),
        Creation("full", engine.full, "one number everywhere", "the number", shape=True),
        Creation("rand", engine.rand, "drawn evenly from [0, 1)", shape=True, random=True),
        Creation("randn", engine.randn, "drawn from the normal distribution", shape=True, random=True),
        Creation("randint", engine.randint, "integers drawn evenly from low up to, not including, high",
                 "low, high", shape=True, random=True),
        Creation("arange", engine.arange, "numbers from start up to, not including, end", "start, end, step"),
        Creation("linspace", engine.linspace, "numbers spread evenly from start to end", "start, end, steps"),
        Creation("eye", engine.eye, "ones on the diagonal", "rows, columns"),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Operation:
    """An op of the registry as one line calls it.

    `further` are the integers it needs besides `dim`; one of them alone may hold several (`packed`).
    `written` says where PyTorch has it.
    """

    name: str
    function: Callable[..., Any]
    family: str
    help: str
    tensors: int
    listed: bool
    written: Written
    dim: bool
    needs_dim: bool
    keepdim: bool
    further: tuple[str, ...]
    packed: bool

    @property
    def takes_number(self) -> bool:
        """Whether its second operand may be a number, given as `values`."""
        return self.tensors == 2 and self.family in ELEMENTWISE

    @property
    def least_inputs(self) -> int:
        """How many tensors it needs."""
        return 1 if self.takes_number else self.tensors

    @property
    def most_inputs(self) -> int:
        """How many tensors it takes."""
        return MOST_TENSORS if self.listed else self.tensors

    def facts(self) -> StatementOp:
        """As a palette shows it."""
        takes: list[Field] = []
        needs: list[Need] = []
        if self.further:
            takes.append("values")
            needs.append("values")
        elif self.takes_number:
            takes.append("values")
        if self.dim:
            takes.append("dim")
        if self.needs_dim:
            needs.append("dim")
        if self.keepdim:
            takes.append("keepdim")
        return StatementOp(
            name=self.name, family=self.family, help=self.help, least_inputs=self.least_inputs,
            most_inputs=self.most_inputs, takes=takes, needs=needs,
            values_help=", ".join(self.further) or ("a number" if self.takes_number else ""),
        )  # fmt: skip


def _operation(name: str, entry: Any) -> Operation | None:
    """The entry as a statement can call it; None where one line of ours cannot say its arguments."""
    signature = entry.signature
    functional = entry.internal and entry.family == "activation" and name in vars(F)
    is_public = functional or (not entry.internal and (entry.method or signature.listed))
    in_front = signature.params[0] in FIRST and "dim" not in signature.params[: signature.n_tensors]
    if name in LEFT_OUT or entry.family not in FAMILIES or not (is_public and in_front):
        return None
    # A function of `nn.functional` has defaults for all that its op needs.
    rest = dict(zip(signature.params, signature.defaults, strict=True)) if not functional else {}
    names = [argument for argument in rest if argument not in signature.params[: signature.n_tensors]]
    needed = [argument for argument in names if rest[argument] is REQUIRED]
    if not 1 <= signature.n_tensors <= MOST_TENSORS or "args" in names:
        return None
    further = tuple(argument for argument in needed if argument != "dim")
    return Operation(
        name=name,
        function=vars(F)[name] if functional else entry.public,
        family=entry.family,
        help=entry.doc,
        tensors=signature.n_tensors,
        listed=signature.listed,
        written="torch.nn.functional" if functional else _written(entry),
        dim="dim" in names,
        needs_dim="dim" in needed,
        keepdim="keepdim" in names,
        further=further,
        packed=len(further) == 1
        and (further[0] in SEVERAL or signature.packs_at == signature.params.index(further[0])),
    )


def _written(entry: Any) -> Written:
    several = entry.signature.listed or entry.signature.n_tensors > 1
    return "torch" if several and entry.family not in ("shape", "convert") else "method"


OPS = {name: found for name, entry in REGISTRY.items() if (found := _operation(name, entry)) is not None}
