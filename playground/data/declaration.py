"""What a data set says about itself; `registry.py` declares one after the other in these words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from playground.experiment.arguments import Argument as Offered
from playground.experiment.spec import Argument, Chosen, Data, Experiment, Layer, Training
from playground.protocol.replies import Parameter, Task

Kind = Literal["plane", "line", "image", "table"]
Arrays = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class DataSet:
    """One data set. `source` says what `make` is, and with it how the data is made and exported.

    generated: `make(**arguments, rng=rng)` draws the samples;
    streamed: the same, again and again, without end;
    bundled: `make()` reads them from scikit-learn, which is imported only then;
    drawn: `make(points)` turns the user's points into arrays;
    file: `make(path, …)` reads the user's table, which is split before it is encoded.
    """

    name: str
    kind: Kind
    task: Task
    source: Literal["generated", "streamed", "bundled", "file", "drawn"]
    help: str
    make: Callable[..., Any]
    preset: Experiment
    parameters: tuple[Parameter, ...] = ()
    input_shape: tuple[int, ...] = (2,)
    samples: int = 0
    classes: tuple[str, ...] = ()
    features: tuple[str, ...] = ("x₀", "x₁")
    target: str = "class"

    @property
    def streaming(self) -> bool:
        return self.source == "streamed"

    @property
    def offered(self) -> dict[str, Offered]:
        """The arguments by name, to hold given ones against."""
        return {p.name: Offered(p) for p in self.parameters}

    def arguments(self, data: Data) -> dict[str, Any]:
        """The arguments of `data`, with this set's defaults where it gives none."""
        return {p.name: data.args.get(p.name, p.default) for p in self.parameters}


def number(
    name: str, default: float, low: float, high: float, help: str, kind: Literal["int", "float"] = "float"
) -> Parameter:
    """A numeric argument of a data set."""
    return Parameter(name=name, kind=kind, default=default, low=low, high=high, help=help)


def samples(default: int = 500) -> Parameter:
    """The argument every generator has."""
    help = "How many samples are drawn, training and validation together."
    return number("samples", default, 10, 100_000, help, "int")


def noise(default: float, help: str = "Standard deviation of the points' displacement.") -> Parameter:
    """The other argument every generator has."""
    return number("noise", default, 0, 2, help)


STANDARDIZE = Parameter(
    name="standardize",
    kind="bool",
    default=True,
    help="Shift and scale every column to mean 0 and standard deviation 1, measured on the training samples.",
)


def layer(type: str, **args: Argument) -> Chosen:
    """A layer of a preset."""
    return Chosen(type=type, args=args)


def linear(out_features: int) -> Chosen:
    """The most frequent one."""
    return layer("Linear", out_features=out_features)


def preset(
    name: str,
    *layers: Chosen | str,
    loss: str = "CrossEntropyLoss",
    optimizer: str = "Adam",
    lr: float = 0.01,
    epochs: int = 100,
    **data: Any,
) -> Experiment:
    """The experiment that is loaded with a data set; a layer without arguments is its bare name."""
    chosen = [Chosen(type=layer) if isinstance(layer, str) else layer for layer in layers]
    arguments: dict[str, Argument] = {"lr": lr}
    return Experiment(
        data=Data(name=name, seed=1, **data),
        layers=tuple(
            Layer(id=f"layer-{i}", type=layer.type, args=layer.args) for i, layer in enumerate(chosen, 1)
        ),
        loss=Chosen(type=loss),
        optimizer=Chosen(type=optimizer, args=arguments),
        training=Training(epochs=epochs, seed=1),
    )
