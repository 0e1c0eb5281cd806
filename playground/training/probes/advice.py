"""What the rules of advice have to say about this run and its data."""

import math
from functools import cache
from typing import Any

import numpy as np

import engine as torch
from playground.advice.advise import Patience, about_course, about_samples
from playground.advice.course import Course, Curve, LayerCourse
from playground.advice.plan import plan_of
from playground.advice.samples import Samples, constant_loss
from playground.data.datasets import as_target
from playground.experiment.shapes import fold
from playground.protocol.replies import Advice
from playground.training.build import Built, BuiltLayer
from playground.training.observe import with_gradients
from playground.training.probes.activations import MOST_NUMBERS, dead_units
from playground.training.probes.pack import rms
from playground.training.probes.subject import Measure, Probe, Subject

FEWEST, SAMPLES = 32, 256
MOST_PRODUCTS = 2**26
"""Samples times parameters of one look: a wide model is looked at with fewer samples."""


def make(subject: Subject) -> Measure:
    """A list of `Advice`: about the data at once, about the training as soon as it is sure."""
    built = subject.built
    shape = (built.experiment.data.batch_size, *built.prepared.facts.input_shape)
    plan = plan_of(built.experiment, built.prepared.facts, fold(built.experiment.layers, shape).facts)
    samples = Samples(plan, *training_samples(built), built.prepared.y_validation)
    x, y = looked_at(built, samples)
    patience = Patience()

    @cache
    def of_data() -> tuple[float, list[Advice]]:
        return constant_of(built, samples.y), about_samples(samples)

    def measure() -> list[dict[str, Any]]:
        constant, about_data = of_data()
        made, gradients = with_gradients(built, x, y)
        step = subject.trainer.step
        layers = tuple(
            layer_course(subject, layer, output, gradient)
            for layer, output, gradient in zip(built.layers, made, gradients, strict=True)
        )
        course = Course(
            plan=plan,
            step=step,
            batches=subject.trainer.batches,
            lr=subject.trainer.lr,
            lr_since=lr_since(subject),
            constant=constant,
            losses=Curve(*subject.trend.until("training loss", step)),
            held_out=Curve(*subject.trend.until("validation loss", step)),
            layers=layers,
            muted=bool(subject.muted()),
        )
        said = patience.hear(about_course(course), step, going=subject.recorder.running())
        return [advice.model_dump(mode="json") for advice in [*about_data, *said]]

    return measure


def training_samples(built: Built) -> tuple[np.ndarray, np.ndarray]:
    """What there is to train on; of a stream, what was drawn to validate with."""
    prepared = built.prepared
    if len(prepared.x_train):
        return prepared.x_train, prepared.y_train
    return prepared.x_validation, prepared.y_validation


def constant_of(built: Built, y: np.ndarray) -> float:
    """The loss of the best constant answer, in the units of the run's loss."""
    loss = built.experiment.loss
    batch = built.experiment.data.batch_size if loss.args.get("reduction") == "sum" else None
    weights = next((value for value in loss.args.values() if isinstance(value, tuple)), None)
    return constant_loss(y, built.target, loss.type, batch, weights)


def looked_at(built: Built, samples: Samples) -> tuple[torch.Tensor, torch.Tensor]:
    """Half of them to train on, half held out, as far as there are so many and the model is not too wide."""
    numbers = sum(math.prod(layer.output_shape[1:]) for layer in built.layers)
    parameters = sum(parameter.numel() for parameter in built.model.parameters())
    few = max(FEWEST, MOST_PRODUCTS // max(1, parameters))
    half = max(2, min(SAMPLES, few, MOST_NUMBERS // numbers)) // 2
    y = torch.from_numpy(as_target(samples.y[:half], built.target))
    x = torch.from_numpy(samples.x[:half])
    return torch.cat([x, built.x_held[:half]]), torch.cat([y, built.y_held[:half]])


def layer_course(
    subject: Subject, layer: BuiltLayer, output: np.ndarray, gradient: np.ndarray | None
) -> LayerCourse:
    dead = dead_units(layer.module, output)
    step = subject.trainer.step
    return LayerCourse(
        id=layer.id,
        name=layer.name,
        where=f"layers/{layer.position}",
        type=type(layer.module).__name__,
        parameters=sum(parameter.numel() for parameter in layer.module.parameters()),
        units=0 if dead is None else dead.size,
        dead=None if dead is None else float(dead.mean()),
        gradient=None if gradient is None else rms([gradient]),
        gradients=Curve(*subject.trend.until(f"gradient norm/{layer.id}", step)),
        ratios=Curve(*subject.trend.until(f"update ratio/{layer.id}", step)),
    )


def lr_since(subject: Subject) -> int:
    """The last step before the present learning rate; 0 under a schedule, which changes it all the time."""
    if subject.built.experiment.training.schedule is not None:
        return 0
    steps, rates = subject.trend.until("learning rate", subject.trainer.step)
    others = np.flatnonzero(rates != subject.trainer.lr)
    return int(steps[others[-1]]) if len(others) else 0


PROBE = Probe(
    name="advice",
    title="Advice",
    help="What is probably a mistake in this run, with reasons: its data, its layers, its learning rate.",
    shown_in="Advice",
    make=make,
    interval=0.5,
)
