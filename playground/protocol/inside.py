"""The inside of training, as views: one step taken apart, activations, filters, neurons, optimizer, modes."""

from typing import Literal

from playground.protocol.requests import Phase
from playground.protocol.wire import Array, Corner, Histogram, Wire


class Term(Wire):
    """One named number of an explanation, and how it is made; `how` and `numbers` are empty for what is just
    there.

    `exp_avg`, −0.0034, `β₁ · exp_avg + (1 − β₁) · gradient`, `0.9 · −0.012 + 0.1 · 0.074`.
    """

    name: str
    value: float | None
    how: str
    numbers: str


class ParameterGradient(Wire):
    """The gradient of one parameter (`weight`, `bias`) since the last `zero_grad`."""

    name: str
    gradient: Corner


class StepLayer(Wire):
    """One layer in the step under way; null where the phases so far have not come to it.

    `output` is what it made of the training batch (dropout and all); `output_gradient` the gradient of the
    loss with respect to that, of the last backward alone. `gradients` are those of its parameters.
    """

    id: str
    name: str
    output: Corner | None
    output_gradient: Corner | None
    gradients: list[ParameterGradient]


class LossTerm(Wire):
    """One sample's part of the loss, written out.

    `sample` is its position in the training set (in the batch, for a stream), `output` what the model said
    (at most 16 numbers), `target` the class index or value, `value` its loss before the reduction, `written`
    the formula with the numbers put in: `−log(0.83) = 0.186`.
    """

    sample: int
    output: list[float | None]
    target: float
    value: float | None
    written: str


class LossView(Wire):
    """The loss of the batch, written out.

    `formula` is that of one sample; `reduction` says how `count` samples' terms become `value`, `sum` is the
    formula of that with numbers in it. `values` f4 [≤ 1,024] are the samples' terms, `terms` the 8 largest.
    """

    name: str
    formula: str
    reduction: str
    count: int
    value: float | None
    sum: str
    values: Array
    terms: list[LossTerm]


class ParameterUpdate(Wire):
    """What `step` did to one parameter, and why, at the element that changed most.

    `index` is that element's; `terms` lead from the gradient to the change, in the order in which the
    optimizer works them out, for the 32 parameters with the largest change of one element. `moved` is the
    norm of the whole change, `changed` the share of elements that changed at all. `before` and `after`
    f4 [rows, columns] are the same corner of the parameter. Null is not finite.
    """

    layer: str
    name: str
    shape: list[int]
    index: list[int]
    old: float | None
    new: float | None
    terms: list[Term]
    moved: float | None
    changed: float
    before: Array
    after: Array


class Clipped(Wire):
    """What `clip_grad_norm_` was given: the `norm` of all gradients together, and the `limit` for it."""

    norm: float | None
    limit: float


class StepView(Wire):
    """What each phase of the step under way has changed so far.

    `step` is the number of the update that it makes, from 1; `phase` the last phase that was run.
    `backwards` counts the backwards whose gradients have piled up since the last `zero_grad`: 1 is usual.
    `clipped` is null where the update did not clip; gradients of a finished step are those it followed.
    `note` says in a sentence what is out of the ordinary (gradients piling up, a step without gradients).
    `recorded` is false where the step was taken before anybody watched: then only counters are true.
    """

    step: int
    phase: Phase | None
    backwards: int
    note: str
    clipped: Clipped | None
    recorded: bool
    layers: list[StepLayer]
    loss: LossView | None
    updates: list[ParameterUpdate]


class ActivationHistory(Wire):
    """A layer's histograms over time: `counts` u1 [times, bins], each row scaled so that its most is 255.

    `steps` i4 [times], `low` and `high` f4 [times]: the range of each row's bins.
    """

    steps: Array
    low: Array
    high: Array
    counts: Array


class ActivationLayer(Wire):
    """What one layer makes of the probe batch, in evaluation mode.

    `zero` is the share of zeros. `dead` (ReLU) is the share of its units that are zero for every sample,
    `dead_units` u1 [units ≤ 256] which ones. `saturated` (Tanh, Sigmoid) is the share of outputs in
    the outer 2.5 % at either end of the range. `gradient` is the root mean square of the loss's gradient with
    respect to this output: where it is tiny towards the front, gradients vanish. `weight_gradient` is the
    root mean square of what the run's last backward left in `.grad` of the layer's parameters.
    """

    id: str
    name: str
    shape: list[int]
    low: float | None
    high: float | None
    mean: float | None
    std: float | None
    zero: float | None
    dead: float | None
    dead_units: Array | None
    saturated: float | None
    gradient: float | None
    weight_gradient: float | None
    histogram: Histogram | None
    history: ActivationHistory | None


class ActivationsView(Wire):
    """Every layer's activations on `samples` held-out samples. `vanishing` names the layer ids whose gradient
    is less than a thousandth of what it is in a later layer."""

    samples: int
    layers: list[ActivationLayer]
    vanishing: list[str]


