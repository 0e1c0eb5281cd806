"""What a class takes, read from its signature and docstring; and given values held against it."""

import inspect
import re
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.nn.bounds import Choice, Inferred, Range
from playground.experiment.spec import Argument as Value
from playground.protocol.replies import Parameter, Problem

NOT_OFFERED = ("self", "params")


@dataclass(frozen=True)
class Argument:
    """One argument: what a control needs, and what the palette's `Parameter` cannot say.

    A required argument has a starting value as its `parameter.default`, if any: PyTorch has none.
    """

    parameter: Parameter
    required: bool = False
    bounds: Range | None = None
    inferred_from: int | None = None

    @property
    def name(self) -> str:
        return self.parameter.name

    def problem(self, value: Value) -> str | None:
        """Why `value` cannot be, as the end of a sentence; None where it can."""
        p = self.parameter
        if p.inferred:
            return "follows from the layer's input: leave it out"
        if p.kind == "bool":
            return None if isinstance(value, bool) else f"is true or false, not {value!r}"
        if p.kind == "choice":
            return None if value in p.choices else f"is one of {', '.join(p.choices)}, not {value!r}"
        if isinstance(value, bool | str) or (p.kind == "int" and not isinstance(value, int)):
            return f"is a {'whole number' if p.kind == 'int' else 'number'}, not {value!r}"
        inside = value in self.bounds if self.bounds else _between(p.low, value, p.high)
        return None if inside else f"is {_span(p, self.bounds)}, not {value:,}"


def read(cls: type, starts: Mapping[str, Value] = {}) -> dict[str, Argument]:
    """The arguments of `cls` that can be offered: with bounds, a choice or an inferred size, and switches.

    `starts` are starting values for required arguments.
    """
    hints = typing.get_type_hints(cls.__init__, include_extras=True)
    helps = argument_helps(cls)
    found = {}
    for name, declared in inspect.signature(cls).parameters.items():
        if name in NOT_OFFERED or name not in hints:
            continue
        required = declared.default is inspect.Parameter.empty
        default = starts.get(name) if required else declared.default
        argument = _argument(name, hints[name], default, required, helps.get(name, ""))
        if argument is not None:
            found[name] = argument
    return found


def _argument(name: str, hint: Any, default: Any, required: bool, help: str) -> Argument | None:
    """The argument of this annotation; None for one that no control can show."""
    kinds, facts = _unwrap(hint)
    bounds = next((fact for fact in facts if isinstance(fact, Range | Choice | Inferred)), None)
    if not isinstance(default, bool | int | float | str | None):
        return None
    common: dict[str, Any] = {"name": name, "default": default, "help": help}
    match bounds:
        case Inferred():
            return Argument(
                Parameter(**common, kind="int", inferred=True), required=required, inferred_from=bounds.dim
            )
        case Choice():
            return Argument(Parameter(**common, kind="choice", choices=list(bounds.values)), required)
        case Range():
            kind = "float" if float in kinds else "int"
            parameter = Parameter(**common, kind=kind, low=bounds.low, high=bounds.high)
            return Argument(parameter, required, bounds)
    return Argument(Parameter(**common, kind="bool"), required) if bool in kinds else None


def _unwrap(hint: Any) -> tuple[set[Any], list[Any]]:
    """The plain types in an annotation and the facts attached to it, at any depth of unions."""
    if typing.get_origin(hint) is typing.Annotated:
        kinds, facts = _unwrap(hint.__origin__)
        return kinds, [*facts, *hint.__metadata__]
    inner = typing.get_args(hint)
    if typing.get_origin(hint) is tuple or not inner:
        return {hint}, []
    parts = [_unwrap(part) for part in inner]
    return set().union(*(kinds for kinds, _ in parts)), [fact for _, facts in parts for fact in facts]


def argument_helps(cls: type) -> dict[str, str]:
    """The `Args:` section of the class's docstring: one line per argument."""
    section = re.search(r"^Args:\n((?:[ \t]+.*\n?|\n)+)", inspect.getdoc(cls) or "", re.MULTILINE)
    if section is None:
        return {}
    lines = inspect.cleandoc(section[1])
    entries = re.findall(r"^(\w+)(?: \([^)]*\))?: *(.+(?:\n[ \t]+.+)*)", lines, re.MULTILINE)
    return {name: re.sub(r"\s+", " ", text) for name, text in entries}


def first_line(cls: type) -> str:
    """The first sentence of a class's docstring: its help."""
    return (inspect.getdoc(cls) or "").partition("\n")[0]


def problems(known: Mapping[str, Argument], given: Mapping[str, Value], where: str, of: str) -> list[Problem]:
    """What is wrong with the arguments `given` to `of`, each at `<where>/args/<name>`."""
    found = []
    for name, value in given.items():
        if name not in known:
            message = f"{of} has no argument {name!r}"
            fix = f"it takes {_listed(known)}" if known else "it takes none"
            found.append(Problem(where=f"{where}/args/{name}", message=message, fix=fix))
        elif trouble := known[name].problem(value):
            found.append(Problem(where=f"{where}/args/{name}", message=f"{name} of {of} {trouble}"))
    for name, argument in known.items():
        if argument.required and not argument.parameter.inferred and name not in given:
            message = f"{of} needs {name}"
            found.append(Problem(where=f"{where}/args/{name}", message=message, fix=f"set {name}"))
    return found


def without_defaults(known: Mapping[str, Argument], given: Mapping[str, Value]) -> dict[str, Value]:
    """The arguments that have to be said, in the order of the signature."""
    return {
        name: given[name]
        for name, argument in known.items()
        if name in given and (argument.required or given[name] != argument.parameter.default)
    }


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def _between(low: float | None, value: float, high: float | None) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)


def _span(p: Parameter, bounds: Range | None) -> str:
    """The bounds in words: `at least 1 and at most 10`, `more than 0 and at most 1`."""
    least = "more than" if bounds and bounds.open_low else "at least"
    most = "less than" if bounds and bounds.open_high else "at most"
    ends = [f"{word} {end:,}" for word, end in ((least, p.low), (most, p.high)) if end is not None]
    return " and ".join(ends)
