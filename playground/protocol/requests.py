"""What REST routes and socket events are asked."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from playground.experiment.spec import Data, Experiment, Seed


class Request(BaseModel):
    """Base of every request: unknown keys and non-finite numbers are errors."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class PreviewRequest(Request):
    """Show this data."""

    data: Data


RequestId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
Speed = Annotated[float, Field(gt=0, le=1e6)]
StepNumber = Annotated[int, Field(ge=0, le=10**9)]
Unit = Annotated[int, Field(ge=0, le=10**9)]


class StartRequest(Request):
    """Start a run. The same `request_id` twice is one run; `replaces` is stopped first."""

    experiment: Experiment
    request_id: RequestId
    play: bool = True
    steps_per_second: Speed | None = None
    replaces: str | None = None


class BranchRequest(Request):
    """Start a run that begins in the state of another one after `step` updates, with this experiment."""

    step: StepNumber
    experiment: Experiment
    request_id: RequestId
    play: bool = True
    steps_per_second: Speed | None = None


class RaceRequest(Request):
    """Start 2 to 4 runs that play from the same moment on, once all of them are built."""

    experiments: Annotated[list[Experiment], Field(min_length=2, max_length=4)]
    request_id: RequestId
    steps_per_second: Speed | None = None


Phase = Literal["zero_grad", "forward", "loss", "backward", "step"]


class Command(Request):
    """One command to a run, taken at the next step boundary.

    `play`, `pause`, `step_batch`, `step_epoch`, `stop`; `phase` runs one of the five;
    `restore` goes back to the last good state after a divergence.
    """

    do: Literal["play", "pause", "step_batch", "step_epoch", "stop", "restore"]


class PhaseCommand(Request):
    do: Literal["phase"]
    phase: Phase


class LearningRateCommand(Request):
    do: Literal["set_lr"]
    lr: Annotated[float, Field(ge=0, le=1e6)]


class SpeedCommand(Request):
    """`steps_per_second` null is as fast as possible."""

    do: Literal["set_speed"]
    steps_per_second: Speed | None


class SeekCommand(Request):
    """Go to the state after `step` updates, back or forth, and pause there."""

    do: Literal["seek"]
    step: StepNumber


class EditCommand(Request):
    """Set one number of a weight or bias, named as in the model's `state_dict` (`0.weight`).

    In the middle of a step, that step begins again with the new number.
    """

    do: Literal["edit"]
    parameter: Annotated[str, Field(pattern=r"^\d{1,4}\.[A-Za-z_][A-Za-z0-9_]{0,39}$")]
    index: Annotated[list[Annotated[int, Field(ge=0, le=10**9)]], Field(max_length=8)]
    value: Annotated[float, Field(ge=-1e9, le=1e9)]


class MuteCommand(Request):
    """Make a unit of a layer's output (a neuron, a channel) zero from now on, or let it speak again.

    `layer` is the id of the row.
    """

    do: Literal["mute"]
    layer: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
    unit: Unit
    on: bool


AnyCommand = Annotated[
    Command | PhaseCommand | LearningRateCommand | SpeedCommand | SeekCommand | EditCommand | MuteCommand,
    Field(discriminator="do"),
]


Row = Annotated[list[float], Field(max_length=4096)]


class PredictRequest(Request):
    """Rows in the units of the data as shown (before any standardising)."""

    inputs: Annotated[list[Row], Field(min_length=1, max_length=256)]


class SampleRequest(Request):
    """Follow one sample through the model. `units` says by layer id of which output the formula is wanted."""

    index: Annotated[int, Field(ge=0, le=10**9)]
    split: Literal["training", "validation"] = "training"
    units: Annotated[dict[Annotated[str, Field(max_length=40)], Unit], Field(max_length=200)] = {}


class SurfaceRequest(Request):
    """Work on the loss surface of a run for a moment, and show it as far as it is.

    `again` begins a new one around the present weights; other directions or another seed do so too.
    """

    directions: Literal["random", "path"] = "random"
    seed: Seed = 0
    again: bool = False


class ScriptRequest(Request):
    """Export `experiment`; with `run`, what was done by hand during it is replayed or named."""

    experiment: Experiment
    flavour: Literal["torch", "engine"]
    run: str | None = None


class CurveCursor(Request):
    """What a client has of one curve: bucket width and how many buckets are complete."""

    width: int
    count: int


ViewNames = Annotated[frozenset[Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]], Field(max_length=64)]
"""Names of views, as in `protocol.views.Views`."""


class Subscribe(Request):
    """Socket event `subscribe`: watch a run, from what the client already has.

    Of the views only those named are sent; null is all of them. `seq` says that the client has these views
    as they were in that frame. `opened` is as in `Watch`.
    """

    run: str
    seq: int = 0
    curves: Annotated[dict[str, CurveCursor], Field(max_length=2000)] = {}
    views: ViewNames | None = None
    opened: bool = False


class Watch(Request):
    """Socket event `watch`: from now on these are the views of a subscribed run that the client shows.

    What no client shows is not measured. `opened` says that the client has the run in its Model workspace,
    even while no view is on the screen: it is the last to make room for others.
    """

    run: str
    views: ViewNames
    opened: bool = False