class FilterLayer(Wire):
    """The weights of one layer as an image, or what it makes of the chosen sample as images.

    `kind` `matrix`: `weight` f4 [out, in]; `filters`: `weight` f4 [filters, channels, height, width]; `maps`:
    no weights, only maps. `weight_shape` is the whole. `low` and `high` are over the whole weight.
    `maps` f4 [channels, height, width]; `map_shape` is the whole, `map_low` and `map_high` over the whole.
    """

    id: str
    name: str
    kind: Literal["matrix", "filters", "maps"]
    weight: Array | None
    weight_shape: list[int]
    low: float | None
    high: float | None
    maps: Array | None
    map_shape: list[int]
    map_low: float | None
    map_high: float | None


class FiltersView(Wire):
    """Weights and feature maps of one sample. `sample` is its position in the set `of`.

    `input` f4 [height, width] for images, [features ≤ 64] else, as the model gets it. `low`, `high`,
    `map_low` and `map_high` are over all layers: the global scale.
    """

    sample: int
    of: Literal["validation", "training"]
    input: Array
    low: float | None
    high: float | None
    map_low: float | None
    map_high: float | None
    layers: list[FilterLayer]


class NeuronLayer(Wire):
    """One Linear layer of a small dense network, its units seen after the activations that follow it.

    `id` and `name` are the Linear's, `activation` the name of the last activation that follows (empty: none).
    `units` is how many there are, the arrays have the first ones. `pictures` u1 [units, side, side], row 0 at
    the top: 128 is 0, and ±127 is ±`scale` f4 [units]. `weight` and `weight_gradient` f4 [units, inputs], of
    the units of the layer before (for the first: the features); `bias` and `bias_gradient` f4 [units].
    """

    id: str
    name: str
    activation: str
    units: int
    pictures: Array
    scale: Array
    weight: Array
    weight_gradient: Array | None
    bias: Array | None
    bias_gradient: Array | None


class NeuronsView(Wire):
    """A small dense network over the plane: each unit's own picture, and the edges between units.

    `x` and `y` are the pictures' ranges in the units of the data. `input_pictures` as `NeuronLayer.pictures`.
    """

    x: tuple[float, float]
    y: tuple[float, float]
    features: list[str]
    input_pictures: Array
    layers: list[NeuronLayer]


class OptimizerLayer(Wire):
    """What the optimizer keeps and does for one layer's parameters, all together.

    `steps` is how many updates they had. `state` are Euclidean norms of what is kept per element (`exp_avg`,
    `momentum_buffer`, …). `update_norm` and `update_ratio` (over the weights' norm before) are the last
    measured update's. `effective_low`, `effective_median`, `effective_high`: |change| ÷ |gradient| over the
    elements with a gradient, the learning rate each element really had in the last update.
    """

    id: str
    name: str
    steps: int
    state: dict[str, float | None]
    weight_norm: float | None
    gradient_norm: float | None
    update_norm: float | None
    update_ratio: float | None
    effective_low: float | None
    effective_median: float | None
    effective_high: float | None


class OptimizerView(Wire):
    """The optimizer of this moment. `options` are its own besides `lr`.

    `healthy` is the band in which update-to-weight ratios usually lie, `healthy_source` who says so.
    """

    type: str
    lr: float
    options: dict[str, float | bool | str | list[float] | None]
    healthy: tuple[float, float]
    healthy_source: str
    layers: list[OptimizerLayer]


class ModeOutcome(Wire):
    """The model asked in one mode: `output` f4 [rows ≤ 8, columns ≤ 16] for the first rows of the batch.

    `grad_fn` is the node that made it, null without a tape.
    """

    mode: Literal["train()", "eval()", "no_grad()"]
    output: Array | None
    grad_fn: str | None


class ModeLayer(Wire):
    """A layer that works differently in `train()` and `eval()`; null where its kind has no such thing.

    Dropout: `p`, `mask` u1 [rows ≤ 8, units ≤ 64] of the last training forward (1 kept, 0 dropped), `kept`
    the share of all units kept in it. Batch norm: `momentum`, `batches` tracked, running statistics and those
    of the last training batch, f4 [channels ≤ 64] each (`batch_var` biased, as the forward uses it).
    """

    id: str
    name: str
    kind: Literal["dropout", "batch norm"]
    p: float | None
    kept: float | None
    mask: Array | None
    momentum: float | None
    batches: int | None
    running_mean: Array | None
    running_var: Array | None
    batch_mean: Array | None
    batch_var: Array | None


class ModesView(Wire):
    """The model in `train()`, `eval()` and under `no_grad()`, for the last training batch.

    The `train()` outcome is the recorded one: nothing is drawn again. Where no step was recorded it is
    `rehearsed`: made now with the last batch, and undone. `difference` is the largest between
    `train()` and `eval()` over the rows shown. `layers` are those that make it, empty where none does.
    """

    training: bool
    rehearsed: bool
    step: int
    difference: float | None
    outcomes: list[ModeOutcome]
    layers: list[ModeLayer]
