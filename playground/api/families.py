"""Runs that belong together: the list of a session's, branches, races."""

from flask import Blueprint, Response

from playground.api import body, reply
from playground.api.runs import files_of, playable, run_reply
from playground.guard import owner
from playground.live.run import Run
from playground.protocol.families import RaceReply, RunsReply, RunSummary, Spent
from playground.protocol.requests import BranchRequest, RaceRequest
from playground.services import services

blueprint = Blueprint("families", __name__)

BUILT_SECONDS = 5.0
"""What a branch may take to be built before it is answered without what it could not take over."""


@blueprint.get("/api/runs")
def runs() -> Response:
    """The runs of this session."""
    return reply(RunsReply(runs=[summary(run) for run in services().runs.of(owner())]))


@blueprint.post("/api/runs/<run>/branch")
def branch(run: str) -> Response:
    """Start a run that begins in a moment of this one."""
    parent = services().runs.get(owner(), run)
    request = body(BranchRequest)
    files = {**files_of(parent.begun), **playable(request.experiment)}
    made = services().runs.branch(owner(), run, request, files)
    made.wait_until_built(BUILT_SECONDS)
    return reply(run_reply(made))


@blueprint.post("/api/races")
def race() -> Response:
    """Start several runs at the same moment."""
    request = body(RaceRequest)
    lanes = enumerate(request.experiments)
    files = [playable(experiment, f"experiments/{lane}/") for lane, experiment in lanes]
    started = services().runs.race(owner(), request, files)
    return reply(RaceReply(race=started[0].race or "", runs=[run_reply(run) for run in started]))


def summary(run: Run) -> RunSummary:
    """A run as the list has it."""
    with run.lock:
        progress = run.progress
        steps = progress["furthest"] - run.branched_at
        return RunSummary(
            run=run.id,
            name=run.name,
            state=run.state,
            experiment=run.experiment,
            parent=run.origin.parent if run.origin else None,
            branched_at=run.branched_at,
            race=run.race,
            step=progress["step"],
            furthest=progress["furthest"],
            epoch=progress["epoch"],
            epochs=progress["epochs"],
            scalars=dict(run.scalars),
            differences=run.differences,
            spent=Spent(
                steps=steps,
                epochs=steps / run.batches,
                samples=progress["samples"],
                seconds=progress["seconds"],
                cpu_seconds=progress["cpu_seconds"],
                parameters=run.parameters,
            ),
        )
