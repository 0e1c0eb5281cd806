"""Small experiments that train in milliseconds."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import engine as torch
from playground.experiment.spec import Chosen, Data, Experiment, Layer, Training
from playground.training.build import build
from playground.training.trainer import Trainer

Row = tuple[str, dict[str, Any]]
CLASSIFIER: tuple[Row, ...] = (("Linear", {"out_features": 8}), ("ReLU", {}), ("Linear", {"out_features": 2}))


def stack(rows: tuple[Row, ...]) -> tuple[Layer, ...]:
    return tuple(Layer(id=f"row-{i}", type=type, args=args) for i, (type, args) in enumerate(rows))


def spiral(
    *rows: Row,
    lr: float = 0.05,
    optimizer: str = "SGD",
    epochs: int = 3,
    seed: int = 5,
    loss: str = "CrossEntropyLoss",
    loss_args: dict[str, Any] | None = None,
    **data: Any,
) -> Experiment:
    """Two spirals of 40 samples: 32 to train on, 4 batches of 8, and 8 held out."""
    settings = {"args": {"samples": 40}, "validation_share": 0.2, "batch_size": 8, **data}
    return Experiment(
        data=Data(name="Spiral", seed=3, **settings),
        layers=stack(rows or CLASSIFIER),
        loss=Chosen(type=loss, args=loss_args or {}),
        optimizer=Chosen(type=optimizer, args={"lr": lr}),
        training=Training(epochs=epochs, seed=seed),
    )


def line(*rows: Row, epochs: int = 3, **data: Any) -> Experiment:
    """The tutorial's line: 40 samples, 32 to train on in 4 batches of 8."""
    settings = {"args": {"samples": 40}, "validation_share": 0.2, "batch_size": 8, **data}
    return Experiment(
        data=Data(name="Linear regression", seed=3, **settings),
        layers=stack(rows or (("Linear", {"out_features": 1}),)),
        loss=Chosen(type="MSELoss"),
        optimizer=Chosen(type="SGD", args={"lr": 0.03}),
        training=Training(epochs=epochs, seed=5),
    )


def clipped(experiment: Experiment, limit: float | None) -> Experiment:
    """The same, with its gradients clipped to a norm of `limit`."""
    training = experiment.training.model_copy(update={"clip_norm": limit})
    return experiment.model_copy(update={"training": training})


@contextmanager
def flushed() -> Iterator[None]:
    """Denormal numbers are 0, as in a run's worker; hypothesis cannot draw numbers meanwhile."""
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)


def trainer(experiment: Experiment) -> Trainer:
    return Trainer(build(experiment, lambda sha256: None))


def losses(trained: Trainer, steps: int) -> list[float | None]:
    return [trained.run_step() for _ in range(steps)]
