"""From an experiment to the objects that train it.

In the order in which the exported script makes them, so that both draw the same random numbers: seed, data,
loader, layers from first to last, loss, optimizer, schedule.
"""

import math
from dataclasses import dataclass
from typing import Any, Literal

import engine as torch
from engine import nn, optim
from engine.utils.data import BatchSampler, DataLoader, IterableDataset, RandomSampler, SequentialSampler
from playground.data.datasets import as_target, training_set
from playground.data.prepare import FindFile, Prepared, prepare
from playground.experiment.catalog import LOSSES, Loss, criterion, layer_class, loss_class, optimizer_class
from playground.experiment.schedule import scheduler, steps_of
from playground.experiment.shapes import infer, layer_names
from playground.experiment.spec import Experiment
from playground.protocol.replies import Target
from playground.training.order import Order, SampledOrder, SharedOrder


@dataclass(frozen=True)
class BuiltLayer:
    """A layer of the model: the id of its row, its name in the stack (`Linear 2`), its place in it.

    `output_shape` includes the batch.
    """

    id: str
    name: str
    position: int
    module: nn.Module
    output_shape: tuple[int, ...]


@dataclass(frozen=True)
class Built:
    """Everything a run needs, before its first step.

    `loss` is what the catalog says of the `criterion`. `x_held`, `y_held` is what the model is evaluated on:
    the validation set, or the training set where nothing is held out, as `held` says. `order` knows which
    samples a batch has; a stream has none. `widest` is how many numbers the widest layer makes of one sample.
    `scheduler` is null without a schedule.
    """

    experiment: Experiment
    prepared: Prepared
    target: Target
    loss: Loss
    layers: tuple[BuiltLayer, ...]
    widest: int
    model: nn.Sequential
    criterion: nn.Module
    optimizer: optim.Optimizer
    scheduler: Any
    loader: DataLoader
    order: Order | None
    x_held: torch.Tensor
    y_held: torch.Tensor
    held: Literal["validation", "training"]


def build(experiment: Experiment, files: FindFile, prepared: Prepared | None = None) -> Built:
    """Raises DataError where the data cannot be had, and what a layer raises for arguments it refuses.

    `prepared` are its data, where they are there already.
    Draws from the engine's default generator, which it seeds: one run at a time in a process.
    """
    torch.manual_seed(experiment.training.seed)
    prepared = prepared or prepare(experiment.data, files)
    target: Target = loss_class(experiment.loss.type).target
    loader, order = _loader(experiment, prepared, target)
    layers = _layers(experiment, (experiment.data.batch_size, *prepared.facts.input_shape))
    model = nn.Sequential(*(layer.module for layer in layers))
    optimizer = optimizer_class(experiment.optimizer.type)(model.parameters(), **experiment.optimizer.args)
    schedule = experiment.training.schedule
    steps = steps_of(experiment, prepared.facts.batches)
    held: Literal["validation", "training"] = "validation" if len(prepared.x_validation) else "training"
    arrays = (prepared.x_validation, prepared.y_validation)
    x_held, y_held = arrays if held == "validation" else (prepared.x_train, prepared.y_train)
    return Built(
        experiment=experiment,
        prepared=prepared,
        target=target,
        loss=LOSSES[experiment.loss.type],
        layers=layers,
        widest=max((math.prod(layer.output_shape[1:]) for layer in layers), default=1),
        model=model,
        criterion=criterion(experiment.loss),
        optimizer=optimizer,
        scheduler=scheduler(schedule, optimizer, steps) if schedule else None,
        loader=loader,
        order=order,
        x_held=torch.from_numpy(x_held),
        y_held=torch.from_numpy(as_target(y_held, target)),
        held=held,
    )


def made_again(built: Built) -> nn.Sequential:
    """The same layers anew, with other weights and no hooks; the run's random numbers go on undisturbed."""
    state = torch.get_rng_state()
    shape = (built.experiment.data.batch_size, *built.prepared.facts.input_shape)
    try:
        return nn.Sequential(*(layer.module for layer in _layers(built.experiment, shape)))
    finally:
        torch.set_rng_state(state)


def _loader(
    experiment: Experiment, prepared: Prepared, target: Target
) -> tuple[DataLoader, Order | None]:
    """The loader that `loader_code` writes, with an order that can be asked for.

    Its workers are threads: the data lies in memory, and a process would copy it. The order is the same.
    """
    data = experiment.data
    context = "thread" if data.num_workers else None
    samples = training_set(prepared, data, target)
    if isinstance(samples, IterableDataset):
        size = len(prepared.x_train)
        shared = SharedOrder(size, data.batch_size, data.num_workers, data.drop_last)
        loader = DataLoader(
            samples,
            data.batch_size,
            drop_last=data.drop_last,
            num_workers=data.num_workers,
            multiprocessing_context=context,
        )
        return loader, None if prepared.facts.streaming else shared
    generator = torch.Generator().manual_seed(experiment.training.seed) if data.shuffle else None
    sampler = RandomSampler(samples, generator=generator) if data.shuffle else SequentialSampler(samples)
    order = SampledOrder(sampler, data.batch_size)
    loader = DataLoader(
        samples,
        batch_sampler=BatchSampler(order, data.batch_size, data.drop_last),
        generator=generator,
        num_workers=data.num_workers,
        multiprocessing_context=context,
    )
    return loader, order


def _layers(experiment: Experiment, shape: tuple[int, ...]) -> tuple[BuiltLayer, ...]:
    """The unmuted layers, each made for the shape that the one before gives."""
    built: list[BuiltLayer] = []
    for position, (layer, name) in enumerate(
        zip(experiment.layers, layer_names(experiment.layers), strict=True)
    ):
        if layer.muted:
            continue
        arguments: dict[str, Any] = {**infer(layer, name, shape), **layer.args}
        module = layer_class(layer.type)(**arguments)
        shape = tuple(module.output_shape(shape))
        built.append(BuiltLayer(layer.id, name, position, module, shape))
    return tuple(built)
