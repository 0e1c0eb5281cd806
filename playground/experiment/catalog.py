"""The palettes: which of the engine's classes are offered, and under which heading.

Only names, headings and starting values for what PyTorch gives no default stand here, and what a loss makes
of the model's outputs. Arguments, bounds and help are read from the classes; adding a layer is one line.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import ModuleType
from typing import Any, Literal

from engine import nn, optim, tensor
from playground.data.registry import DATASETS
from playground.experiment.arguments import Argument, first_line, read
from playground.experiment.spec import Argument as Value
from playground.experiment.spec import Chosen
from playground.protocol import PROTOCOL
from playground.protocol.replies import Catalog, DatasetEntry, Entry, Stepped, ViewEntry


@dataclass(frozen=True)
class Listed:
    """A name's place in its palette, and what a new one starts with; when a schedule takes its steps."""

    group: str
    starts: dict[str, Value] = field(default_factory=dict)
    stepped: Stepped | None = None


Outputs = Literal["scores", "log-probabilities", "probabilities", "values"]
"""What the model's outputs are to a loss: of classes before or after a softmax or sigmoid, or real values."""


@dataclass(frozen=True, kw_only=True)
class Loss(Listed):
    """A loss, what it takes the model's outputs for, and how the loss of one sample is written.

    `after` is the layer that makes of scores what it takes. `formula` is in words of code, `term` with the
    sample's numbers: `{p}` is the probability of its target, `{output}` the output that counts,
    `{difference}` that and the target with a minus between.
    """

    takes: Outputs
    after: str | None = None
    formula: str
    term: str

    @property
    def threshold(self) -> float:
        """Above this the one output says yes."""
        return 0.5 if self.takes == "probabilities" else 0.0


def under(group: str, **starts: Value) -> Listed:
    """Listed under the heading `group`; `starts` are values for what PyTorch gives no default."""
    return Listed(group, starts)


LAYERS = {
    "Linear": under("Dense", out_features=16),
    "Flatten": under("Dense"),
    "Conv2d": under("Convolution", out_channels=8, kernel_size=3),
    "MaxPool2d": under("Convolution", kernel_size=2),
    "AvgPool2d": under("Convolution", kernel_size=2),
    "ReLU": under("Activation"),
    "LeakyReLU": under("Activation"),
    "Tanh": under("Activation"),
    "Sigmoid": under("Activation"),
    "GELU": under("Activation"),
    "Softmax": under("Activation", dim=1),
    "LogSoftmax": under("Activation", dim=1),
    "BatchNorm1d": under("Normalisation"),
    "BatchNorm2d": under("Normalisation"),
    "LayerNorm": under("Normalisation"),
    "Dropout": under("Regularisation"),
}
LOSSES = {
    "CrossEntropyLoss": Loss(
        "Classification", takes="scores", formula="−log(softmax(output)[target])", term="−log({p})"
    ),
    "NLLLoss": Loss(
        "Classification",
        takes="log-probabilities",
        after="LogSoftmax",
        formula="−output[target]",
        term="−({output})",
    ),
    "BCEWithLogitsLoss": Loss(
        "Classification",
        takes="scores",
        formula="−log(σ(output)) for 1, −log(1 − σ(output)) for 0",
        term="−log({p})",
    ),
    "BCELoss": Loss(
        "Classification",
        takes="probabilities",
        after="Sigmoid",
        formula="−log(output) for 1, −log(1 − output) for 0, at most 100",
        term="−log({p})",
    ),
    "MSELoss": Loss("Regression", takes="values", formula="(output − target)²", term="({difference})²"),
    "L1Loss": Loss("Regression", takes="values", formula="|output − target|", term="|{difference}|"),
}
OPTIMIZERS = {
    "SGD": under("Plain"),
    "Adagrad": under("Adaptive"),
    "RMSprop": under("Adaptive"),
    "Adam": under("Adaptive"),
    "AdamW": under("Adaptive"),
}


SCHEDULES = {
    "StepLR": Listed("Every epoch", {"step_size": 30}, "epoch"),
    "ExponentialLR": Listed("Every epoch", {"gamma": 0.98}, "epoch"),
    "CosineAnnealingLR": Listed("Every epoch", {"T_max": 100}, "epoch"),
    "LinearLR": Listed("Every epoch", {}, "epoch"),
    "OneCycleLR": Listed("Every step", {"max_lr": 0.1}, "batch"),
    "ReduceLROnPlateau": Listed("By the validation loss", {}, "validation loss"),
}


def layer_class(name: str) -> type[Any]:
    """The layer of this name. Raises KeyError for one that is not offered."""
    return _offered(nn, LAYERS, name)


def loss_class(name: str) -> type[Any]:
    """The loss of this name; its `target` says what it compares with. Raises KeyError as above."""
    return _offered(nn, LOSSES, name)


def criterion(loss: Chosen) -> nn.Module:
    """The loss itself. Raises KeyError as above, and what its class raises."""
    known = arguments(loss.type)
    tensors = {name for name in loss.args if known[name].parameter.kind == "numbers"}
    given = {name: tensor(value) if name in tensors else value for name, value in loss.args.items()}
    made: nn.Module = loss_class(loss.type)(**given)
    return made


def of_scores(loss: str) -> str:
    """The loss that compares with the same targets and takes scores, or real values. KeyError as above."""
    target = loss_class(loss).target
    plain = (name for name, listed in LOSSES.items() if listed.takes in ("scores", "values"))
    return next(name for name in plain if loss_class(name).target == target)


def optimizer_class(name: str) -> type[Any]:
    """The optimizer of this name. Raises KeyError as above."""
    return _offered(optim, OPTIMIZERS, name)


def schedule_class(name: str) -> type[Any]:
    """The learning rate scheduler of this name. Raises KeyError as above."""
    return _offered(optim.lr_scheduler, SCHEDULES, name)


def _offered(module: ModuleType, palette: Mapping[str, Listed], name: str) -> type[Any]:
    if name not in palette:
        raise KeyError(name)
    return getattr(module, name)


@cache
def arguments(name: str) -> dict[str, Argument]:
    """The arguments of an offered class, by name, in the order of its signature. Raises KeyError as above."""
    if name in LAYERS:
        return read(layer_class(name), LAYERS[name].starts)
    if name in SCHEDULES:
        return read(schedule_class(name), SCHEDULES[name].starts)
    return read(loss_class(name) if name in LOSSES else optimizer_class(name))


def entries(palette: Mapping[str, Listed], find: Callable[[str], type[Any]]) -> list[Entry]:
    """A palette as the page shows it."""
    return [
        Entry(
            type=name,
            group=listed.group,
            help=first_line(find(name)),
            parameters=[argument.parameter for argument in arguments(name).values()],
            target=getattr(find(name), "target", None),
            stepped=listed.stepped,
        )
        for name, listed in palette.items()
    ]


def catalog(views: Sequence[ViewEntry]) -> Catalog:
    """All palettes, and `views`: what can be watched of a run."""
    return Catalog(
        protocol=PROTOCOL,
        layers=entries(LAYERS, layer_class),
        losses=entries(LOSSES, loss_class),
        optimizers=entries(OPTIMIZERS, optimizer_class),
        schedules=entries(SCHEDULES, schedule_class),
        datasets=[
            DatasetEntry(
                name=dataset.name,
                kind=dataset.kind,
                streaming=dataset.streaming,
                task=dataset.task,
                help=dataset.help,
                parameters=list(dataset.parameters),
                preset=dataset.preset,
            )
            for dataset in DATASETS.values()
        ],
        views=list(views),
    )
