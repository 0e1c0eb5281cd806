"""The PyTorch text of each part, as one would write it: no argument that equals its default.

The page shows these lines beside the controls, and the export is written with the same functions.
Names and strings appear as Python literals only, so nothing a user types can become code.
"""

from collections.abc import Mapping, Sequence

from playground.experiment.arguments import Argument, without_defaults
from playground.experiment.catalog import arguments
from playground.experiment.literals import literal
from playground.experiment.schedule import whole_run
from playground.experiment.spec import Argument as Value
from playground.experiment.spec import Chosen, Data, Layer


def layer_code(layer: Layer, inferred: Mapping[str, int]) -> str:
    """`nn.Conv2d(1, 8, 3, padding=1)`; `inferred` are the sizes that follow from the layer's input."""
    known = arguments(layer.type)
    return f"nn.{layer.type}({_call(known, {**layer.args, **inferred})})"


def model_code(layers: Sequence[str]) -> str:
    """`model = nn.Sequential(…)` of the layers' own code."""
    return "\n".join(["model = nn.Sequential(", *(f"    {layer}," for layer in layers), ")"])


def loss_code(loss: Chosen) -> str:
    """`criterion = nn.CrossEntropyLoss()`."""
    return f"criterion = nn.{loss.type}({_call(arguments(loss.type), loss.args)})"


def optimizer_code(optimizer: Chosen) -> str:
    """`optimizer = torch.optim.SGD(model.parameters(), lr=0.1)`."""
    given = _call(arguments(optimizer.type), optimizer.args)
    called = ", ".join(filter(None, ["model.parameters()", given]))
    return f"optimizer = torch.optim.{optimizer.type}({called})"


def clipping_code(norm: float) -> str:
    """`nn.utils.clip_grad_norm_(model.parameters(), 1.0)`, which stands between backward and step."""
    return f"nn.utils.clip_grad_norm_(model.parameters(), {literal(norm)})"


def schedule_code(schedule: Chosen, steps: int) -> str:
    """`scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)`; `steps` are the whole run's."""
    said = without_defaults(arguments(schedule.type), schedule.args) | whole_run(schedule, steps)
    given = ", ".join(["optimizer", *(f"{name}={_written(value)}" for name, value in said.items())])
    return f"scheduler = torch.optim.lr_scheduler.{schedule.type}({given})"


def loader_code(data: Data, streaming: bool, seed: int) -> str:
    """The datasets over the arrays that the data's code makes, and the DataLoader of the training set.

    The order comes from a generator of its own (`seed` is the training's), so that it depends on nothing
    else that is drawn, dropout for one, and an archive can hold it without training again.
    """
    options = [f"batch_size={data.batch_size}"]
    options += [f"shuffle=True, generator=torch.Generator().manual_seed({seed})"] * data.shuffle
    options += ["drop_last=True"] * data.drop_last
    options += [f"num_workers={data.num_workers}"] * (data.num_workers > 0)
    return (
        f"training_set = {_training_set(data, streaming)}\n"
        f"validation_set = {_over('x_validation', 'y_validation')}\n"
        f"training_loader = DataLoader(training_set, {', '.join(options)})"
    )


def _training_set(data: Data, streaming: bool) -> str:
    if streaming:
        return f"Stream(draw, seed={data.seed})"
    return "Rows(x_train, y_train)" if data.style == "iterable" else _over("x_train", "y_train")


def _over(x: str, y: str) -> str:
    return f"TensorDataset(torch.from_numpy({x}), torch.from_numpy({y}))"


def _call(known: Mapping[str, Argument], given: Mapping[str, Value]) -> str:
    """Arguments of a call: required ones by position, the others by keyword."""
    said = without_defaults(known, given)
    return ", ".join(
        f"{'' if known[name].required else f'{name}='}{_written(value, known[name].parameter.kind)}"
        for name, value in said.items()
    )


def _written(value: Value, kind: str = "") -> str:
    """An argument as a literal: a pair as a tuple, numbers for the outputs as a tensor."""
    if not isinstance(value, tuple):
        return literal(value)
    return f"torch.tensor({literal(value)})" if kind == "numbers" else f"({', '.join(map(literal, value))})"
