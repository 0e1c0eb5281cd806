"""What the model of a run answers to a closer look: one sample's way, a check of the gradients."""

from typing import Literal

from playground.protocol.replies import Reply

Number = float | None
"""None where it is not finite."""


class SampleStage(Reply):
    """One layer's output for the sample, in evaluation mode: `shape` without the batch, `values` in C order.

    At most 4,096 values. `formula` is how the layer makes output number `unit`, `numbers` the same with the
    sample's own. `gradient_norm` is that of the sample's own loss over this layer's parameters, and
    `gradient_share` its part of the sum of these norms over its batch; null for a layer without parameters.
    """

    id: str
    name: str
    shape: list[int]
    values: list[Number]
    unit: int
    formula: str
    numbers: str
    gradient_norm: Number
    gradient_share: Number


class SamplePlace(Reply):
    """Where a training sample is in this epoch: in batch `batch` (from 0) at `place` of `size`."""

    batch: int
    batches: int
    place: int
    size: int


class SampleReply(Reply):
    """One sample's way through the model of this moment.

    `input` is what the model takes (standardised), `truth` a class index or a value in the data's units.
    `place` is null for a held-out sample, and where the order of the epoch is not known: before its first
    step, and for a streaming set. The shares are null without a batch, or where it is too large to be asked
    for each sample (more than 256).
    """

    step: int
    index: int
    split: Literal["training", "validation"]
    shape: list[int]
    input: list[Number]
    stages: list[SampleStage]
    truth: float
    predicted: Number
    probabilities: list[Number] | None
    classes: list[str]
    loss: Number
    loss_formula: str
    place: SamplePlace | None
    gradient_norm: Number
    gradient_share: Number


class GradcheckParameter(Reply):
    """One parameter's check: the element where the two gradients differ most for their size.

    `checked` of its `elements` were compared, all or a random selection; `error` is
    |analytic − numerical| / (1e-5 + 1e-3 · |numerical|), and more than 1 is a failure.
    """

    layer: str
    name: str
    parameter: str
    index: list[int]
    analytic: Number
    numerical: Number
    error: Number
    passed: bool
    checked: int
    elements: int


class SurfaceReply(Reply):
    """The loss on a plane through the weights after `step` updates, as far as it is worked out.

    `losses[j][i]` is the loss at `first[i]`, `second[j]`; null where it is not finite or not there yet.
    Points come coarse to fine; `done` is their share. The origin is the model itself. `path` has for each
    known moment of the run its step, its place along both directions, and its loss. `shares` says how much of
    the path's variance each direction explains, null where they are random.
    """

    step: int
    directions: Literal["random", "path"]
    shares: tuple[float, float] | None
    done: float
    first: list[float]
    second: list[float]
    losses: list[list[float | None]]
    path: list[tuple[int, float, float, float | None]]


class GradcheckReply(Reply):
    """The gradients of the present batch held against central differences, in float64 on a copy.

    Dropout drops the same units in every pass. It takes at most about two seconds; `seconds` is how long.
    """

    step: int
    samples: int
    passed: bool
    parameters: list[GradcheckParameter]
    seconds: float
