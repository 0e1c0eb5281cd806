"""From the model that a branch comes from to the model that it is: what fits is carried over."""

from collections.abc import Iterator
from typing import Any

import engine as torch
from playground.experiment.schedule import SPANNING
from playground.experiment.spec import Experiment
from playground.training.build import Built
from playground.training.hand import Hand
from playground.training.trainer import Trainer

Key = tuple[str, str]
"""The id of a row, and the name of one of its parameters."""


def carry(old: Trainer, new: Trainer) -> list[str]:
    """Make `new`, which was just built, what `old` is, as far as that goes; what does not, in sentences.

    Draws from the default generator.
    """
    return [
        *_weights(old.built, new.built),
        *_optimizer(old.built, new.built),
        *_schedule(old, new),
        *_place(old, new),
    ]


def carry_muted(old: Hand, new: Hand, built: Built) -> list[str]:
    """Keep units silent, where they are still there."""
    units = {layer.id: layer.output_shape[1] for layer in built.layers if len(layer.output_shape) > 1}
    kept = {id: silent for id, silent in old.muted.items() if max(silent) < units.get(id, 0)}
    new.mute_only(kept)
    return [] if kept == old.muted else ["Units were muted in a layer that has changed: they speak again."]


def _weights(old: Built, new: Built) -> Iterator[str]:
    """By the id of the row, the name of the parameter or buffer, and its shape."""
    before = {layer.id: layer.module.state_dict() for layer in old.layers}
    for layer in new.layers:
        state = layer.module.state_dict()
        known: dict[str, torch.Tensor] = before.get(layer.id, {})
        fitting = [name for name in state if name in known and known[name].shape == state[name].shape]
        with torch.no_grad():
            for name in fitting:
                state[name].copy_(known[name])
        fresh = [name for name in state if name not in fitting]
        if fresh and not fitting:
            yield f"{layer.name} is new or has another shape: it begins with fresh weights."
        elif fresh:
            begin = "begins" if len(fresh) == 1 else "begin"
            yield f"{layer.name} has another shape: its {' and '.join(fresh)} {begin} fresh."


def _optimizer(old: Built, new: Built) -> Iterator[str]:
    """The state of every parameter that was carried over, where the algorithm is the same."""
    one, other = old.experiment.optimizer.type, new.experiment.optimizer.type
    if one != other:
        yield f"The optimizer was {one} and is {other}: it begins without a memory of earlier gradients."
        return
    states = {key: old.optimizer.state.get(parameter, {}) for key, parameter in _parameters(old)}
    shapes = {key: parameter.shape for key, parameter in _parameters(old)}
    loaded = new.optimizer.state_dict()
    for number, (key, parameter) in enumerate(_parameters(new)):
        if shapes.get(key) == parameter.shape and states[key]:
            loaded["state"][number] = states[key]
    new.optimizer.load_state_dict(loaded)


def _parameters(built: Built) -> list[tuple[Key, Any]]:
    """In the order of the optimizer."""
    return [
        ((layer.id, name), parameter)
        for layer in built.layers
        for name, parameter in layer.module.named_parameters()
    ]


def _schedule(old: Trainer, new: Trainer) -> Iterator[str]:
    """The schedule and the present learning rate, where they are led the same way."""
    if _rates(old) == _rates(new):
        new.lr = old.lr
        if new.built.scheduler is not None:
            new.built.scheduler.load_state_dict(old.built.scheduler.state_dict())
    elif new.built.scheduler is not None:
        yield f"{new.built.experiment.training.schedule.type} starts again at this step."  # type: ignore[union-attr]


def _rates(trainer: Trainer) -> tuple[object, ...]:
    """What the learning rates of a run depend on."""
    experiment = trainer.built.experiment
    schedule = experiment.training.schedule
    lr = trainer.built.optimizer.defaults["lr"]
    if schedule is None:
        return lr, None
    length = experiment.training.epochs if schedule.type in SPANNING else None
    return lr, schedule, trainer.batches, length, experiment.loss


def _place(old: Trainer, new: Trainer) -> Iterator[str]:
    """Counters, and the place in the data, where they are the same data in the same batches."""
    one, other = old.built.experiment, new.built.experiment
    counters = old.counters
    if one.loss != other.loss:
        counters = counters._replace(loss=None, scored=None)
    if _feed(one) == _feed(other):
        new.go_to(counters, old.feed.place)
        return
    new.go_to(counters._replace(loss=None, scored=None, begun=False), new.feed.place)
    yield "The data or their batches differ: their first epoch begins here."


def _feed(experiment: Experiment) -> tuple[object, ...]:
    """What batches depend on."""
    return experiment.data, experiment.training.seed if experiment.data.shuffle else None
