"""The tensor workbench: what a statement may say, and running statements."""

from flask import Blueprint, Response

from playground.api import body, refuse, reply
from playground.protocol.requests import StatementsRequest
from playground.services import services
from playground.workbench import WorkbenchIsBusyError

blueprint = Blueprint("tensors", __name__, url_prefix="/api/tensors")


@blueprint.get("/ops")
def ops() -> Response:
    """The palette."""
    return reply(services().workbench.palette())


@blueprint.post("")
def run() -> Response:
    """Run all statements. What is wrong with one of them is in the reply, at its place."""
    request = body(StatementsRequest)
    try:
        return reply(services().workbench.run(request))
    except WorkbenchIsBusyError:
        refuse(503, "The workbench is busy with other statements.", fix="try again in a moment")
