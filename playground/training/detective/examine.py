"""One step of a trainer, run with every op observed, up to the first number that is not finite."""

from typing import Any, NamedTuple

import numpy as np

import engine as torch
from playground.protocol.requests import Phase
from playground.training.build import BuiltLayer
from playground.training.detective.culprit import Culprit, Seen, first_bad
from playground.training.detective.update import updated
from playground.training.detective.watch import Watcher
from playground.training.probes.recorder import ParameterRecord, copied, state_of
from playground.training.trainer import PHASES, DivergedError, Trainer


class Examined(NamedTuple):
    """Step number `step` (from 1): what was found, null where all was finite, and the calls up to there."""

    step: int
    culprit: Culprit | None
    seen: list[Seen]


def examine(trainer: Trainer) -> Examined:
    """Run the step that begins now, phase by phase, until something is not finite. Changes the trainer."""
    watcher = Watcher(trainer.built)
    step = trainer.step + 1
    with np.errstate(all="ignore"), watcher:
        for phase in PHASES:
            watcher.begin(phase)
            _take(trainer, phase, watcher)
            if watcher.culprit is not None:
                break
    return Examined(step, watcher.culprit, watcher.seen)


def _take(trainer: Trainer, phase: Phase, watcher: Watcher) -> None:
    if phase == "step":
        _update(trainer, watcher)
        return
    try:
        trainer.run_phase(phase)
    except DivergedError:
        return
    finally:
        if phase == "zero_grad":
            _look_at_what_is_given(trainer, watcher)
    if phase == "backward":
        _look_at_gradients(trainer, watcher)


def _update(trainer: Trainer, watcher: Watcher) -> None:
    """The update, parameter by parameter, by the optimizer's own rule. What comes after it in the phase (a
    schedule may evaluate the model) is not watched: it makes no number of the step."""
    optimizer = trainer.built.optimizer
    named = [
        (layer, name, parameter)
        for layer in trainer.built.layers
        for name, parameter in layer.module.named_parameters()
    ]
    records: list[ParameterRecord] = []

    def remember(*_: Any) -> None:
        records.extend(
            ParameterRecord(
                before=copied(parameter),
                gradient=None if parameter.grad is None else copied(parameter.grad),
                state_before=state_of(optimizer, parameter),
            )
            for _, _, parameter in named
        )

    def look(*_: Any) -> None:
        watcher.paused += 1
        for (layer, name, parameter), record in zip(named, records, strict=True):
            record.after, record.state = copied(parameter), state_of(optimizer, parameter)
            found = updated(optimizer, layer, name, record)
            if found is not None:
                watcher.blame(found)
                return

    handles = optimizer.register_step_pre_hook(remember), optimizer.register_step_post_hook(look)
    try:
        trainer.run_phase("step")
    except DivergedError:
        return
    finally:
        for handle in handles:
            handle.remove()


def _look_at_what_is_given(trainer: Trainer, watcher: Watcher) -> None:
    """The batch and the weights, before anything is computed with them."""
    batch = "for x, y in training_loader"
    given: list[tuple[BuiltLayer | None, str, str, torch.Tensor | None]] = [
        (None, "x", batch, trainer.x),
        (None, "y", batch, trainer.y),
        *(
            (layer, name, f"model[{place}].{name}", tensor)
            for place, layer in enumerate(trainer.built.layers)
            for name, tensor in [*layer.module.named_parameters(), *layer.module.named_buffers()]
        ),
    ]
    for layer, name, line, tensor in given:
        if tensor is not None and not _finite(tensor):
            array = copied(tensor)
            watcher.blame(
                Culprit(
                    phase="forward",
                    layer=layer,
                    part="given",
                    name=name,
                    line=line,
                    op=name,
                    result=name,
                    made=array,
                    index=first_bad(array),
                    inputs={name: array},
                )
            )
            return


def _look_at_gradients(trainer: Trainer, watcher: Watcher) -> None:
    """What backwards of before and this one have added up to."""
    for layer in trainer.built.layers:
        for name, parameter in layer.module.named_parameters():
            grad = parameter.grad
            if grad is not None and not _finite(grad):
                array = copied(grad)
                watcher.blame(
                    Culprit(
                        phase="backward",
                        layer=layer,
                        part="code",
                        name="AccumulateGrad",
                        line=f"{name}.grad += gradient",
                        op="add",
                        result=f"gradient of {name}",
                        made=array,
                        index=first_bad(array),
                        inputs={f"{name}.grad": array},
                    )
                )
                return


def _finite(tensor: torch.Tensor) -> bool:
    array = tensor.detach().numpy()
    return array.dtype.kind != "f" or bool(np.isfinite(array).all())


