"""A script that repeats an experiment: one text, which runs on PyTorch or on the playground's engine.

The parts (data, loader, layers, loss, optimizer) are the lines that the page shows; the frame around them is
`templates/script.py.jinja`. What a user typed stands in a script as a Python literal only.
"""

import ast
import inspect
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import jinja2

from playground import assets
from playground.data.prepare import FindFile, facts, find
from playground.data.source import data_source
from playground.experiment.catalog import LOSSES, loss_class
from playground.experiment.code import (
    clipping_code,
    loader_code,
    loss_code,
    model_code,
    optimizer_code,
    schedule_code,
)
from playground.experiment.schedule import stepped, steps_of
from playground.experiment.shapes import fold
from playground.experiment.spec import Experiment
from playground.experiment.syntax import parse
from playground.export.byhand import NOTHING, ByHand
from playground.export.header import header
from playground.export.imports import Library, imports
from playground.protocol.replies import DataFacts
from playground.training.muting import mute

WIDTH = 100
EVERYTHING = ("x_train", "y_train", "x_validation", "y_validation")


@dataclass(frozen=True)
class Script:
    """A script's file name and text, and up to which step it equals the run (None: to the end)."""

    name: str
    code: str
    equal_until: int | None = None
    notes: tuple[str, ...] = ()


def script(
    experiment: Experiment,
    files: FindFile,
    flavour: Library,
    by_hand: ByHand = NOTHING,
    recorded_epochs: int | None = None,
    epochs: int | None = None,
) -> Script:
    """The script of a valid experiment, repeating what was done by hand where it can.

    With `recorded_epochs` it starts from the weights and the batch order of a replay archive, which go that
    far. With `epochs` it stops after so many, and is that of the whole run so far.
    Raises DataError where the data cannot be had, KeyError for a name that is not in the catalog.
    """
    known = facts(experiment.data, files)
    last = recorded_epochs or epochs or experiment.training.epochs
    body = _body(experiment, files, known, by_hand, last, recorded_epochs is not None)
    text = f"{imports(body, flavour)}\n\n{body}"
    head = header(experiment, flavour, by_hand, text, recorded_epochs)
    stem = re.sub(r"[^a-z0-9]+", "_", find(experiment.data.name).name.lower())
    return Script(
        name=f"{stem}_{flavour}.py",
        code=f'"""{head}"""\n\n{text}',
        equal_until=by_hand.equal_until,
        notes=by_hand.notes,
    )


def _body(
    experiment: Experiment, files: FindFile, known: DataFacts, by_hand: ByHand, epochs: int, replay: bool
) -> str:
    """Everything below the imports."""
    schedule, norm = experiment.training.schedule, experiment.training.clip_norm
    target = loss_class(experiment.loss.type).target
    made = data_source(experiment.data, known, target, files)
    functions, data_code = _apart(made.code)
    arrays = EVERYTHING[2:] if known.streaming else EVERYTHING
    definitions = [*map(textwrap.dedent, made.definitions), *functions]
    if by_hand.silent:
        definitions.append(inspect.getsource(mute).rstrip())
    folded = fold(experiment.layers, (experiment.data.batch_size, *known.input_shape))
    regression = known.task == "regression"
    return _render(
        epochs=epochs,
        facts=known,
        rates=by_hand.learning_rates,
        edits=by_hand.edits,
        silent=by_hand.silent,
        replay=replay,
        shuffled=experiment.data.shuffle,
        definitions=definitions,
        data_code=data_code,
        arrays=", ".join(arrays),
        metric="R²" if regression else "accuracy",
        measure="r2" if regression else "accuracy",
        target=target,
        threshold=f"{LOSSES[experiment.loss.type].threshold:g}",
        seed=experiment.training.seed,
        loader_code=_loader(experiment, known, replay),
        model_code=model_code([fact.code for fact in folded.facts]),
        loss_code=_broken(loss_code(experiment.loss)),
        optimizer_code=optimizer_code(experiment.optimizer),
        schedule_code=schedule_code(schedule, steps_of(experiment, known.batches)) if schedule else "",
        clipping_code=clipping_code(norm) if norm is not None else "",
        stepped=stepped(schedule) if schedule else None,
    )


def _loader(experiment: Experiment, known: DataFacts, replay: bool) -> str:
    """The loader's lines: in a replay with the recorded order, without an unused validation set."""
    data = experiment.data
    lines = loader_code(
        data.model_copy(update={"shuffle": data.shuffle and not replay}),
        known.streaming,
        experiment.training.seed,
    )
    if replay and data.shuffle:
        order = 'sampler=RecordedOrder(np.load(REPLAY / "order.npy"))'
        lines = lines.replace("DataLoader(training_set, ", f"DataLoader(training_set, {order}, ")
    kept = [
        _broken(line)
        for line in lines.splitlines()
        if known.validation_samples or not line.startswith("validation_set")
    ]
    return "\n".join(kept)


def _broken(call: str) -> str:
    """A call that is too long for a line, with its arguments on a line of their own."""
    if len(call) <= WIDTH:
        return call
    head, _, arguments = call.partition("(")
    return f"{head}(\n    {arguments.removesuffix(')')}\n)"


def _apart(code: str) -> tuple[Sequence[str], str]:
    """Functions, which stand by themselves so that a worker process can find them, and the other lines."""
    functions = [
        ast.get_source_segment(code, statement) or ""
        for statement in parse(code).body
        if isinstance(statement, ast.FunctionDef)
    ]
    for function in functions:
        code = code.replace(function, "")
    return functions, code.strip()


def _render(**parts: Any) -> str:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(assets.templates()),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - Python, not HTML: values are our own text and literals
    )
    return environment.get_template("script.py.jinja").render(**parts)
