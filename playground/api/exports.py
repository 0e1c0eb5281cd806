"""What a run leaves behind: its script, the archive that repeats it, its weights, and the proof."""

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from flask import Blueprint, Response, current_app
from flask.blueprints import BlueprintSetupState

from playground.api import RefusedError, body, refuse, reply
from playground.api.runs import refused
from playground.data.errors import DataError
from playground.experiment.check import check
from playground.experiment.spec import Experiment
from playground.export import replay
from playground.export.byhand import NOTHING, ByHand, beyond_scripts, branched, by_hand
from playground.export.script import script
from playground.export.verifications import NothingToVerify, TooManyVerifications, Verifications
from playground.guard import owner
from playground.jobs import JobFailed
from playground.live.errors import RunError, RunIsBusy, RunIsOver
from playground.live.run import Run
from playground.protocol.replies import ErrorReply, ScriptReply
from playground.protocol.requests import ScriptRequest
from playground.services import EXTENSION, Services, services

blueprint = Blueprint("exports", __name__)
blueprint.register_error_handler(RunError, refused)

ROOM = "playground exports"
WEIGHTS_SECONDS = 10.0
SETTLED_SECONDS = 5.0
ARCHIVES_AT_ONCE = 2


@dataclass(frozen=True)
class Room:
    """What this room keeps between requests: verifications, and how many archives may be in the making."""

    verifications: Verifications
    archiving: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(ARCHIVES_AT_ONCE))


@blueprint.record_once
def set_up(state: BlueprintSetupState) -> None:
    """Each app has a room of its own."""
    known: Services = state.app.extensions[EXTENSION]
    verifications = Verifications(known.backend, known.settings.limits.max_run_seconds)
    state.app.extensions[ROOM] = Room(verifications)


@blueprint.errorhandler(DataError)
def data_is_gone(error: DataError) -> Response:
    return reply(ErrorReply(problems=[error.problem]), 409)


@blueprint.post("/api/exports/script")
def make_script() -> Response:
    """The script of an experiment; with a run, what was done by hand during it is replayed or named."""
    request = body(ScriptRequest)
    experiment, done, notes = request.experiment, NOTHING, []
    if request.run is not None:
        run = services().runs.get(owner(), request.run)
        if _but_for_the_rate(run.experiment) == _but_for_the_rate(experiment):
            experiment, done = run.begun, _done(run)
        else:
            notes.append("The experiment was edited after the run began: the script is of the edited one.")
    found = check(experiment, _find(), services().settings.limits)
    if not found.can_play:
        raise RefusedError(422, found.problems)
    made = script(experiment, _find(), request.flavour, done)
    return reply(
        ScriptReply(
            name=made.name, code=made.code, equal_until=made.equal_until, notes=[*notes, *made.notes]
        )
    )


@blueprint.get("/api/runs/<run>/replay")
def make_replay(run: str) -> Response:
    """The archive for an exact replay in PyTorch, as a zip."""
    found = services().runs.get(owner(), run)
    if found.change is not None:
        refuse(409, beyond_scripts(found.change.step, found.change.name))
    job = replay.job(found.begun, _files(found))
    if not _room().archiving.acquire(blocking=False):
        refuse(429, "Other archives are being made: try again in a moment.")
    try:
        made = services().backend.call("replay", job, replay.SECONDS)
        packed = replay.archive(found.begun, _find(), made, _done(found))
    except JobFailed as error:
        refuse(503, f"The archive could not be made: {error}")
    finally:
        _room().archiving.release()
    return _download(packed, "replay.zip", "application/zip")


@blueprint.get("/api/runs/<run>/weights")
def weights(run: str) -> Response:
    """The weights of this moment as safetensors, under PyTorch's names."""
    answer = services().runs.ask(owner(), run, {"do": "weights"}, WEIGHTS_SECONDS)
    return _download(answer["weights"], "weights.safetensors", "application/octet-stream")


@blueprint.post("/api/runs/<run>/verify")
def start_verification(run: str) -> Response:
    """Run the engine script from scratch and hold its curve against the run's.

    All that the run was told before is done first: a step that was just asked for counts.
    """
    found = services().runs.get(owner(), run)
    with contextlib.suppress(RunIsOver, RunIsBusy):
        services().runs.ask(owner(), run, {"do": "settle"}, SETTLED_SECONDS)
    try:
        return reply(_room().verifications.start(found, _files(found)), 202)
    except NothingToVerify as error:
        refuse(409, str(error))
    except TooManyVerifications as error:
        refuse(429, str(error))


@blueprint.get("/api/runs/<run>/verify")
def verification(run: str) -> Response:
    """How the verification of a run stands."""
    found = _room().verifications.get(services().runs.get(owner(), run).id)
    return reply(found) if found else refuse(404, "This run has not been verified: press Verify.")


def _room() -> Room:
    found: Room = current_app.extensions[ROOM]
    return found


def _done(run: Run) -> ByHand:
    if run.change is not None:
        return branched(run.change.step, run.change.name)
    with run.lock:
        return by_hand(run.log)


def _but_for_the_rate(experiment: Experiment) -> Experiment:
    """The learning rate may be changed during a run, and then stands in the page's experiment too."""
    args = {name: value for name, value in experiment.optimizer.args.items() if name != "lr"}
    return experiment.model_copy(
        update={"optimizer": experiment.optimizer.model_copy(update={"args": args})}
    )


def _find() -> Callable[[str], Path | None]:
    """Finds the CSV files of this session."""
    files, session = services().files, owner()
    return lambda sha256: files.get(session, sha256)


def _files(run: Run) -> dict[str, Path]:
    """The CSV of a run, if it has one. Refuses with 409 where it is gone."""
    csv = run.begun.data.csv
    if csv is None:
        return {}
    path = _find()(csv.sha256)
    return {csv.sha256: path} if path else refuse(409, f"{csv.name} is no longer here: bring it again.")


def _download(content: bytes, name: str, kind: str) -> Response:
    answer = Response(content, mimetype=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
