"""What the Tensors workspace answers: a program in, everything about its tensors out.

Lines count from 1; columns from 0, in UTF-16 units, as editors in browsers count them.
"""

from typing import Literal

from pydantic import Field

from playground.protocol.replies import Reply

Item = bool | int | float | str
"""An element; what JSON has no number for is text: `nan`, `inf`, `-inf`."""


class CodeProblem(Reply):
    """Something wrong at a place in the program: it stopped there, unless `severity` is `warning`."""

    line: int
    column: int
    end_line: int
    end_column: int
    message: str
    fix: str | None = None
    severity: Literal["error", "warning"] = "error"


class Grid(Reply):
    """A window of a tensor's last two dimensions.

    `value[i][j]` is the element at `[*slices, row + i, column + j]`; a vector is one row, a number 1 × 1.
    `low` and `high` are the least and the greatest finite element of the whole tensor.
    """

    slices: list[int]
    row: int
    column: int
    value: list[list[Item]]
    low: float | None
    high: float | None


class TensorCard(Reply):
    """One name of the program as it is at the end. What is no tensor has its `text` only.

    Equal `storage` is shared memory; `elements` are the places in it of what `value` shows, counted in
    elements. `parameter` is a parameter of a module, under a name like `layer.weight`. `line` is where the
    name was last given its value.
    """

    name: str
    line: int
    kind: Literal["tensor", "parameter", "module", "optimizer", "number", "text", "list", "dtype", "other"]
    text: str
    shape: list[int] = Field(default_factory=list)
    dtype: str = ""
    stride: list[int] = Field(default_factory=list)
    offset: int = 0
    contiguous: bool = True
    requires_grad: bool = False
    is_leaf: bool = True
    grad_fn: str | None = None
    version: int = 0
    storage: int | None = None
    storage_size: int = 0
    elements: list[list[int]] = Field(default_factory=list)
    value: Grid | None = None
    grad: Grid | None = None
    grad_text: str | None = None
    base: str | None = None
    relation: Literal["view of", "copy of", "same as"] | None = None


CallKind = Literal[
    "create", "elementwise", "broadcast", "reduce", "matmul", "conv", "pool", "softmax", "index", "view",
    "shape", "join", "write", "module", "other",
]  # fmt: skip


class Operand(Reply):
    """A tensor that a call took or gave, as it was right after the call; `name` where it had one."""

    name: str | None
    shape: list[int]
    dtype: str
    storage: int
    value: Grid


class Broadcast(Reply):
    """How shapes were stretched over each other, aligned from the right.

    `shapes[i][axis]` is null where input `i` has no such axis; `stretched[i][axis]` where it was repeated.
    `clash` is the axis on which they do not go together; `result` is null then.
    """

    shapes: list[list[int | None]]
    stretched: list[list[bool]]
    result: list[int] | None
    clash: int | None


class Call(Reply):
    """One op that the program ran, or tried to (`error`). `text` is the code that called it.

    `dims` are the dimensions it reduces or works along, as non-negative numbers; `wrote` the names whose
    values an in-place write changed.
    """

    id: int
    line: int
    column: int
    end_line: int
    end_column: int
    text: str
    op: str
    kind: CallKind
    inputs: list[Operand]
    outputs: list[Operand]
    broadcast: Broadcast | None = None
    dims: list[int] = Field(default_factory=list)
    keepdim: bool = False
    wrote: list[str] = Field(default_factory=list)
    error: str | None = None


class Saved(Reply):
    """A value that a node keeps for its derivative."""

    name: str
    shape: list[int]
    text: str


class TapeNode(Reply):
    """One node of the autograd graph: an op under its `grad_fn` name, or a leaf where gradients end.

    `names` are those that hold its result; `line` is 0 where the program did not name it. `grad` is the
    gradient that arrived.
    """

    id: int
    name: str
    op: str
    leaf: bool
    names: list[str]
    line: int
    shape: list[int]
    saved: list[Saved]
    formula: str
    grad: Grid | None


class TapeEdge(Reply):
    """The way of a gradient from a node (`source`) to what made its input number `input` (`target`)."""

    source: int
    target: int
    input: int
    shape: list[int]
    gradient: Grid | None
    note: str | None = None


class Tape(Reply):
    """The graph behind the last `backward()`, or behind the newest result that has one.

    `ran` says whether the program called `backward()` on it; gradients are there in both cases where the
    root has one element. `order` is the order in which backward visits the nodes.
    """

    root: int
    line: int
    ran: bool
    nodes: list[TapeNode]
    edges: list[TapeEdge]
    order: list[int]
    left_out: int = 0


class LeafCheck(Reply):
    """One leaf's gradient held against finite differences; `checked` is how many of its elements."""

    name: str
    ok: bool
    checked: int
    difference: float | None
    analytic: Grid
    numerical: Grid


class GradientCheck(Reply):
    """The gradients of a result with respect to every leaf, analytic and numerical, in float64."""

    name: str
    ok: bool
    leaves: list[LeafCheck]
    message: str = ""


class Printed(Reply):
    """What a `print` wrote."""

    line: int
    text: str


class TensorsReply(Reply):
    """A program that ran, as far as it did. `script` is the same as a PyTorch script."""

    tensors: list[TensorCard]
    calls: list[Call]
    tape: Tape | None
    output: list[Printed]
    problems: list[CodeProblem]
    script: str
    gradcheck: GradientCheck | None = None
    notes: list[str] = Field(default_factory=list)
    seconds: float


class Source(Reply):
    """The elements of input number `input` that an element came from; `count` is how many there are."""

    input: int
    indices: list[list[int]]
    count: int


class ExplainReply(Reply):
    """An element of a result: what it was made of, with the arithmetic written out."""

    call: int
    element: list[int]
    value: Item
    formula: str
    arithmetic: str
    sources: list[Source]


class VjpInput(Reply):
    """The gradient that one input of a node gets."""

    input: int
    target: int
    arithmetic: str
    gradient: Grid | None


class VjpReply(Reply):
    """The derivative of a node: its formula, our source of it, and its numbers."""

    node: int
    name: str
    formula: str
    source: str
    incoming: Grid | None
    inputs: list[VjpInput]


class TensorOp(Reply):
    """One op of the palette. `code` is a line to insert, with `{0}`, `{1}`, `{2}` for its tensors."""

    name: str
    signature: str
    help: str
    least_inputs: int
    most_inputs: int
    code: str


class OpGroup(Reply):
    """Ops that belong together."""

    name: str
    ops: list[TensorOp]


class TensorOps(Reply):
    """The palette: ways to make a tensor first, then the ops of the engine's registry."""

    groups: list[OpGroup]


class OpFit(Reply):
    """Whether an op of the palette takes the tensors chosen, and if not, why."""

    name: str
    fits: bool
    reason: str = ""


class FitReply(Reply):
    """All ops of the palette that take as many tensors as were chosen."""

    ops: list[OpFit]


class InspectReply(Reply):
    """Tensors of a run as lines of code, with their exact values, and what was cut."""

    code: str
    notes: list[str]
