"""The same data as `prepare` makes, as the Python text of an exported script.

`prepare` and this text call the same functions in the same order; a test runs the text and compares.
Everything that comes from a user stands in it as a Python literal.
"""

import inspect
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from playground.data import csv_steps, steps, streams
from playground.data.declaration import DataSet
from playground.data.prepare import FindFile, find, open_file, standardized
from playground.experiment.literals import literal
from playground.experiment.spec import Data
from playground.protocol.replies import DataFacts, Target

LINE = 100


@dataclass(frozen=True)
class DataSource:
    """Text that makes the data.

    After `imports` and `definitions`, `code` leaves `x_train`, `y_train`, `x_validation`, `y_validation`
    as numpy arrays that fit the loss; a streaming set leaves `draw` in place of the training arrays.
    """

    imports: tuple[str, ...]
    definitions: tuple[str, ...]
    code: str


def data_source(data: Data, known: DataFacts, target: Target, files: FindFile) -> DataSource:
    """The text for this setting, with targets for a loss whose `target` is of this kind."""
    declared = find(data.name)
    functions: list[Callable] = [steps.column] if target == "0/1" else []
    imports = ["import numpy as np"]
    match declared.source:
        case "streamed":
            lines = _streamed(data, declared, target)
            functions += [declared.make, streams.Stream]
        case "file":
            lines, used = _from_file(data, files)
            functions += [steps.split, *used]
            imports.append("import pandas as pd")
        case _:
            lines = _made(data, declared)
            functions += [declared.make, steps.split]
    if not known.streaming:
        if standardized(declared, data):
            functions.append(steps.scaling)
        lines += _scaled(known, standardized(declared, data), declared.source in ("bundled", "file"))
        lines += ["y = column(y)"] if target == "0/1" else []
        lines += [
            "x_train, y_train = x[train], y[train]",
            "x_validation, y_validation = x[validation], y[validation]",
        ]
        functions += [streams.Rows] if data.style == "iterable" else []
    definitions = tuple(inspect.getsource(function).rstrip() for function in functions)
    return DataSource(tuple(imports), definitions, "\n".join(lines))


def _streamed(data: Data, declared: DataSet, target: Target) -> list[str]:
    arguments = declared.arguments(data)
    samples = arguments.pop("validation_samples")
    made = f"{declared.make.__name__}(samples, {_keywords(arguments)}, rng=rng)"
    body = [f"    return {made}"] if target != "0/1" else [f"    x, y = {made}", "    return x, column(y)"]
    return [
        "def draw(samples, rng):",
        *body,
        "",
        "",
        f"x_validation, y_validation = draw({samples}, np.random.default_rng({data.seed}))",
    ]


def _made(data: Data, declared: DataSet) -> list[str]:
    name = declared.make.__name__
    if declared.source == "drawn":
        points = [f"    ({point.x!r}, {point.y!r}, {point.label})," for point in data.points]
        made = ["points = [", *points, "]", f"x, y = {name}(points)"]
    elif declared.source == "generated":
        made = [f"x, y = {name}({_keywords(declared.arguments(data))}, rng=rng)"]
    else:
        made = [f"x, y = {name}()"]
    return [f"rng = np.random.default_rng({data.seed})", *made, _split("x", data)]


def _from_file(data: Data, files: FindFile) -> tuple[list[str], list[Callable]]:
    """Reading the file by its name, and the functions that the text calls."""
    chosen, csv = open_file(data, files)
    name = re.split(r"[\\/]", csv.name)[-1]
    options = "".join(f", {option}={literal(value)}" for option, value in chosen.options.items())
    target = f"frame[{literal(csv.target)}]"
    lines = [
        f"frame = pd.read_csv({literal(name)}{options})",
        f"frame = frame.dropna(subset={literal([csv.target])}, ignore_index=True)",
        f"rng = np.random.default_rng({data.seed})",
        _split("frame", data),
        *_list("numbers", chosen.numbers),
        *_list("categories", tuple(chosen.levels)),
        "levels = category_levels(frame, train, categories)",
        "x = encode(frame, train, numbers, levels)",
    ]
    functions: list[Callable] = [csv_steps.category_levels, csv_steps.encode]
    if csv.task == "regression":
        return [*lines, f"y = {target}.to_numpy(np.float64)[:, None]"], functions
    lines += [*_list("classes", chosen.classes), f"y = class_indices({target}, classes)"]
    return lines, [*functions, csv_steps.class_indices]


def _scaled(known: DataFacts, standardize: bool, wide: bool) -> list[str]:
    """Scaling by the training rows; without it, float32 where the source (`wide`) has more."""
    regression = known.task == "regression"
    if standardize:
        lines = ["mean, deviation = scaling(x[train])", "x = ((x - mean) / deviation).astype(np.float32)"]
        if regression:
            lines += [
                "y_mean, y_deviation = scaling(y[train])",
                "y = ((y - y_mean) / y_deviation).astype(np.float32)",
            ]
        return lines
    if not wide:
        return []
    return ["x = x.astype(np.float32)", *["y = y.astype(np.float32)"] * regression]


def _split(rows: str, data: Data) -> str:
    return f"train, validation = split(len({rows}), {data.validation_share!r}, rng)"


def _keywords(arguments: dict[str, object]) -> str:
    return ", ".join(f"{name}={literal(value)}" for name, value in arguments.items())


def _list(name: str, values: Sequence[object]) -> list[str]:
    """`name = […]`, one value per line where they do not fit on one."""
    line = f"{name} = {literal(values)}"
    if len(line) <= LINE:
        return [line]
    return [f"{name} = [", *(f"    {literal(value)}," for value in values), "]"]
