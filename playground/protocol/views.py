"""What a frame shows of the model at this moment: one field of `Views` for each probe.

A view has at most `playground.training.probes.pack.MOST_BYTES` bytes of arrays; what is larger is cut.
"""

from typing import Literal

from playground.protocol.inside import (
    ActivationsView,
    FiltersView,
    ModesView,
    NeuronsView,
    OptimizerView,
    StepView,
)
from playground.protocol.replies import Advice
from playground.protocol.wire import Array, Histogram, Wire


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


class BatchRows(Wire):
    """The first rows of the current batch, at most 64, as the data set has them.

    `x` f4 [rows, features ≤ 64] in the units of the data; null for images, which are `images`
    u1 [rows, h, w]. `y` f4 [rows]: class index or value.
    """

    x: Array | None
    images: Array | None
    y: Array


class BatchView(Wire):
    """The batch that the last phase worked on, and the DataLoader that gave it.

    `index` is its number in the epoch, from 0, `of` the batches of an epoch, `size` its samples, `samples`
    their positions in the training set, i4 (empty for a stream). `samples_in_set` is 0 for a stream.
    Batches have `batch_size` samples, the last of an epoch `last_size`; `dropped` samples are left out of
    each epoch by `drop_last`. `order` i4, at most 1,024: the positions as this epoch's sampler gives them,
    from its place `order_start` on, so that the current batch lies inside; null before the first batch and
    for a stream. `epoch` is the number of the epoch under way, from 1; `step` the finished updates;
    `samples_seen` the samples of all batches taken so far, this one included. `note` says why this batch is
    shorter than the others, where it is. `rows` is null before the first batch.
    """

    index: int
    of: int
    size: int
    samples: Array
    style: Literal["map", "iterable", "stream"]
    shuffle: bool
    drop_last: bool
    workers: int
    samples_in_set: int
    batch_size: int
    last_size: int
    dropped: int
    epoch: int
    step: int
    samples_seen: int
    note: str
    order: Array | None
    order_start: int
    rows: BatchRows | None


class Views(Wire):
    """Only what changed since the client's last frame, and what somebody watches; the rest is null."""

    layers: list[LayerView] | None = None
    boundary: BoundaryView | None = None
    fit: FitView | None = None
    confusion: ConfusionView | None = None
    predictions: PredictionsView | None = None
    batch: BatchView | None = None
    step: StepView | None = None
    activations: ActivationsView | None = None
    filters: FiltersView | None = None
    neurons: NeuronsView | None = None
    optimizer: OptimizerView | None = None
    modes: ModesView | None = None
    advice: list[Advice] | None = None
