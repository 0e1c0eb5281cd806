"""What REST routes answer."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from playground.experiment.fixes import Fix
from playground.experiment.spec import Argument, Experiment

Task = Literal["classification", "regression"]
Target = Literal["class index", "0/1", "real"]
Stepped = Literal["batch", "epoch", "validation loss"]
"""When a schedule takes its next step: after each update, after each epoch, or there by the loss."""


class Reply(BaseModel):
    """Base of every reply."""

    model_config = ConfigDict(extra="forbid")


class Problem(Reply):
    """Something wrong, at the field that caused it.

    `where` is a path into the experiment (`layers/2/args/p`, `data/batch_size`, `loss`) or empty.
    """

    where: str
    message: str
    fix: str | None = None
    severity: Literal["error", "warning"] = "error"


class Advice(Reply):
    """Something that works and is hardly meant so, with the reason and, where there is one, the way out.

    `rule` names what spoke, `where` is a path into the experiment, `layer` the id of the row it is about,
    `source` what the rule rests on, at the address `link`.
    """

    rule: str
    where: str
    layer: str | None
    title: str
    reason: str
    source: str
    link: str
    fix: Fix | None


class ErrorReply(Reply):
    """Every 4xx answer: at least one problem."""

    problems: list[Problem]


class Parameter(Reply):
    """One argument of a layer, loss, optimizer, schedule or data set, as a control needs it.

    A `pair` is two numbers, each within the bounds; `numbers` are one for each of the model's outputs.
    """

    name: str
    kind: Literal["int", "float", "bool", "choice", "pair", "numbers"]
    default: Argument | None = None
    low: float | None = None
    high: float | None = None
    choices: list[str] = []
    inferred: bool = False
    help: str = ""


class Entry(Reply):
    """One thing of a palette: what it is called, where it stands, its arguments.

    `target` is a loss's, `stepped` a schedule's.
    """

    type: str
    group: str
    help: str
    parameters: list[Parameter]
    target: Target | None = None
    stepped: Stepped | None = None


class DatasetEntry(Reply):
    """One data set: its arguments, and the preset that is loaded with it."""

    name: str
    kind: Literal["plane", "line", "image", "table"]
    streaming: bool
    task: Task
    help: str
    parameters: list[Parameter]
    preset: Experiment


class ViewEntry(Reply):
    """One probe and its view: its name in `Views` and in `watch`, its title, and what it measures.

    `shown_in` is the tab of the inspector (or the place on the page) where it is seen; `interval` is the
    least time in seconds between two measurements while the run is going, 0 is at every report.
    """

    name: str
    title: str
    help: str
    shown_in: str
    interval: float


class Catalog(Reply):
    """The palettes, and what can be watched of a run."""

    protocol: int
    layers: list[Entry]
    losses: list[Entry]
    optimizers: list[Entry]
    schedules: list[Entry]
    datasets: list[DatasetEntry]
    views: list[ViewEntry]


class LayerFacts(Reply):
    """What one unmuted layer does to shapes. `name` counts per type, muted ones too: `Linear 2`."""

    id: str
    name: str
    input_shape: list[int]
    output_shape: list[int]
    parameters: int
    equation: str
    inferred: dict[str, int]
    code: str


class DataFacts(Reply):
    """What the data is, known without making it."""

    kind: Literal["plane", "line", "image", "table"]
    task: Task
    streaming: bool
    input_shape: list[int]
    classes: list[str]
    features: list[str]
    target: str
    training_samples: int
    validation_samples: int
    batches: int
    last_batch: int


class LearningRates(Reply):
    """The learning rate over a whole run, before it: `rates[i]` holds from `steps[i]` finished updates on.

    What depends on the loss is not known before: then only the first rate is there. At most 512 points.
    """

    stepped: Stepped
    steps: list[int]
    rates: list[float]


class CheckReply(Reply):
    """An experiment seen through: normalised, with shapes, counts, problems and the code of its parts.

    `schedule` is null where the experiment has none, or none that works. `advice` is what can be said
    without training; the rest is the view `advice` of a run.
    """

    experiment: Experiment
    data: DataFacts | None
    layers: list[LayerFacts]
    parameters: int
    problems: list[Problem]
    can_play: bool
    default_speed: float
    schedule: LearningRates | None
    code: dict[Literal["data", "loader", "model", "loss", "optimizer", "schedule", "clipping"], str]
    advice: list[Advice] = []


class LearningRateReply(Reply):
    """A learning rate range test: the loss after one step at each rate, from the smallest on.

    `smooth` has each loss averaged with its neighbours, `first` is the loss before all steps, null where it
    is not finite. `suggestion` is null where the loss fell at no rate; `reason` explains either in words. The
    test ends where the loss blows up, so `rates` may stop early.
    """

    rates: list[float]
    losses: list[float]
    smooth: list[float]
    first: float | None
    suggestion: float | None
    reason: str


class DataPreview(Reply):
    """A data set to look at. Points of both splits; `x` row by row, at most 1,000 rows.

    plane: x is [n, 2]; line: [n, 1]; table: [n, features]; image: [n, 64] for 8×8.
    `y` is a class index or a real value; `validation` says which rows are held out.
    """

    facts: DataFacts
    x: list[list[float]]
    y: list[float]
    validation: list[bool]
    notes: list[str]


class CsvColumn(Reply):
    """One column of an uploaded CSV."""

    name: str
    kind: Literal["number", "category"]
    missing: int
    distinct: int
    example: str


class CsvReply(Reply):
    """An uploaded CSV: what was found in it, and the data setting that would use it."""

    name: str
    size: int
    sha256: str
    rows: int
    columns: list[CsvColumn]
    target: str
    task: Task
    notes: list[str]
    preset: Experiment


class RunReply(Reply):
    """A run as REST sees it; everything live comes over the socket. Frames below `seq` are older.

    A branch has the `parent` that it began from, after `branched_at` updates; `notes` say what of the parent
    could not be carried over, and why. `race` is the id of the race that it takes part in. `learning_rate` is
    the one that was last set by hand, in it or before it in its parent; null where it is the experiment's.
    """

    run: str
    state: str
    seq: int
    experiment: Experiment
    learning_rate: float | None
    name: str
    parent: str | None
    branched_at: int
    race: str | None
    notes: list[str]


class Prediction(Reply):
    """The model of this moment, asked. One row per input."""

    step: int
    outputs: list[list[float | None]]
    probabilities: list[list[float | None]] | None = None
    classes: list[str] = []


class ScriptReply(Reply):
    """An exported script."""

    name: str
    code: str
    equal_until: int | None = None
    notes: list[str] = []


class VerifyReply(Reply):
    """A verification under way or done; `difference` is the largest absolute one between the two curves."""

    state: Literal["running", "equal", "different", "failed"]
    steps: int
    of: int
    losses: list[float | None]
    difference: float | None = None
    step_of_difference: int | None = None
    message: str = ""
