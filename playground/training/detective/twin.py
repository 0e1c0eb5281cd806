"""A second trainer of a run's experiment, in its process: steps are made again on it, never on the run."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import engine as torch
from playground.experiment.spec import Experiment
from playground.training.build import Built, build
from playground.training.hand import Hand
from playground.training.log import Deed
from playground.training.moment import Keeper, Moment
from playground.training.norms import Norms
from playground.training.record import Record
from playground.training.trainer import Trainer

APART = ("phases", "restore")
"""Deeds after which a run is not what the steps before make of it."""


@contextmanager
def aside() -> Iterator[None]:
    """The run's random numbers go on afterwards as if nothing had been drawn."""
    state = torch.get_rng_state()
    try:
        yield
    finally:
        torch.set_rng_state(state)


class Twin:
    """Goes to moments of the run and makes its steps again, with what was done by hand in them."""

    def __init__(self, built: Built, deeds: Sequence[Deed], experiment: Experiment | None = None) -> None:
        made = build(experiment or built.experiment, lambda sha256: None, built.prepared)
        self.trainer = Trainer(made)
        self._hand = Hand(self.trainer)
        norms = Norms(self.trainer)
        self._record = Record(self.trainer, norms)
        self._keeper = Keeper(self.trainer, norms, self._record, self._hand)
        self._record.deeds.all = list(deeds)

    def go_to(self, moment: Moment) -> None:
        """Be in the state of that moment."""
        self._keeper.put_back(moment)

    def take(self) -> Moment:
        """The state of this moment."""
        return self._keeper.take(good=False)

    def do_again(self) -> None:
        """What was done by hand after the present step."""
        deeds = self._record.deeds
        while (deed := deeds.due(self.trainer.step)) is not None:
            self._hand.do_again(deed)
            deeds.done += 1
