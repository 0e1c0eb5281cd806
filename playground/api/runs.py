"""Runs: start one, see where it stands, command it, ask its model."""

import contextlib
from pathlib import Path

from flask import Blueprint, Response
from pydantic import TypeAdapter

from playground.api import RefusedError, body, refuse, reply
from playground.experiment.check import check
from playground.experiment.spec import Experiment
from playground.guard import owner
from playground.live.errors import CannotBranch, NoSuchRun, RunError, RunIsBusy, RunIsOver, TooManyRuns
from playground.live.run import Run
from playground.protocol.answers import GradcheckReply, SampleReply, SurfaceReply
from playground.protocol.finding import FindingReply
from playground.protocol.replies import ErrorReply, Prediction, Problem, RunReply
from playground.protocol.requests import (
    AnyCommand,
    PredictRequest,
    SampleRequest,
    StartRequest,
    SurfaceRequest,
)
from playground.protocol.tensor_requests import InspectRequest
from playground.protocol.tensors import InspectReply
from playground.services import services

blueprint = Blueprint("runs", __name__)

ACKNOWLEDGED = 0.08
"""Seconds a command waits to hear that it was done; after that it is answered as taken."""

PREDICTION_SECONDS = 5.0
SAMPLE_SECONDS = 5.0
GRADCHECK_SECONDS = 15.0
FINDING_SECONDS = 40.0
SURFACE_SECONDS = 15.0
STATUS = {NoSuchRun: 404, TooManyRuns: 429, RunIsOver: 409, RunIsBusy: 503, CannotBranch: 409}
ANY_COMMAND: TypeAdapter[AnyCommand] = TypeAdapter(AnyCommand)


@blueprint.app_errorhandler(RunError)  # other rooms' routes ask for runs too
def refused(error: RunError) -> Response:
    problem = Problem(where="", message=str(error))
    return reply(ErrorReply(problems=[problem]), STATUS[type(error)])


@blueprint.post("/api/runs")
def start() -> Response:
    """Start a run. What cannot play is answered with its problems, as `check` finds them."""
    request = body(StartRequest)
    files = playable(request.experiment)
    return reply(run_reply(services().runs.start(owner(), request, files)))


@blueprint.get("/api/runs/<run>")
def get(run: str) -> Response:
    """Where a run stands."""
    return reply(run_reply(services().runs.get(owner(), run)))


@blueprint.post("/api/runs/<run>/command")
def command(run: str) -> Response:
    """Have a run do something at its next step boundary; 409 with PyTorch's words where it cannot."""
    asked = body(ANY_COMMAND)
    runs = services().runs
    if asked.do == "stop":
        stopped = runs.stop(owner(), run)
        stopped.wait_for_end(ACKNOWLEDGED)
        return reply(run_reply(stopped))
    with contextlib.suppress(RunIsBusy):
        said = runs.ask(owner(), run, asked.model_dump(), ACKNOWLEDGED)
        if "error" in said:
            refuse(409, said["error"])
    return reply(run_reply(runs.get(owner(), run)))


@blueprint.post("/api/runs/<run>/predict")
def predict(run: str) -> Response:
    """Ask the model of this moment."""
    asked = body(PredictRequest)
    message = {"do": "predict", "inputs": asked.inputs}
    answer = services().runs.ask(owner(), run, message, PREDICTION_SECONDS)
    if "error" in answer:
        refuse(422, answer["error"], "inputs")
    return reply(Prediction.model_validate(answer))


@blueprint.post("/api/runs/<run>/inspect")
def inspect(run: str) -> Response:
    """Tensors of a run as lines of code for the Tensors workspace."""
    asked = body(InspectRequest)
    message = {"do": "quote", "what": asked.what, "layer": asked.layer}
    answer = services().runs.ask(owner(), run, message, PREDICTION_SECONDS)
    if "error" in answer:
        refuse(409, answer["error"])
    return reply(InspectReply.model_validate(answer))


@blueprint.post("/api/runs/<run>/sample")
def sample(run: str) -> Response:
    """Follow one sample through the model of this moment."""
    asked = body(SampleRequest)
    answer = services().runs.ask(owner(), run, {"do": "sample", **asked.model_dump()}, SAMPLE_SECONDS)
    if "error" in answer:
        refuse(422, answer["error"], "index")
    return reply(SampleReply.model_validate(answer))


@blueprint.post("/api/runs/<run>/surface")
def surface(run: str) -> Response:
    """Work on the loss surface for a moment; to be asked again until it is done."""
    asked = body(SurfaceRequest)
    answer = services().runs.ask(owner(), run, {"do": "surface", **asked.model_dump()}, SURFACE_SECONDS)
    if "error" in answer:
        refuse(409, answer["error"], "directions")
    return reply(SurfaceReply.model_validate(answer))


@blueprint.post("/api/runs/<run>/finding")
def finding(run: str) -> Response:
    """Find the first number that was not finite in a run that has diverged."""
    answer = services().runs.ask(owner(), run, {"do": "finding"}, FINDING_SECONDS)
    if "error" in answer:
        refuse(409, answer["error"])
    return reply(FindingReply.model_validate(answer))


@blueprint.post("/api/runs/<run>/gradcheck")
def gradcheck(run: str) -> Response:
    """Hold the gradients of the present batch against differences."""
    answer = services().runs.ask(owner(), run, {"do": "gradcheck"}, GRADCHECK_SECONDS)
    if "error" in answer:
        refuse(409, answer["error"])
    return reply(GradcheckReply.model_validate(answer))


def playable(experiment: Experiment, where: str = "") -> dict[str, Path]:
    """The files of an experiment that can play. Refuses with its problems, at their places below `where`."""
    session, files = owner(), services().files
    found = check(experiment, lambda sha256: files.get(session, sha256), services().settings.limits)
    if not found.can_play:
        problems = [problem.model_copy(update={"where": where + problem.where}) for problem in found.problems]
        raise RefusedError(422, problems)
    return files_of(experiment)


def files_of(experiment: Experiment) -> dict[str, Path]:
    """The CSV of an experiment, if it has one and it is still here."""
    csv = experiment.data.csv
    path = services().files.get(owner(), csv.sha256) if csv else None
    return {csv.sha256: path} if csv and path else {}


def run_reply(run: Run) -> RunReply:
    """A run as every route answers it."""
    return RunReply(
        run=run.id,
        state=run.state,
        seq=run.seq,
        experiment=run.experiment,
        learning_rate=run.learning_rate,
        name=run.name,
        parent=run.origin.parent if run.origin else None,
        branched_at=run.branched_at,
        race=run.race,
        notes=run.notes,
    )
