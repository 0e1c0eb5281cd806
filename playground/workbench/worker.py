"""The worker's end: runs all statements from the start and describes every tensor they made."""

import keyword
from typing import TYPE_CHECKING, Any

import engine
from playground.protocol.replies import Problem, StatementsReply, TensorFacts
from playground.protocol.requests import Statement, StatementsRequest
from playground.workbench.describe import describe
from playground.workbench.statements import Line, Space, StatementError

if TYPE_CHECKING:
    from playground.jobs.channel import Channel

RESERVED = frozenset({"torch", "print"})


def run(payload: dict[str, Any], channel: "Channel") -> dict[str, Any]:
    """Job `tensors`: a `StatementsRequest` as JSON and its bounds, to a `StatementsReply` as plain data."""
    request = StatementsRequest.model_validate_json(payload["request"])
    space = Space(payload["max_tensor_elements"], payload["max_elements"])
    return evaluate(request, space).model_dump()


def evaluate(request: StatementsRequest, space: Space) -> StatementsReply:
    """Run the statements; one that fails leaves its name unset, and the rest goes on."""
    engine.manual_seed(0)
    lines: dict[str, Line] = {}
    problems: list[Problem] = []
    for at, statement in enumerate(request.statements):
        where = f"statements/{at}"
        try:
            _check_name(statement, space)
            lines[statement.name] = space.run(statement)
        except StatementError as error:
            problems.append(Problem(where=f"{where}/{error.field}", message=str(error)))
        except (RuntimeError, TypeError, ValueError, IndexError, OverflowError) as error:
            problems.append(Problem(where=where, message=str(error), fix=getattr(error, "fix", None) or None))
        except MemoryError:
            problems.append(Problem(where=where, message="That needs more memory than a worker may use."))
    if request.backward is not None:
        problems += _backward(request.backward, space)
    facts = [_facts(name, line, space) for name, line in lines.items()]
    return StatementsReply(tensors=facts, problems=problems, script=_script(lines, request.backward, space))


def _check_name(statement: Statement, space: Space) -> None:
    name = statement.name
    if keyword.iskeyword(name) or name in RESERVED:
        raise StatementError("name", f"{name} means something else in Python: choose another name")
    if name in space.tensors:
        raise StatementError("name", f"there is a tensor {name} already: choose another name")


def _backward(name: str, space: Space) -> list[Problem]:
    tensor = space.tensors.get(name)
    if tensor is None:
        return [Problem(where="backward", message=f"there is no tensor {name}")]
    try:
        tensor.backward()
    except RuntimeError as error:
        return [Problem(where="backward", message=str(error))]
    return []


def _facts(name: str, line: Line, space: Space) -> TensorFacts:
    tensor = space.tensors[name]
    grad = tensor.grad if tensor.is_leaf else None
    return TensorFacts(
        name=name,
        code=line.code,
        shape=list(tensor.shape),
        dtype=str(tensor.dtype).rpartition(".")[2],
        requires_grad=tensor.requires_grad,
        is_leaf=tensor.is_leaf,
        grad_fn=None if tensor.grad_fn is None else tensor.grad_fn.name(),
        value=describe(tensor),
        text=repr(tensor),
        grad=None if grad is None else describe(grad),
        grad_text=None if grad is None else repr(grad),
    )


def _script(lines: dict[str, Line], backward: str | None, space: Space) -> str:
    """What to run to see the same with PyTorch."""
    head = ["import torch", ""]
    if any(line.draws for line in lines.values()):
        head += ["torch.manual_seed(0)", ""]
    tail: list[str] = []
    if backward in lines:
        leaves = [name for name in lines if space.tensors[name].is_leaf and space.tensors[name].requires_grad]
        tail = ["", f"{backward}.backward()", *(f"print({name}.grad)" for name in leaves)]
    return "\n".join([*head, *(line.code for line in lines.values()), *tail, ""])
