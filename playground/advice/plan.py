"""Evidence before anything is trained: the experiment, and what its check found out."""

from collections.abc import Iterator
from dataclasses import dataclass

from playground.experiment.arguments import Argument
from playground.experiment.catalog import LOSSES, arguments, loss_class
from playground.experiment.shapes import layer_names
from playground.experiment.spec import Argument as Value
from playground.experiment.spec import Experiment, Layer
from playground.protocol.replies import CheckReply, DataFacts, LayerFacts, Target

NOT_COMPUTING = frozenset({"Flatten", "Dropout"})
"""Layers that only lay out, drop or pass on what they get."""


@dataclass(frozen=True)
class Placed:
    """An unmuted layer: its row at `position` of the stack, and its shapes."""

    row: Layer
    position: int
    facts: LayerFacts

    @property
    def id(self) -> str:
        return self.row.id

    @property
    def type(self) -> str:
        return self.row.type

    @property
    def name(self) -> str:
        """`Linear 2`."""
        return self.facts.name

    @property
    def where(self) -> str:
        return f"layers/{self.position}"

    @property
    def known(self) -> dict[str, Argument]:
        """The arguments that its class takes."""
        return arguments(self.type)

    def argument(self, name: str) -> Value | None:
        """The value of an argument, given or the class's own."""
        return self.row.args.get(name, self.known[name].default)


@dataclass(frozen=True)
class Plan:
    """What is to be trained.

    `data` is null where it cannot be had; `layers` ends before a layer at fault, and `complete` says whether
    there is none.
    """

    experiment: Experiment
    data: DataFacts | None
    layers: tuple[Placed, ...]
    complete: bool

    @property
    def last(self) -> Placed | None:
        """The layer whose output the loss is given; null where the stack is empty, or has a fault."""
        return self.layers[-1] if self.layers and self.complete else None

    @property
    def last_computing(self) -> Placed | None:
        """The last layer that computes something: behind it are at most `Flatten` and `Dropout`."""
        computing = [layer for layer in self.layers if layer.type not in NOT_COMPUTING]
        return computing[-1] if computing and self.complete else None

    @property
    def scoring(self) -> Placed | None:
        """What gives the scores: the last layer that computes, but for the activation that the loss needs."""
        computing = [layer for layer in self.layers if layer.type not in NOT_COMPUTING]
        if computing and self.loss in LOSSES and computing[-1].type == LOSSES[self.loss].after:
            computing.pop()
        return computing[-1] if computing and self.complete else None

    @property
    def loss(self) -> str:
        return self.experiment.loss.type

    @property
    def climbs(self) -> bool:
        """Whether the optimizer goes up the gradient of the loss."""
        return self.experiment.optimizer.args.get("maximize") is True

    @property
    def target(self) -> Target | None:
        """The kind of target that the loss compares with; null where there is no such loss."""
        return loss_class(self.loss).target if self.loss in LOSSES else None

    @property
    def outputs(self) -> int | None:
        """How many numbers the loss takes of each sample, null where that is not known."""
        if self.target is None or self.data is None:
            return None
        return len(self.data.classes) if self.target == "class index" else 1

    @property
    def fits(self) -> bool:
        """Whether the output has the shape that the loss needs."""
        last = self.last
        return last is not None and last.facts.output_shape == [self.experiment.data.batch_size, self.outputs]

    def neighbours(self) -> Iterator[tuple[Placed, Placed]]:
        """Each layer with the one behind it."""
        return zip(self.layers, self.layers[1:], strict=False)


def plan_of(experiment: Experiment, data: DataFacts | None, facts: list[LayerFacts]) -> Plan:
    """The evidence in what a check, or a fold, has found."""
    found = {fact.name: fact for fact in facts}
    rows = enumerate(zip(experiment.layers, layer_names(experiment.layers), strict=True))
    layers = tuple(
        Placed(row, position, found[name])
        for position, (row, name) in rows
        if name in found and not row.muted
    )
    unmuted = sum(not row.muted for row in experiment.layers)
    return Plan(experiment, data, layers, complete=len(layers) == unmuted)


def plan_of_check(check: CheckReply) -> Plan:
    return plan_of(check.experiment, check.data, check.layers)
