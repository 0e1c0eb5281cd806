"""Everything that can be wrong with an experiment, found before anything is allocated or started."""

import math
from collections.abc import Mapping
from typing import Literal

from engine import nn, zeros
from playground.data.errors import DataError
from playground.data.prepare import FindFile, find
from playground.data.prepare import facts as data_facts
from playground.data.registry import DATASETS
from playground.data.source import data_source
from playground.experiment.arguments import problems as argument_problems
from playground.experiment.catalog import (
    LOSSES,
    OPTIMIZERS,
    SCHEDULES,
    Listed,
    arguments,
    criterion,
    loss_class,
    optimizer_class,
)
from playground.experiment.code import (
    clipping_code,
    loader_code,
    loss_code,
    model_code,
    optimizer_code,
    schedule_code,
)
from playground.experiment.fit import fit_problems
from playground.experiment.schedule import learning_rates, steps_of
from playground.experiment.shapes import Folded, Shape, fold
from playground.experiment.spec import Chosen, Data, Experiment
from playground.protocol.replies import CheckReply, DataFacts, LearningRates, Problem
from playground.settings import Limits

Code = dict[Literal["data", "loader", "model", "loss", "optimizer", "schedule", "clipping"], str]
SECONDS_OF_A_RUN = 10


def check(experiment: Experiment, files: FindFile, limits: Limits) -> CheckReply:
    """All problems at their fields, and what is known where there are none. Allocates nothing."""
    data, found = check_data(experiment.data, files, limits)
    found += chosen_problems(experiment.loss, LOSSES, "loss")
    found += chosen_problems(experiment.optimizer, OPTIMIZERS, "optimizer")
    schedule, wrong = check_schedule(experiment, data, found)
    found += wrong
    folded = fold(experiment.layers, input_shape(experiment.data, data))
    found += folded.problems
    found += size_problems(folded, limits)
    if data is not None:
        found += fit_problems(experiment, data, folded)
    return CheckReply(
        experiment=experiment,
        data=data,
        layers=folded.facts,
        parameters=folded.parameters,
        problems=found,
        can_play=not any(problem.severity == "error" for problem in found),
        default_speed=default_speed(experiment, data),
        schedule=schedule,
        code=code(experiment, data, folded, found, files),
    )


def check_data(data: Data, files: FindFile, limits: Limits) -> tuple[DataFacts | None, list[Problem]]:
    """What the data is, if it can be had, and what is wrong with its settings."""
    try:
        declared = find(data.name)
        found = argument_problems(declared.offered, data.args, "data", data.name)
        if found:
            return None, found
        known = data_facts(data, files)
    except DataError as error:
        return None, [error.problem]
    samples = known.training_samples + known.validation_samples
    if not known.streaming and samples > limits.max_samples:
        most = f"at most {limits.max_samples:,} are possible here"
        message = f"{data.name} would have {samples:,} samples; {most}"
        found.append(Problem(where="data/args/samples", message=message))
    found += loader_problems(data, known)
    return known, found


def input_shape(data: Data, known: DataFacts | None) -> Shape | None:
    """Shape of a batch; where the data has a problem, that of the data set as declared, if it has one."""
    if known is not None:
        return (data.batch_size, *known.input_shape)
    declared = DATASETS.get(data.name)
    return (data.batch_size, *declared.input_shape) if declared and declared.input_shape else None


def loader_problems(data: Data, known: DataFacts) -> list[Problem]:
    """DataLoader settings that PyTorch would refuse, or that leave nothing to train on."""
    found = []
    if known.streaming and data.style == "map":
        message = f"{data.name} has no length, so it has no map style"
        found.append(Problem(where="data/style", message=message, fix="choose the iterable style"))
    if data.style == "iterable" and data.shuffle:
        message = "A DataLoader cannot shuffle an IterableDataset: it does not know what is still to come"
        found.append(Problem(where="data/shuffle", message=message, fix="turn Shuffle off"))
    if known.batches == 0:
        message = (
            f"drop_last leaves no batch: {known.training_samples:,} training samples "
            f"do not fill one of {data.batch_size:,}"
        )
        fix = f"choose a batch size of at most {known.training_samples:,}, or turn drop_last off"
        found.append(Problem(where="data/batch_size", message=message, fix=fix))
    return found


