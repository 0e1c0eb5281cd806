"""The tensor workbench: what a statement may say, and running statements."""

from flask import Blueprint, Response

from playground.api import body, reply
from playground.protocol.requests import TensorsRequest
from playground.services import services

blueprint = Blueprint("tensors", __name__, url_prefix="/api/tensors")


@blueprint.get("/ops")
def ops() -> Response:
    """The palette."""
    return reply(services().workbench.palette())


@blueprint.post("")
def run() -> Response:
    """Run all statements. What is wrong with one of them is in the reply, at its place."""
    return reply(services().workbench.run(body(TensorsRequest)))
