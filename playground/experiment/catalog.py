"""The palettes: which of the engine's classes are offered, and under which heading.

Only names, headings and starting values for what PyTorch gives no default stand here. Arguments, bounds
and help are read from the classes; adding a layer is one line.
"""

from dataclasses import dataclass, field
from functools import cache

from engine import nn, optim
from playground.data.registry import DATASETS
from playground.experiment.arguments import Argument, first_line, read
from playground.experiment.spec import Argument as Value
from playground.protocol import PROTOCOL
from playground.protocol.replies import Catalog, DatasetEntry, Entry


@dataclass(frozen=True)
class Listed:
    """A name's place in its palette, and what a new one starts with."""

    group: str
    starts: dict[str, Value] = field(default_factory=dict)


def under(group: str, **starts: Value) -> Listed:
    """Listed under the heading `group`; `starts` are starting values of required arguments."""
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
    "Softmax": under("Activation"),
    "BatchNorm1d": under("Normalisation"),
    "BatchNorm2d": under("Normalisation"),
    "LayerNorm": under("Normalisation"),
    "Dropout": under("Regularisation"),
}
LOSSES = {
    "CrossEntropyLoss": under("Classification"),
    "BCEWithLogitsLoss": under("Classification"),
    "MSELoss": under("Regression"),
    "L1Loss": under("Regression"),
}
OPTIMIZERS = {
    "SGD": under("Plain"),
    "Adagrad": under("Adaptive"),
    "RMSprop": under("Adaptive"),
    "Adam": under("Adaptive"),
    "AdamW": under("Adaptive"),
}


def layer_class(name: str) -> type[nn.Module]:
    """The layer of this name. Raises KeyError for one that is not offered."""
    LAYERS[name]
    return getattr(nn, name)


def loss_class(name: str) -> type[nn.Module]:
    """The loss of this name. Raises KeyError for one that is not offered."""
    LOSSES[name]
    return getattr(nn, name)


def optimizer_class(name: str) -> type[optim.Optimizer]:
    """The optimizer of this name. Raises KeyError for one that is not offered."""
    OPTIMIZERS[name]
    return getattr(optim, name)


@cache
def arguments(cls: type) -> dict[str, Argument]:
    """The arguments of an offered class, by name, in the order of its signature."""
    listed = LAYERS.get(cls.__name__)
    return read(cls, listed.starts if listed else {})


def entry(cls: type, listed: Listed) -> Entry:
    """How a class appears in its palette."""
    return Entry(
        type=cls.__name__,
        group=listed.group,
        help=first_line(cls),
        parameters=[argument.parameter for argument in arguments(cls).values()],
        target=getattr(cls, "target", None),
    )


def catalog() -> Catalog:
    """All palettes."""
    return Catalog(
        protocol=PROTOCOL,
        layers=[entry(layer_class(name), listed) for name, listed in LAYERS.items()],
        losses=[entry(loss_class(name), listed) for name, listed in LOSSES.items()],
        optimizers=[entry(optimizer_class(name), listed) for name, listed in OPTIMIZERS.items()],
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
    )
