"""What a class takes, read from its signature and docstring; and given values held against it."""

import inspect
import re
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.nn.bounds import Choice, Inferred, NotOffered, PerOutput, Range
from playground.experiment.spec import Argument as Value
from playground.protocol.replies import Parameter, Problem

FACTS = (Range, Choice, Inferred, PerOutput, NotOffered)


@dataclass(frozen=True)
class Argument:
    """One argument: what a control needs, and what the palette's `Parameter` cannot say.

    `parameter.default` is what a new one starts with; `default` is the signature's, None where required.
    """

    parameter: Parameter
    default: Value | None = None
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
            return None if isinstance(value, bool) else f"must be true or false, not {value!r}"
        if p.kind in ("pair", "numbers"):
            return self._problem_of_several(value)
        if p.kind == "choice":
            return None if value in p.choices else f"must be one of {', '.join(p.choices)}, not {value!r}"
        if isinstance(value, bool | str | tuple) or (p.kind == "int" and not isinstance(value, int)):
            return f"must be a {'whole number' if p.kind == 'int' else 'number'}, not {value!r}"
        return None if self._is_inside(value) else f"must be {_span(p, self.bounds)}, not {value:,}"

    def _problem_of_several(self, value: Value) -> str | None:
        is_pair = self.parameter.kind == "pair"
        many = "two numbers" if is_pair else "a number for each output"
        if not isinstance(value, tuple) or (is_pair and len(value) != 2):
            return f"must be {many}, not {value!r}"
        wrong = next((number for number in value if not self._is_inside(number)), None)
        if wrong is not None:
            return f"must be {many}, each {_span(self.parameter, self.bounds)}, not {wrong:,}"
        return None if is_pair or any(value) else "must have a number above 0: else no sample counts"

    def _is_inside(self, value: float) -> bool:
        p = self.parameter
        return value in self.bounds if self.bounds else _between(p.low, value, p.high)


def read(cls: type, starts: Mapping[str, Value] = {}) -> dict[str, Argument]:
    """The arguments of `cls` that can be offered: with bounds, a choice or an inferred size, and switches.

    `starts` are starting values for arguments that have no useful default.
    """
    helps = argument_helps(cls)
    found = {}
    for name, declared in inspect.signature(cls, eval_str=True).parameters.items():
        if name in ("params", "optimizer"):
            continue
        required = declared.default is inspect.Parameter.empty
        argument = _argument(
            Parameter(name=name, kind="bool", help=helps.get(name, "")),
            declared.annotation,
        )
        default = None if required else declared.default
        if argument is None or not isinstance(default, bool | int | float | str | tuple | None):
            continue
        parameter = argument.parameter.model_copy(update={"default": starts.get(name, default)})
        found[name] = replace(argument, parameter=parameter, default=default, required=required)
    return found


def _argument(parameter: Parameter, annotation: Any) -> Argument | None:
    """The argument with what its annotation says; None for one that no control can show."""
    kinds, facts = _unwrap(annotation)
    bounds = next((fact for fact in facts if isinstance(fact, FACTS)), None)
    match bounds:
        case Inferred():
            said: dict[str, Any] = {"kind": "int", "inferred": True}
            return Argument(parameter.model_copy(update=said), inferred_from=bounds.dim)
        case Choice():
            said = {"kind": "choice", "choices": list(bounds.values)}
            return Argument(parameter.model_copy(update=said))
        case Range():
            said = {"kind": _kind(kinds), "low": bounds.low, "high": bounds.high}
            return Argument(parameter.model_copy(update=said), bounds=bounds)
        case PerOutput(bounds=each):
            said = {"kind": "numbers", "low": each.low, "high": each.high}
            return Argument(parameter.model_copy(update=said), bounds=each)
    return Argument(parameter) if bool in kinds and bounds is None else None


def _kind(kinds: set[Any]) -> str:
    """What takes a bounded value of these types; one of any type may differ by parameter group."""
    if any(typing.get_origin(kind) is tuple and float in typing.get_args(kind) for kind in kinds):
        return "pair"
    return "float" if kinds & {float, Any} else "int"


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
    section = re.search(r"^Args:\n((?:[ \t]+.*\n?|\n)+)", _docstring(cls), re.MULTILINE)
    if section is None:
        return {}
    lines = inspect.cleandoc(section[1])
    entries = re.findall(r"^(\w+)(?: \([^)]*\))?: *(.+(?:\n[ \t]+.+)*)", lines, re.MULTILINE)
    return {name: re.sub(r"\s+", " ", text) for name, text in entries}


def first_line(cls: type) -> str:
    """The first sentence of a class's docstring: its help."""
    return _docstring(cls).partition("\n")[0]


def _docstring(cls: type) -> str:
    """As it is said to a person, who reads names without the marks of code around them."""
    return (inspect.getdoc(cls) or "").replace("`", "")


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
        if name in given and (argument.required or given[name] != argument.default)
    }


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def _between(low: float | None, value: float, high: float | None) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)


def _span(p: Parameter, bounds: Range | None) -> str:
    """The bounds in words: `at least 1 and at most 10`, `more than 0 and at most 1`."""
    least = "more than" if bounds and bounds.open_low else "at least"
    most = "less than" if bounds and bounds.open_high else "at most"
    ends = [f"{word} {end:,.12g}" for word, end in ((least, p.low), (most, p.high)) if end is not None]
    return " and ".join(ends)
