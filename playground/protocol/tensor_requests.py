"""What the Tensors workspace is asked. Every request holds the whole program: the server keeps none.

`POST /api/tensors` TensorsRequest → TensorsReply, `…/explain` ExplainRequest → ExplainReply, `…/vjp`
VjpRequest → VjpReply, `…/fit` FitRequest → FitReply, `…/data` UseAsDataRequest → CsvReply, `GET …/ops` →
TensorOps; `POST /api/runs/<run>/inspect` InspectRequest → InspectReply.
"""

from typing import Annotated, Literal

from pydantic import Field

from playground.protocol.requests import Request

MAX_CODE = 100_000
"""Characters of a program."""

Name = Annotated[str, Field(max_length=200)]
Code = Annotated[str, Field(max_length=MAX_CODE)]
Index = Annotated[int, Field(ge=0, le=2**31)]


class GridWindow(Request):
    """Which part of a tensor to show: an index for each leading dimension, and the first row and column."""

    slices: Annotated[list[Index], Field(max_length=64)] = Field(default_factory=list)
    row: Index = 0
    column: Index = 0


class TensorsRequest(Request):
    """Run a program from the start. `windows` are by card name; `gradcheck` names a scalar result."""

    code: Code
    windows: Annotated[dict[Name, GridWindow], Field(max_length=200)] = Field(default_factory=dict)
    gradcheck: Name | None = None


class ExplainRequest(Request):
    """Where one element of a call's result comes from; `output` says which result, if several."""

    code: Code
    call: Index
    element: Annotated[list[Index], Field(max_length=64)]
    output: Index = 0


class VjpRequest(Request):
    """The derivative of one node of the tape, with its numbers."""

    code: Code
    node: Index


class FitRequest(Request):
    """Which ops take these tensors of the program, in this order."""

    code: Code
    names: Annotated[list[Name], Field(min_length=1, max_length=3)]


class UseAsDataRequest(Request):
    """Make a table of two tensors: `x` of shape (N, features), `y` of shape (N,) or (N, 1)."""

    code: Code
    x: Name
    y: Name


class InspectRequest(Request):
    """Bring tensors of a run here: a layer's weights, gradients and output, or the current batch."""

    what: Literal["layer", "batch"]
    layer: Name | None = None
