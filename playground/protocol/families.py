"""What REST routes answer about the runs of a session: which came from which, how they differ, their cost."""

from playground.experiment.spec import Experiment
from playground.protocol.frames import RunState
from playground.protocol.replies import Reply, RunReply


class Difference(Reply):
    """One setting that two experiments have not in common, in words.

    `where` is its path in the experiment (`optimizer/args/lr`; of a layer `layers/<id>/…`), `label` what the
    page calls it; `here` and `there` its values, null where it does not exist.
    """

    where: str
    label: str
    here: str | None
    there: str | None


class Spent(Reply):
    """What a run did itself: a branch does not count what its parent did, and nobody counts repetitions.

    `seconds` is wall time in steps and evaluations, `cpu_seconds` the processor's. `samples` were taken from
    the loader, `parameters` are the model's.
    """

    steps: int
    epochs: float
    samples: int
    seconds: float
    cpu_seconds: float
    parameters: int


class RunSummary(Reply):
    """One run of a session. `step` of `furthest` updates: fewer, and it looks back.

    `differences` are those to its parent, or to the first run of its race.
    """

    run: str
    name: str
    state: RunState
    experiment: Experiment
    parent: str | None
    branched_at: int
    race: str | None
    step: int
    furthest: int
    epoch: int
    epochs: int
    scalars: dict[str, float | None]
    differences: list[Difference]
    spent: Spent


class RunsReply(Reply):
    """The runs of this session that are still known, oldest first."""

    runs: list[RunSummary]


class RaceReply(Reply):
    """A race: its id, and its runs in the order of the experiments."""

    race: str
    runs: list[RunReply]
