"""An experiment seen through while it is edited."""

import threading
from functools import partial

from flask import Blueprint, Response, current_app
from flask.blueprints import BlueprintSetupState

from playground.advice.advise import advised
from playground.api import RefusedError, body, refuse, reply
from playground.experiment.check import check
from playground.experiment.spec import Experiment
from playground.guard import owner
from playground.jobs import JobFailed
from playground.protocol.replies import LearningRateReply
from playground.services import services
from playground.training import finder

blueprint = Blueprint("experiments", __name__)

ROOM = "playground experiments"
SEARCHES_AT_ONCE = 2


@blueprint.record_once
def set_up(state: BlueprintSetupState) -> None:
    """Each app has a room of its own: how many searches may be under way."""
    state.app.extensions[ROOM] = threading.Semaphore(SEARCHES_AT_ONCE)


@blueprint.post("/api/experiments/check")
def check_experiment() -> Response:
    """Shapes, counts, code, advice and every problem at its field; 200 also when there are problems."""
    here = services()
    found = check(body(Experiment), partial(here.files.get, owner()), here.settings.limits)
    return reply(advised(found))


@blueprint.post("/api/experiments/learning-rate")
def find_learning_rate() -> Response:
    """Try many learning rates on a model of its own, and suggest one. No run is touched."""
    experiment, find = body(Experiment), partial(services().files.get, owner())
    found = check(experiment, find, services().settings.limits)
    if not found.can_play:
        raise RefusedError(422, found.problems)
    csv = experiment.data.csv
    path = find(csv.sha256) if csv else None
    job = finder.job(experiment, {csv.sha256: path} if csv and path else {})
    searches: threading.Semaphore = current_app.extensions[ROOM]
    if not searches.acquire(blocking=False):
        refuse(429, "Other searches are under way: try again in a moment.")
    try:
        answer = services().backend.call("find_lr", job, finder.SECONDS)
    except JobFailed as error:
        refuse(503, f"The learning rates could not be tried: {error}")
    finally:
        searches.release()
    return reply(LearningRateReply.model_validate(answer))