def check_schedule(
    experiment: Experiment, data: DataFacts | None, others: list[Problem]
) -> tuple[LearningRates | None, list[Problem]]:
    """The learning rates of the whole run, and what is wrong with the schedule.

    It is held against the optimizer that it leads, so it is judged only where that has no problem.
    """
    schedule = experiment.training.schedule
    if schedule is None:
        return None, []
    found = chosen_problems(schedule, SCHEDULES, "training/schedule")
    if found or data is None or any(problem.where.startswith("optimizer") for problem in others):
        return None, found
    try:
        return learning_rates(experiment, data.batches), []
    except (ValueError, ZeroDivisionError) as error:
        message = f"{schedule.type}: {error}"
        return None, [Problem(where="training/schedule", message=message, fix="choose other arguments")]


def chosen_problems(chosen: Chosen, offered: Mapping[str, Listed], where: str) -> list[Problem]:
    """What is wrong with a loss, an optimizer or a schedule: its name, its arguments."""
    if chosen.type not in offered:
        fix = f"choose one of {', '.join(offered)}"
        message = f"There is no {where.rpartition('/')[2]} {chosen.type!r}"
        return [Problem(where=where, message=message, fix=fix)]
    known = arguments(chosen.type)
    return argument_problems(known, chosen.args, where, chosen.type) or refusal(chosen, where)


def refusal(chosen: Chosen, where: str) -> list[Problem]:
    """What the class itself refuses: arguments that are right one by one, and not together."""
    try:
        if chosen.type in LOSSES:
            criterion(chosen)
        elif chosen.type in OPTIMIZERS:
            optimizer_class(chosen.type)([nn.Parameter(zeros(1))], **chosen.args)
    except ValueError as error:
        return [Problem(where=where, message=f"{chosen.type}: {error}")]
    return []


def size_problems(folded: Folded, limits: Limits) -> list[Problem]:
    """A model too large for here, at the first layer with which it is."""
    parameters = activations = 0
    for fact, position in zip(folded.facts, folded.positions, strict=True):
        where = f"layers/{position}"
        parameters += fact.parameters
        activations += math.prod(fact.output_shape)
        if parameters > limits.max_parameters:
            message = (
                f"With {fact.name} the model has {parameters:,} parameters; "
                f"at most {limits.max_parameters:,} are possible here"
            )
            return [Problem(where=where, message=message, fix="make it narrower")]
        if activations > limits.max_activations:
            message = (
                f"With {fact.name} one batch makes {activations:,} numbers to keep for backward; "
                f"at most {limits.max_activations:,} are possible here"
            )
            return [Problem(where=where, message=message, fix="use a smaller batch or fewer outputs")]
    return []


def default_speed(experiment: Experiment, data: DataFacts | None) -> float:
    """Steps per second with which the whole run takes about ten seconds."""
    steps = experiment.training.epochs * (data.batches if data else 1)
    return max(1.0, steps / SECONDS_OF_A_RUN)


def code(
    experiment: Experiment,
    data: DataFacts | None,
    folded: Folded,
    found: list[Problem],
    files: FindFile,
) -> Code:
    """The PyTorch text of each part that has no problem of its own."""
    wrong = {problem.where.partition("/")[0] for problem in found if problem.severity == "error"}
    schedule, norm = experiment.training.schedule, experiment.training.clip_norm
    parts: Code = {}
    if folded.facts:
        parts["model"] = model_code([fact.code for fact in folded.facts])
    if "loss" not in wrong:
        parts["loss"] = loss_code(experiment.loss)
    if "optimizer" not in wrong:
        parts["optimizer"] = optimizer_code(experiment.optimizer)
    if schedule is not None and data is not None and "training" not in wrong:
        parts["schedule"] = schedule_code(schedule, steps_of(experiment, data.batches))
    if norm is not None:
        parts["clipping"] = clipping_code(norm)
    if data is not None and not wrong & {"data", "loss"}:
        target = loss_class(experiment.loss.type).target
        parts["data"] = data_source(experiment.data, data, target, files).code
        parts["loader"] = loader_code(experiment.data, data.streaming, experiment.training.seed)
    return parts
