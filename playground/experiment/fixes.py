"""A way out that can be taken with one press: edits of an experiment, as plain data."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from playground.experiment.spec import Argument, Arguments, Experiment, Layer, Name, Part


class SetEdit(Part):
    """Sets one field: a path into the experiment (`data/batch_size`, `optimizer/args/lr`), layers by their
    id (`layers/<id>/args/p`). Null takes an argument back.

    `loss`, `optimizer` and `training/schedule` take the name of another one, which starts without arguments.
    """

    do: Literal["set"] = "set"
    where: Annotated[str, Field(max_length=200)]
    value: Argument | None


class RemoveEdit(Part):
    """Takes the layer with this id out."""

    do: Literal["remove"] = "remove"
    layer: str


class InsertEdit(Part):
    """Puts a new layer before the one with this id; null is at the end. It gets an id of its own."""

    do: Literal["insert"] = "insert"
    before: str | None
    type: Name
    args: Arguments = Field(default={})


class ReplaceEdit(Part):
    """Makes another layer of the row with this id; the id stays."""

    do: Literal["replace"] = "replace"
    layer: str
    type: Name
    args: Arguments = Field(default={})


Edit = Annotated[SetEdit | RemoveEdit | InsertEdit | ReplaceEdit, Field(discriminator="do")]


class Fix(Part):
    """Edits that are made together. `label` commands them: `Set the learning rate to 0.003`."""

    label: str
    edits: tuple[Edit, ...]


CHOSEN = ("loss", "optimizer", "training/schedule")
"""Parts that are a name and its arguments."""


def apply(experiment: Experiment, edits: Sequence[Edit]) -> Experiment:
    """The experiment after these edits, one after the other.

    Raises ValueError for a field or a layer that is not there, and for a value that its field does not take.
    """
    for edit in edits:
        experiment = _APPLY[edit.do](experiment, edit)
    return experiment


def _set(experiment: Experiment, edit: SetEdit) -> Experiment:
    plain = experiment.model_dump()
    *path, last = edit.where.split("/")
    place: Any = plain
    for name in path:
        place = _inside(place, name, edit.where)
    if path and path[-1] == "args":
        place.pop(last, None)
        if edit.value is not None:
            place[last] = edit.value
    else:
        if _inside(place, last, edit.where) and not isinstance(place, dict):
            raise ValueError(f"{edit.where!r} is a layer, not a field: replace it")
        named = edit.where in CHOSEN and edit.value is not None
        place[last] = {"type": edit.value, "args": {}} if named else edit.value
    return Experiment.model_validate(plain)


def _inside(place: Any, name: str, where: str) -> Any:
    """What is called `name` there: a field, or the layer with this id."""
    if isinstance(place, tuple | list):
        place = {row["id"]: row for row in place if isinstance(row, dict) and "id" in row}
    if not isinstance(place, dict) or name not in place:
        raise ValueError(f"There is no {where!r} in an experiment: {name!r} is not there")
    return place[name]


def _remove(experiment: Experiment, edit: RemoveEdit) -> Experiment:
    at = _place(experiment, edit.layer)
    return _with_layers(experiment, (*experiment.layers[:at], *experiment.layers[at + 1 :]))


def _insert(experiment: Experiment, edit: InsertEdit) -> Experiment:
    at = len(experiment.layers) if edit.before is None else _place(experiment, edit.before)
    layer = Layer(id=_new_id(experiment), type=edit.type, args=edit.args)
    return _with_layers(experiment, (*experiment.layers[:at], layer, *experiment.layers[at:]))


def _replace(experiment: Experiment, edit: ReplaceEdit) -> Experiment:
    at = _place(experiment, edit.layer)
    layer = experiment.layers[at].model_copy(update={"type": edit.type, "args": edit.args})
    return _with_layers(experiment, (*experiment.layers[:at], layer, *experiment.layers[at + 1 :]))


def _place(experiment: Experiment, id: str) -> int:
    for place, layer in enumerate(experiment.layers):
        if layer.id == id:
            return place
    raise ValueError(f"There is no layer with the id {id!r}")


def _new_id(experiment: Experiment) -> str:
    taken = {layer.id for layer in experiment.layers}
    return next(id for number in range(len(taken) + 1) if (id := f"new-{number}") not in taken)


def _with_layers(experiment: Experiment, layers: tuple[Layer, ...]) -> Experiment:
    return Experiment.model_validate({**dict(experiment), "layers": layers})


_APPLY: dict[str, Callable[[Experiment, Any], Experiment]] = {
    "set": _set,
    "remove": _remove,
    "insert": _insert,
    "replace": _replace,
}
