"""Short ways to write experiments down in tests."""

from typing import Any

from playground.data.registry import DATASETS
from playground.experiment.check import check
from playground.experiment.spec import Chosen, Experiment, Layer
from playground.settings import Limits


def layer(type: str, muted: bool = False, **args: Any) -> Layer:
    return Layer(id=f"{type}-{abs(hash(tuple(args.items()))) % 1000}", type=type, args=args, muted=muted)


def experiment(
    *layers: Layer,
    data: str = "Spiral",
    loss: str = "CrossEntropyLoss",
    optimizer: str = "Adam",
    loss_args: dict[str, Any] | None = None,
    optimizer_args: dict[str, Any] | None = None,
    epochs: int = 10,
    **data_changes: Any,
) -> Experiment:
    """The preset's data, changed, with this stack, loss and optimizer."""
    preset = DATASETS[data].preset
    return preset.model_copy(
        update={
            "data": preset.data.model_copy(update=data_changes),
            "layers": layers or preset.layers,
            "loss": Chosen(type=loss, args=loss_args or {}),
            "optimizer": Chosen(type=optimizer, args=optimizer_args or {}),
            "training": preset.training.model_copy(update={"epochs": epochs}),
        }
    )


def checked(given: Experiment, limits: Limits | None = None):
    return check(given, lambda sha256: None, limits or Limits())


def problems(given: Experiment, limits: Limits | None = None) -> list[tuple[str, str, str]]:
    """Where, message and fix of each error."""
    found = checked(given, limits).problems
    return [(p.where, p.message, p.fix or "") for p in found if p.severity == "error"]
