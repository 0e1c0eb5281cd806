"""The Tensors workspace: run a program, explain what it did, and what fits its tensors."""

from flask import Blueprint, Response
from pydantic import BaseModel

from playground.api import RefusedError, body, refuse, reply
from playground.data.errors import DataError
from playground.guard import owner
from playground.protocol import tensor_requests as asked
from playground.services import services
from playground.workbench import WorkbenchFailedError, WorkbenchIsBusyError

blueprint = Blueprint("tensors", __name__, url_prefix="/api/tensors")


@blueprint.get("/ops")
def ops() -> Response:
    """The palette."""
    return _answer("ops")


@blueprint.post("")
def run() -> Response:
    """Run a program. What is wrong with it is in the reply, at its line."""
    return _answer("run", body(asked.TensorsRequest))


@blueprint.post("/explain")
def explain() -> Response:
    """Where one element of a call's result comes from."""
    return _answer("explain", body(asked.ExplainRequest))


@blueprint.post("/vjp")
def vjp() -> Response:
    """The derivative of one node of the tape, with its numbers."""
    return _answer("vjp", body(asked.VjpRequest))


@blueprint.post("/fit")
def fit() -> Response:
    """Which ops take the chosen tensors."""
    return _answer("fit", body(asked.FitRequest))


@blueprint.post("/data")
def use_as_data() -> Response:
    """Two tensors as a CSV file of this session, as if it had been uploaded."""
    from playground.data.upload import describe  # pandas takes longer to load than the whole server

    table = _asked("data", body(asked.UseAsDataRequest))
    try:
        return reply(describe(services().files.add(owner(), "tensors.csv", table.encode())))
    except DataError as error:
        raise RefusedError(422, [error.problem]) from None


def _answer(kind: str, request: BaseModel | None = None) -> Response:
    return Response(_asked(kind, request), mimetype="application/json")


def _asked(kind: str, request: BaseModel | None = None) -> str:
    try:
        return services().workbench.ask(kind, request)
    except WorkbenchIsBusyError:
        refuse(503, "The workbench is busy with other programs.", fix="try again in a moment")
    except WorkbenchFailedError as error:
        refuse(422, str(error), "code", fix="use smaller tensors")
