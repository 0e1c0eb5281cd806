"""What the socket carries: event `frame`, one in flight per client, the newest replaces the waiting one.

Scalars are JSON; all arrays of a frame lie in its one `blob` of bytes (one attachment, not one each).
Nothing in JSON is NaN: it is null.
Curves are deltas since what the client has acknowledged; views are the newest, sent when they changed.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from playground.protocol.replies import Problem
from playground.protocol.requests import Phase

RunState = Literal[
    "starting", "running", "paused", "finished", "stopped", "diverged", "failed"
]


class Wire(BaseModel):
    """Base of every part of a frame."""

    model_config = ConfigDict(extra="forbid")


class Array(Wire):
    """An array in C order, little-endian, `offset` bytes into the frame's `blob` (a multiple of 8)."""

    dtype: Literal["f4", "f8", "i4", "u1"]
    shape: list[int]
    offset: int


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


class Histogram(Wire):
    low: float
    high: float
    counts: Array


class LayerView(Wire):
    """One layer at this moment; null where a layer has no parameters or nothing was computed yet.

    `strip` is a window [rows ≤ 4, columns ≤ 32] of its output on the probe batch, f4.
    """

    id: str
    name: str
    weight_norm: float | None
    gradient_norm: float | None
    update_ratio: float | None
    weights: Histogram | None
    gradients: Histogram | None
    strip: Array | None


class BoundaryView(Wire):
    """The model over the plane, row 0 at the top (largest y).

    Classification: `winner` u1 class index and `confidence` f4 in [0, 1]; regression: `value` f4.
    """

    x: tuple[float, float]
    y: tuple[float, float]
    winner: Array | None = None
    confidence: Array | None = None
    value: Array | None = None


class FitView(Wire):
    """1-D regression: the model's line, and slope and intercept where the model is one line."""

    x: Array
    y: Array
    slope: float | None = None
    intercept: float | None = None


class ConfusionView(Wire):
    """Validation samples (training ones where none are held out): rows true, columns predicted, i4."""

    classes: list[str]
    counts: Array
    of: Literal["validation", "training"]


class PredictionsView(Wire):
    """Some validation samples with the model's answer.

    Images: `images` u1 [n, h, w]. `truth` and `predicted` are f4 (class index or value).
    """

    images: Array | None
    truth: Array
    predicted: Array
    confidence: Array | None


class BatchView(Wire):
    """The batch the last step used: positions in the training set, i4 (empty for a streaming set)."""

    index: int
    of: int
    size: int
    samples: Array


class Views(Wire):
    layers: list[LayerView] | None = None
    boundary: BoundaryView | None = None
    fit: FitView | None = None
    confusion: ConfusionView | None = None
    predictions: PredictionsView | None = None
    batch: BatchView | None = None


class Progress(Wire):
    """Counters. `epoch` is the number of finished epochs, `step` of finished optimizer updates."""

    epoch: int
    step: int
    epochs: int
    phase: Phase | None
    steps_per_second: float | None
    lr: float
    speed: float | None


class Frame(Wire):
    """One frame of one run; `seq` grows. `scalars`: `training loss`, `validation loss`, `accuracy`, `r2`.

    `curves` has the same names and, for each layer with parameters, `gradient norm/<layer id>`,
    `weight norm/<layer id>` and `update ratio/<layer id>`; only curves and views that changed are sent.
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
