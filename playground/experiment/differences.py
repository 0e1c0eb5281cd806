"""What two experiments have not in common, setting by setting, in words."""

from collections.abc import Iterator, Mapping
from typing import Any

from playground.data.errors import DataError
from playground.data.prepare import find
from playground.experiment.catalog import arguments
from playground.experiment.schedule import SPANNING
from playground.experiment.shapes import layer_names
from playground.experiment.spec import Argument, Chosen, Data, Experiment, Layer
from playground.protocol.families import Difference

DATA = {
    "seed": "Data seed",
    "validation_share": "Validation share",
    "batch_size": "Batch size",
    "shuffle": "Shuffle",
    "drop_last": "Drop last",
    "num_workers": "Workers",
    "style": "Style",
    "steps_per_epoch": "Steps per epoch",
}
TRAINING = {"epochs": "Epochs", "seed": "Seed", "clip_norm": "Clip gradients"}
NAMES = {"lr": "Learning rate"}
"""Arguments that the page calls by another name."""


def differences(here: Experiment, there: Experiment) -> list[Difference]:
    """In the order of the page; empty where both describe the same run."""
    return [
        *_of_data(here.data, there.data),
        *_of_layers(here.layers, there.layers),
        *_of_part("loss", "Loss", here.loss, there.loss),
        *_of_part("optimizer", "Optimizer", here.optimizer, there.optimizer),
        *_of_fields("training", TRAINING, here.training, there.training),
        *_of_part("training/schedule", "Schedule", here.training.schedule, there.training.schedule),
    ]


def goes_on(here: Experiment, there: Experiment) -> bool:
    """Whether a run of `here` that begins in a run of `there` is one that a person could have led there.

    It is, where only the learning rate differs, or how many epochs are left to a schedule that does not
    depend on that.
    """
    changed = {difference.where for difference in differences(here, there)}
    schedule = there.training.schedule
    free = {"optimizer/args/lr"}
    if schedule is None or schedule.type not in SPANNING:
        free.add("training/epochs")
    return changed <= free


def learning_rate(experiment: Experiment) -> float:
    """The learning rate that its optimizer begins with."""
    return float(_args(experiment.optimizer)["lr"])  # type: ignore[arg-type]


def _of_data(here: Data, there: Data) -> Iterator[Difference]:
    if here.name != there.name:
        yield _difference("data/name", "Data", here.name, there.name)
        return
    for found in _of_args("data/args", _data_args(here), _data_args(there)):
        yield found.model_copy(update={"label": found.label.replace("_", " ").capitalize()})
    yield from _of_fields("data", DATA, here, there)
    if here.csv != there.csv:
        yield _difference("data/csv", "File", here.csv and here.csv.name, there.csv and there.csv.name)
    if here.points != there.points:
        counts = (f"{len(data.points):,} drawn" for data in (here, there))
        yield _difference("data/points", "Points", *counts)


def _data_args(data: Data) -> Mapping[str, Argument]:
    try:
        starts = {parameter.name: parameter.default for parameter in find(data.name).parameters}
    except DataError:
        starts = {}
    return {**{name: value for name, value in starts.items() if value is not None}, **data.args}


def _of_layers(here: tuple[Layer, ...], there: tuple[Layer, ...]) -> Iterator[Difference]:
    """By the ids of the rows, which stay through a row's life."""
    ours, theirs = _rows(here), _rows(there)
    for id in [*theirs, *(id for id in ours if id not in theirs)]:
        where = f"layers/{id}"
        if id not in ours or id not in theirs:
            one, other = (_written(rows[id][1]) if id in rows else None for rows in (ours, theirs))
            yield _difference(where, _placed(id, theirs if id in theirs else ours), one, other)
            continue
        (name, one_layer), (_, other_layer) = ours[id], theirs[id]
        if one_layer.type != other_layer.type:
            yield _difference(where, _placed(id, theirs), _written(one_layer), _written(other_layer))
            continue
        for found in _of_args(f"{where}/args", _args(one_layer), _args(other_layer)):
            yield found.model_copy(update={"label": f"{name} {found.label}"})
        if one_layer.muted != other_layer.muted:
            words = ("off" if layer.muted else "on" for layer in (one_layer, other_layer))
            yield _difference(f"{where}/muted", name, *words)
    both = [id for id in ours if id in theirs]
    if both != [id for id in theirs if id in ours]:
        orders = (" → ".join(rows[id][1].type for id in rows) for rows in (ours, theirs))
        yield _difference("layers", "Order of layers", *orders)


def _rows(layers: tuple[Layer, ...]) -> dict[str, tuple[str, Layer]]:
    return {layer.id: (name, layer) for layer, name in zip(layers, layer_names(layers), strict=True)}


def _placed(id: str, rows: Mapping[str, object]) -> str:
    """Which row of the stack, counted from 1."""
    return f"Layer {1 + list(rows).index(id)}"


def _of_part(where: str, label: str, here: Chosen | None, there: Chosen | None) -> Iterator[Difference]:
    """A name in the catalog and its arguments; those of another thing are not compared."""
    if here is None or there is None or here.type != there.type:
        if here is not there:
            yield _difference(where, label, here and here.type, there and there.type)
        if here is None or there is None:
            return
        shared = arguments(here.type).keys() & arguments(there.type).keys() & NAMES.keys()
    else:
        shared = arguments(here.type).keys() | here.args.keys() | there.args.keys()
    ours, theirs = _args(here), _args(there)
    for found in _of_args(f"{where}/args", ours, theirs):
        if found.where.rpartition("/")[2] in shared:
            yield found


def _args(part: Chosen | Layer) -> dict[str, Argument]:
    """The arguments with which it is made, where they are known: given, or by default."""
    try:
        defaults = {name: argument.default for name, argument in arguments(part.type).items()}
    except KeyError:  # a muted row may be anything
        return part.args
    return {**{name: value for name, value in defaults.items() if value is not None}, **part.args}


def _of_args(
    where: str, here: Mapping[str, Argument], there: Mapping[str, Argument]
) -> Iterator[Difference]:
    for name in [*there, *(name for name in here if name not in there)]:
        one, other = here.get(name), there.get(name)
        if one != other:
            yield _difference(f"{where}/{name}", NAMES.get(name, name), one, other)


def _of_fields(where: str, labels: Mapping[str, str], here: Any, there: Any) -> Iterator[Difference]:
    for name, label in labels.items():
        one, other = getattr(here, name), getattr(there, name)
        if one != other:
            yield _difference(f"{where}/{name}", label, one, other)


def _difference(where: str, label: str, here: Any, there: Any) -> Difference:
    return Difference(where=where, label=label, here=_word(here), there=_word(there))


def _word(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return f"({', '.join(str(_word(item)) for item in value)})"
    return f"{value:,}" if isinstance(value, int) else repr(value)


def _written(layer: Layer) -> str:
    args = ", ".join(f"{name}={_word(value)}" for name, value in layer.args.items())
    return f"{layer.type}({args})" if args else layer.type
