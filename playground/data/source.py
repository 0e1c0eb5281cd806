"""The same data as `prepare` makes, as the Python text of an exported script.

`prepare` and this text call the same functions in the same order; a test runs the text and compares.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass

from playground.data import steps, streams
from playground.data.declaration import DataSet
from playground.data.prepare import find
from playground.experiment.spec import Data
from playground.protocol.replies import DataFacts, Target


@dataclass(frozen=True)
class DataSource:
    """Text that makes the data.

    After `imports` and `definitions`, `code` leaves `x_train`, `y_train`, `x_validation`, `y_validation`
    as numpy arrays that fit the loss; a streaming set leaves `draw` in place of the training arrays.
    """

    imports: tuple[str, ...]
    definitions: tuple[str, ...]
    code: str


def data_source(data: Data, known: DataFacts, target: Target) -> DataSource:
    """The text for this setting, with targets for a loss whose `target` is of this kind."""
    declared = find(data.name)
    functions: list[Callable] = [steps.column] if target == "0/1" else []
    lines = _streamed(data, declared, target) if declared.streaming else _made(data, declared, target)
    functions.append(declared.make)
    if not declared.streaming:
        functions += [steps.split] + [steps.scaling] * declared.arguments(data).get("standardize", False)
    if declared.streaming:
        functions.append(streams.Stream)
    elif data.style == "iterable":
        functions.append(streams.Rows)
    return DataSource(
        imports=("import numpy as np",),
        definitions=tuple(inspect.getsource(function).rstrip() for function in functions),
        code="\n".join(lines),
    )


def _streamed(data: Data, declared: DataSet, target: Target) -> list[str]:
    arguments = declared.arguments(data)
    samples = arguments.pop("validation_samples")
    made = f"{_name(declared)}(samples, {_keywords(arguments)}, rng=rng)"
    body = [f"    return {made}"] if target != "0/1" else [f"    x, y = {made}", "    return x, column(y)"]
    return [
        "def draw(samples, rng):",
        *body,
        "",
        "",
        f"x_validation, y_validation = draw({samples}, np.random.default_rng({data.seed}))",
    ]


def _made(data: Data, declared: DataSet, target: Target) -> list[str]:
    arguments = declared.arguments(data)
    standardize = arguments.pop("standardize", False)
    given = f"{_keywords(arguments)}, rng=rng" if declared.source == "generated" else ""
    lines = [
        f"rng = np.random.default_rng({data.seed})",
        f"x, y = {_name(declared)}({given})",
        f"train, validation = split(len(x), {data.validation_share!r}, rng)",
    ]
    if standardize:
        lines += ["mean, deviation = scaling(x[train])", "x = ((x - mean) / deviation).astype(np.float32)"]
    if target == "0/1":
        lines.append("y = column(y)")
    return [
        *lines,
        "x_train, y_train = x[train], y[train]",
        "x_validation, y_validation = x[validation], y[validation]",
    ]


def _name(declared: DataSet) -> str:
    return declared.make.__name__


def _keywords(arguments: dict[str, object]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in arguments.items())
