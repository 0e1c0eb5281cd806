"""All that a run depends on between two steps: taken, and put back in place."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

import engine as torch
from playground.training.feed import Place
from playground.training.hand import Hand
from playground.training.norms import LayerNorms, Norms
from playground.training.record import Record
from playground.training.trainer import Counters, Trainer

Arrays = list[np.ndarray]
State = dict[str, Any]


@dataclass(frozen=True)
class Moment:
    """The state of a run after an update, with `deeds` of what was done by hand in it.

    `good` says that the run was well then. `model` are parameters and buffers in the order of `state_dict`;
    `gradients`, `optimizer` (numbers per element) and `options` (per group) in that of the parameters.
    `random` is the state of the default generator. `scoring` says that an evaluation was under way.
    """

    counters: Counters
    deeds: int
    good: bool
    model: Arrays
    gradients: list[np.ndarray | None]
    optimizer: list[dict[str, np.ndarray]]
    options: list[State]
    scheduler: State | None
    random: torch.Tensor
    place: Place
    muted: dict[str, list[int]]
    norms: dict[str, LayerNorms]
    scalars: dict[str, float]
    scoring: bool

    @property
    def step(self) -> int:
        """Finished updates."""
        return self.counters.step

    @property
    def key(self) -> tuple[int, int]:
        """Where it stands in the order in which a run goes through its moments."""
        return self.step, self.deeds

    @cached_property
    def size(self) -> int:
        """Bytes of its arrays."""
        return sum(array.nbytes for array in self._arrays())

    def _arrays(self) -> Iterator[np.ndarray]:
        yield from self.model
        yield from (gradient for gradient in self.gradients if gradient is not None)
        for state in self.optimizer:
            yield from state.values()


class Keeper:
    """Takes moments of a run and puts them back. Parameters and buffers stay the same objects throughout."""

    def __init__(self, trainer: Trainer, norms: Norms, record: Record, hand: Hand) -> None:
        self._trainer = trainer
        self._norms = norms
        self._record = record
        self._hand = hand
        self._parameters = [p for group in trainer.built.optimizer.param_groups for p in group["params"]]

    def take(self, good: bool) -> Moment:
        """This moment. To be called between two steps."""
        built, trainer = self._trainer.built, self._trainer
        optimizer = built.optimizer
        return Moment(
            counters=trainer.counters,
            deeds=self._record.deeds.done,
            good=good,
            model=[np.array(tensor.numpy()) for tensor in built.model.state_dict().values()],
            gradients=[None if p.grad is None else np.array(p.grad.numpy()) for p in self._parameters],
            optimizer=[
                {name: np.array(value.numpy()) for name, value in optimizer.state.get(p, {}).items()}
                for p in self._parameters
            ],
            options=[_but_params(group) for group in optimizer.param_groups],
            scheduler=None if built.scheduler is None else _copied(built.scheduler.state_dict()),
            random=torch.get_rng_state(),
            place=trainer.feed.place,
            muted=dict(self._hand.muted),
            norms=self._norms.latest,
            scalars=dict(self._record.scalars),
            scoring=self._record.is_scoring,
        )

    def put_back(self, moment: Moment) -> None:
        """Make the run what it was then."""
        self.put_back_model(moment)
        self._trainer.go_to(moment.counters, moment.place)
        if moment.scheduler is not None:
            self._trainer.built.scheduler.load_state_dict(_copied(moment.scheduler))
        for parameter, gradient in zip(self._parameters, moment.gradients, strict=True):
            parameter.grad = None if gradient is None else torch.from_numpy(gradient.copy())
        self._hand.mute_only(moment.muted)
        self._norms.latest = moment.norms
        self._record.go_to(moment.scalars, moment.scoring)
        self._record.deeds.done = moment.deeds
        torch.set_rng_state(moment.random)  # last: what begins an epoch draws from the generator

    def weights(self, moment: Moment) -> Arrays:
        """The parameters of a moment, without buffers, in the order of the model."""
        names = self._trainer.built.model.state_dict().keys()
        learned = dict(self._trainer.built.model.named_parameters())
        return [array for name, array in zip(names, moment.model, strict=True) if name in learned]

    def put_back_model(self, moment: Moment) -> None:
        """Weights, buffers and the optimizer's state alone; its options with them."""
        built = self._trainer.built
        names = built.model.state_dict().keys()
        built.model.load_state_dict(dict(zip(names, map(torch.from_numpy, moment.model), strict=True)))
        numbers = iter(range(len(self._parameters)))
        built.optimizer.load_state_dict(
            {
                "state": {
                    number: {name: torch.from_numpy(array) for name, array in state.items()}
                    for number, state in enumerate(moment.optimizer)
                    if state
                },
                "param_groups": [
                    {**options, "params": [next(numbers) for _ in group["params"]]}
                    for options, group in zip(moment.options, built.optimizer.param_groups, strict=True)
                ],
            }
        )


def _but_params(group: State) -> State:
    return {name: value for name, value in group.items() if name != "params"}


def _copied(state: State) -> State:
    """A scheduler's state: numbers, and lists that are written anew in place of the old at each step."""
    return {name: list(value) if isinstance(value, list) else value for name, value in state.items()}
