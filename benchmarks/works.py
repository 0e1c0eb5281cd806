"""The work measured: models with loss, optimizer and batch, as plain numpy numbers for every contender."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, Any]
BATCHES = 32


class Work(NamedTuple):
    """Layers are (name, *arguments) as in ``torch.nn``; convolutions are 3×3 with padding 1."""

    name: str
    layers: tuple[tuple[Any, ...], ...]
    loss: str
    optimizer: str
    batch: int
    input_shape: tuple[int, ...]

    @property
    def lr(self) -> float:
        """The learning rate."""
        return 0.001 if self.optimizer == "Adam" else 0.01

    @property
    def convolves(self) -> bool:
        """Whether a layer is a convolution."""
        return any(name == "Conv2d" for name, *_ in self.layers)


def dense(*sizes: int, activation: str = "ReLU") -> tuple[tuple[Any, ...], ...]:
    """Linear layers from size to size with an activation between."""
    layers: list[tuple[Any, ...]] = []
    for inputs, outputs in pairwise(sizes):
        layers += [("Linear", inputs, outputs), (activation,)]
    return tuple(layers[:-1])


def convolutional(first: int, second: int, features: int) -> tuple[tuple[Any, ...], ...]:
    """Two convolutions, each with ReLU and max-pooling, and a Linear layer to ten classes."""
    return (
        ("Conv2d", 1, first, 3, 1, 1), ("ReLU",), ("MaxPool2d", 2),
        ("Conv2d", first, second, 3, 1, 1), ("ReLU",), ("MaxPool2d", 2),
        ("Flatten",), ("Linear", features, 10),
    )


WORKS: dict[str, Work] = {
    "W1": Work("Linear(1, 1), MSE, SGD, 32", dense(1, 1), "MSELoss", "SGD", 32, (1,)),
    "W2": Work(
        "2-8-8-1 tanh, MSE, SGD, 10", dense(2, 8, 8, 1, activation="Tanh"), "MSELoss", "SGD", 10, (2,)
    ),
    "W3": Work("10-50-1 ReLU, MSE, Adam, 32", dense(10, 50, 1), "MSELoss", "Adam", 32, (10,)),
    "W4": Work(
        "64-128-64-10 ReLU, CE, Adam, 64", dense(64, 128, 64, 10), "CrossEntropyLoss", "Adam", 64, (64,)
    ),
    "W5": Work(
        "784-512-256-10 ReLU, CE, Adam, 128", dense(784, 512, 256, 10), "CrossEntropyLoss", "Adam", 128,
        (784,),
    ),
    "W6": Work(
        "1×8×8, conv 8, conv 16, CE, Adam, 64", convolutional(8, 16, 64), "CrossEntropyLoss", "Adam", 64,
        (1, 8, 8),
    ),
    "W7": Work(
        "1×28×28, conv 16, conv 32, CE, Adam, 64", convolutional(16, 32, 1568), "CrossEntropyLoss", "Adam",
        64, (1, 28, 28),
    ),
}


def weights(work: Work) -> list[Array]:
    """The first parameters, in the order and shapes of PyTorch's."""
    rng = np.random.default_rng(0)
    made: list[Array] = []
    for name, *sizes in work.layers:
        if name in ("Linear", "Conv2d"):
            inputs, outputs = sizes[:2]
            shape = (outputs, inputs) if name == "Linear" else (outputs, inputs, 3, 3)
            bound = 1 / math.sqrt(math.prod(shape[1:]))
            made += [rng.uniform(-bound, bound, s).astype(np.float32) for s in (shape, (outputs,))]
    return made


def batches(work: Work) -> list[tuple[Array, Array]]:
    """Inputs and targets; the targets depend on the inputs, so that there is something to learn."""
    rng = np.random.default_rng(1)
    made = []
    for _ in range(BATCHES):
        x = rng.standard_normal((work.batch, *work.input_shape)).astype(np.float32)
        if work.loss == "MSELoss":
            made.append((x, x.reshape(work.batch, -1)[:, :1].copy()))
        else:
            made.append((x, rng.integers(0, 10, work.batch)))
    return made


def products(work: Work) -> list[tuple[int, int, int]]:
    """(m, k, n) of every matrix product that a step cannot do without, forward and backward."""
    made: list[tuple[int, int, int]] = []
    rows, first = work.batch, True
    height = work.input_shape[1] if work.convolves else 0
    for name, *sizes in work.layers:
        if name == "MaxPool2d":
            height //= 2
        if name not in ("Linear", "Conv2d"):
            continue
        inputs, outputs = sizes[:2]
        if name == "Conv2d":
            inputs, rows = inputs * 9, work.batch * height * height
        else:
            rows = work.batch
        made += [(rows, inputs, outputs), (outputs, rows, inputs)]
        if not first:
            made.append((rows, outputs, inputs))
        first = False
    return made
