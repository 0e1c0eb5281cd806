"""Whether data, stack and loss belong together: kind of target, width of the last layer, batch sizes."""

import math

from playground.experiment.catalog import LOSSES, arguments, loss_class, of_scores
from playground.experiment.shapes import Folded
from playground.experiment.spec import Experiment
from playground.protocol.replies import DataFacts, Problem, Target

PROBABLE = ("Sigmoid", "Softmax")
WITHIN = ("Flatten", "MaxPool2d", "AvgPool2d", "ReLU", "LeakyReLU", "Tanh")
"""Layers that give numbers from 0 to 1, and those that leave such numbers there."""


def fit_problems(experiment: Experiment, data: DataFacts, folded: Folded) -> list[Problem]:
    """What does not fit together, each at the part to change."""
    if folded.output_shape is None:
        return []
    if not folded.facts:
        return [Problem(where="layers", message="The stack is empty", fix="add a layer")]
    found = batch_norm_problems(experiment, data, folded)
    if experiment.loss.type not in LOSSES:
        return found
    target = loss_class(experiment.loss.type).target
    wrong_loss = loss_problem(experiment, data, target)
    if wrong_loss is not None:
        return [*found, wrong_loss]
    outputs = len(data.classes) if target == "class index" else 1
    found += count_problems(experiment, outputs)
    wrong_width = width_problem(experiment, data, folded, outputs)
    if wrong_width is not None:
        return [*found, wrong_width]
    found += learning_problems(folded)
    found += range_problems(experiment, folded)
    return found


def loss_problem(experiment: Experiment, data: DataFacts, target: Target) -> Problem | None:
    """A loss that cannot compare with the targets of this data."""
    loss, name = experiment.loss.type, experiment.data.name
    if data.task == "regression":
        if target == "real":
            return None
        message = f"{loss} compares with classes; {name} has real values"
        return Problem(where="loss", message=message, fix=f"choose {_losses('real')}")
    if target == "real":
        message = f"{loss} compares with real values; {name} has {len(data.classes)} classes"
        fitting = _losses("class index") + (f" or {_losses('0/1')}" if len(data.classes) == 2 else "")
        return Problem(where="loss", message=message, fix=f"choose {fitting}")
    if target == "0/1" and len(data.classes) != 2:
        message = f"{loss} tells two classes apart; {name} has {len(data.classes)}"
        return Problem(where="loss", message=message, fix=f"choose {_losses('class index')}")
    return None


def width_problem(
    experiment: Experiment, data: DataFacts, folded: Folded, outputs: int
) -> Problem | None:
    """A stack whose output is not one row of `outputs` numbers per sample."""
    batch = experiment.data.batch_size
    shape, wanted = folded.output_shape, (batch, outputs)
    if shape == wanted:
        return None
    position, name, argument = _last_with_width(experiment, folded)
    loss = experiment.loss.type
    needs = f"{outputs} outputs, one per class" if outputs > 1 else "one output"
    message = f"{loss} needs {needs}: shape {list(wanted)}; the stack ends with {list(shape or ())}"
    if shape is None or len(shape) != 2:
        last = folded.positions[-1]
        laid_out = shape is not None and len(shape) == 1
        fix = f"keep the batch in {folded.facts[-1].name}" if laid_out else f"put a Flatten before {name}"
        return Problem(where=f"layers/{last}", message=message, fix=fix)
    if argument is None:
        fix = f"end with a Linear of {outputs} outputs"
        return Problem(where=f"layers/{position}", message=message, fix=fix)
    fix = f"set {argument} of {name} to {outputs}"
    return Problem(where=f"layers/{position}/args/{argument}", message=message, fix=fix)


def count_problems(experiment: Experiment, outputs: int) -> list[Problem]:
    """Numbers for the outputs (weights of classes) that are not as many as there are outputs."""
    loss, found = experiment.loss, []
    for name, argument in arguments(loss.type).items():
        given = loss.args.get(name)
        if argument.parameter.kind == "numbers" and isinstance(given, tuple) and len(given) != outputs:
            needed = f"{outputs} numbers, one for each class" if outputs > 1 else "one number"
            message = f"{name} of {loss.type} needs {needed}; it has {len(given)}"
            fix = f"set {outputs}, or clear them all"
            found.append(Problem(where=f"loss/args/{name}", message=message, fix=fix))
    return found


def batch_norm_problems(experiment: Experiment, data: DataFacts, folded: Folded) -> list[Problem]:
    """Batch normalisation of a single value per channel, which has no deviation."""
    found = []
    for fact, position in zip(folded.facts, folded.positions, strict=True):
        kind = experiment.layers[position].type
        values = data.last_batch * math.prod(fact.input_shape[2:])
        if kind.startswith("BatchNorm") and data.batches and values == 1:
            message = f"{fact.name} cannot train on a batch of one sample, and the last batch has only one"
            fix = "turn drop_last on, or change the batch size"
            found.append(Problem(where=f"layers/{position}", message=message, fix=fix))
    return found


def learning_problems(folded: Folded) -> list[Problem]:
    """A stack in which nothing can be trained."""
    if folded.parameters:
        return []
    message = "The stack has no parameters, so there is nothing to train"
    return [Problem(where="layers", message=message, fix="add a Linear")]


def range_problems(experiment: Experiment, folded: Folded) -> list[Problem]:
    """Outputs that are no probabilities in front of a loss that takes nothing else."""
    loss = LOSSES[experiment.loss.type]
    if loss.takes != "probabilities":
        return []
    placed = list(zip(folded.facts, folded.positions, strict=True))
    deciding = [(fact, at) for fact, at in placed if experiment.layers[at].type not in WITHIN]
    fact, position = (deciding or placed)[-1]
    if experiment.layers[position].type in PROBABLE:
        return []
    message = f"{experiment.loss.type} refuses outputs outside 0 to 1, and {fact.name} can give such"
    fix = f"put a {loss.after} at the end, or choose {of_scores(experiment.loss.type)}, which has it inside"
    return [Problem(where=f"layers/{position}", message=message, fix=fix)]


def _last_with_width(experiment: Experiment, folded: Folded) -> tuple[int, str, str | None]:
    """The last layer whose output width is an argument: position, name, and that argument."""
    for fact, position in reversed(list(zip(folded.facts, folded.positions, strict=True))):
        known = arguments(experiment.layers[position].type)
        for argument in ("out_features", "out_channels"):
            if argument in known:
                return position, fact.name, argument if len(fact.output_shape) == 2 else None
    return folded.positions[-1], folded.facts[-1].name, None


def _losses(target: Target) -> str:
    plain = (name for name, loss in LOSSES.items() if loss.takes in ("scores", "values"))
    return " or ".join(name for name in plain if loss_class(name).target == target)
