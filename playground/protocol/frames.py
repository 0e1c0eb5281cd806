"""What the socket carries: event `frame`, one in flight per client, the newest replaces the waiting one.

Scalars are JSON; all arrays of a frame lie in its one `blob` of bytes (one attachment, not one each).
Nothing in JSON is NaN: it is null.
Curves are deltas since what the client has acknowledged; views are the newest, sent when they changed.
"""

from typing import Literal

from playground.protocol.replies import Problem
from playground.protocol.requests import Phase
from playground.protocol.views import Views
from playground.protocol.wire import Array, Wire

RunState = Literal[
    "starting", "running", "paused", "finished", "stopped", "diverged", "failed"
]


class CurveDelta(Wire):
    """Buckets `start` … of a curve of `total` buckets; each column is f8 of the same length.

    `width` is the number of steps a bucket spans; when it differs from the client's, `start` is 0.
    """

    width: int
    start: int
    total: int
    step: Array
    min: Array
    mean: Array
    max: Array
    last: Array


class Repeated(Wire):
    """Steps that were made again, from the kept state after `since` updates on.

    `equal` says whether each of their losses was the one of the first time, bit for bit.
    """

    since: int
    equal: bool


class Progress(Wire):
    """Counters. `epoch` is the number of finished epochs, `step` of finished optimizer updates.

    `backwards` is how often `backward` ran since the last `zero_grad`: more than one, and gradients have
    piled up. `muted` has the silent units of each layer that has some, by layer id.

    `furthest` is the most updates that the run has made: where `step` is less, it looks back. `seeking` is
    the step it is on its way to, `kept` those whose state is kept, so that they are reached at once.
    `samples`, `seconds` and `cpu_seconds` are what it has spent, as in `protocol.families.Spent`.
    """

    epoch: int
    step: int
    epochs: int
    phase: Phase | None
    steps_per_second: float | None
    lr: float
    speed: float | None
    backwards: int
    muted: dict[str, list[int]]
    furthest: int
    seeking: int | None
    kept: list[int]
    repeated: Repeated | None
    samples: int
    seconds: float
    cpu_seconds: float


class Frame(Wire):
    """One frame of one run; `seq` grows. `scalars`: `training loss`, `validation loss`, `accuracy`, `r2`.

    `curves` has the same names, `learning rate`, and for each layer with parameters
    `gradient norm/<layer id>`, `weight norm/<layer id>` and `update ratio/<layer id>`; only curves and views
    that changed are sent. Gradient norms are those that the update followed; where it clips them,
    `gradient norm before clipping` is that of all gradients together before.
    """

    protocol: int
    run: str
    seq: int
    state: RunState
    problem: Problem | None
    progress: Progress
    scalars: dict[str, float | None]
    curves: dict[str, CurveDelta]
    views: Views
    blob: bytes
