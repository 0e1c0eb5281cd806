"""An experiment seen through while it is edited."""

from functools import partial

from flask import Blueprint, Response

from playground.api import body, reply
from playground.experiment.check import check
from playground.experiment.spec import Experiment
from playground.guard import owner
from playground.services import services

blueprint = Blueprint("experiments", __name__)


@blueprint.post("/api/experiments/check")
def check_experiment() -> Response:
    """Shapes, counts, code and every problem at its field; 200 also when there are problems."""
    here = services()
    return reply(check(body(Experiment), partial(here.files.get, owner()), here.settings.limits))
