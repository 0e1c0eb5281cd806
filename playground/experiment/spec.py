"""The one description of what the user built.

The same `Experiment` is edited in the browser, checked, trained, stored, shared in the URL and exported.
It is plain data: names of things in the catalog and their arguments, never code.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

VERSION: Literal[1] = 1
MAX_LAYERS = 200
MAX_POINTS = 500
MAX_NUMBERS = 100  # a weight for each class, and a CSV may have so many

Seed = Annotated[int, Field(ge=0, le=2**31 - 1)]
Name = Annotated[str, Field(min_length=1, max_length=80)]
Whole = Annotated[int, Field(ge=-(2**63), le=2**63 - 1)]  # what travels to a worker; beyond, it is a float
Numbers = Annotated[tuple[float, ...], Field(max_length=MAX_NUMBERS)]
Argument = bool | Whole | float | Annotated[str, Field(max_length=200)] | Numbers
Arguments = Annotated[dict[Name, Argument], Field(max_length=40)]


class Part(BaseModel):
    """Base of everything in an experiment: unknown keys and non-finite numbers are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Point(Part):
    """A drawn point: coordinates in the plane and its class."""

    x: Annotated[float, Field(ge=-10, le=10)]
    y: Annotated[float, Field(ge=-10, le=10)]
    label: Annotated[int, Field(ge=0, le=7)]


class CsvFile(Part):
    """A CSV the user brought: named by content, so that a page without the file can ask for it."""

    name: Annotated[str, Field(min_length=1, max_length=255)]
    size: Annotated[int, Field(ge=0, le=2**53)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    target: Annotated[str, Field(max_length=1000)]
    task: Literal["classification", "regression"]
    ignored: tuple[Annotated[str, Field(max_length=1000)], ...] = ()
    standardize: bool = True


class Data(Part):
    """A data set, how it is split, and the DataLoader's settings."""

    name: Name
    args: Arguments = {}
    seed: Seed = 0
    validation_share: Annotated[float, Field(ge=0, le=0.9)] = 0.3
    batch_size: Annotated[int, Field(ge=1, le=4096)] = 32
    shuffle: bool = True
    drop_last: bool = False
    num_workers: Annotated[int, Field(ge=0, le=4)] = 0
    style: Literal["map", "iterable"] = "map"
    steps_per_epoch: Annotated[int, Field(ge=1, le=10_000)] = 100
    csv: CsvFile | None = None
    points: Annotated[tuple[Point, ...], Field(max_length=MAX_POINTS)] = ()


class Layer(Part):
    """One row of the stack. `id` is the browser's and lives as long as the row; a muted layer is absent."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
    type: Name
    args: Arguments = {}
    muted: bool = False


class Chosen(Part):
    """A loss or an optimizer: a name in the catalog and the arguments that differ from its defaults."""

    type: Name
    args: Arguments = {}


class Training(Part):
    """How long to train, from which seed (weights, dropout, batch order), with which learning rates.

    `schedule` is a scheduler of the catalog; null keeps the optimizer's learning rate. `clip_norm` is the
    norm that all gradients together have at most when the optimizer takes them; null leaves them as they are.
    """

    epochs: Annotated[int, Field(ge=1, le=100_000)] = 100
    seed: Seed = 0
    schedule: Chosen | None = None
    clip_norm: Annotated[float, Field(ge=1e-6, le=1e6)] | None = None


class Experiment(Part):
    """Data + model + loss + optimizer + training: everything a run depends on."""

    version: Literal[1] = VERSION
    data: Data
    layers: Annotated[tuple[Layer, ...], Field(max_length=MAX_LAYERS)]
    loss: Chosen
    optimizer: Chosen
    training: Training = Training()
