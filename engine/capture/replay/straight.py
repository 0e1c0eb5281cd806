"""A plan that is replayed often, as one function without loops: up to a fifth off the step of a small model.

The function is generated. Its text is made only of what stands in this file and of numbers: every object it
uses is handed to it as `v0`, `v1`, …, and variables and attributes that the step reads are called `c0`, … and
`g0`, … here, whatever their names are. Nobody else's text gets into it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from threading import get_ident
from types import BuiltinMethodType, FunctionType, MethodType, MethodWrapperType
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.capture.form import Same, is_named, is_tensor, order
from engine.capture.replay.results import ChangedError, Fresh, take_over
from engine.capture.surroundings.guards import Items
from engine.capture.surroundings.reach import Attributes
from engine.grad_mode import is_grad_enabled
from engine.optim.program import Program
from engine.recording import options, structure, watchers
from engine.tensor import Tensor, wrap

if TYPE_CHECKING:
    from engine.capture.replay.plan import Plan

LONGEST = 1000  # calls; of more, looping over them is a small part
FEW = 4  # arrays that one is compared with one by one


class _Text:
    """Lines of the function, and the objects that they name."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.objects: list[Any] = []
        self.cells: list[Any] = []  # variables around the step, which the function reads as `c0`, …
        self.words: list[str] = []  # names of variables and attributes, put in place of `g0`, … at the end
        self._numbers: dict[int, int] = {}
        self._parts = 0

    def name(self, value: Any) -> str:
        """`v` and a number, the same for the same object."""
        number = self._numbers.setdefault(id(value), len(self.objects))
        if number == len(self.objects):
            self.objects.append(value)
        return f"v{number}"

    def word(self, name: str) -> str:
        """`g` and a number, in place of a name of the step's."""
        self.words.append(name)
        return f"g{len(self.words) - 1}"

    def part(self) -> str:
        """`b` and a number, for something in an argument."""
        self._parts += 1
        return f"b{self._parts - 1}"

    def add(self, depth: int, line: str) -> None:
        """One more line."""
        self.lines.append("    " * depth + line)

    @property
    def next_line(self) -> int:
        """The number in the source of the line that is added next."""
        return len(self.lines) + 3

    @property
    def source(self) -> str:
        """A function that binds the objects and returns `attempt`."""
        names = [f"v{number}" for number in range(len(self.objects))]
        names += [f"c{number}" for number in range(len(self.cells))]
        head = [f"def bind({', '.join(names)}):", "    def attempt(step, args, kwargs):"]
        return "\n".join([*head, *self.lines, "    return attempt"])


def suits(plan: Plan) -> bool:
    """Whether a plan can be written so: it takes no tensor twice, and is not too long."""
    return plan.takes_different_tensors and len(plan.calls) <= LONGEST


def straight(plan: Plan, take: Any, give: Any) -> FunctionType:
    """A captured step's call while this plan holds, from the arguments to the result."""
    text = written(plan, take, give)
    made = _compiled(text.source)(*text.objects, *text.cells)
    names = {f"g{number}": name for number, name in enumerate(text.words)}
    code = made.__code__.replace(co_names=tuple([names.get(name, name) for name in made.__code__.co_names]))
    cells = dict(zip(code.co_freevars, made.__closure__, strict=True))
    cells.update({f"c{number}": cell for number, cell in enumerate(text.cells)})
    return FunctionType(code, plan.variables, closure=tuple([cells[name] for name in code.co_freevars]))


@lru_cache(maxsize=64)
def _compiled(source: str) -> Callable[..., Any]:
    """Its `bind`: steps that are alike, such as those of a model made anew, have the same text."""
    scope: dict[str, Any] = {}
    exec(source, scope)  # noqa: S102 - see the top of this file
    bind: Callable[..., Any] = scope["bind"]
    return bind


def written(plan: Plan, take: Any, give: Any) -> _Text:
    """The text for a plan, with the objects it names. Not the plan, which holds the function."""
    text = _Text()
    leave = "return step._look(args, kwargs)"
    text.add(2, f"try: taken = {text.name(take)}()")
    text.add(2, f"except {text.name(IndexError)}: taken = 1")
    text.add(2, "if taken: return step.function(*args, **kwargs)")
    text.add(2, "try:")
    text.add(3, "plan = step._latest")
    text.add(3, "changed = 1")
    text.add(3, "try:")
    text.add(4, f"if {' or '.join(_changes(text, plan))}: pass")
    text.add(4, "else: changed = 0")
    text.add(3, f"except {text.name((NameError, AttributeError, LookupError))}: pass")
    text.add(3, f"if changed: {leave}")
    arguments = _arguments(text, plan, leave)
    for leaf, kept in plan.given:
        one, other = text.name(leaf), text.name(kept)
        text.add(3, f"if {one}._grad is not {other}: {text.name(take_over)}({one}, {other})")
    depth = 3
    if plan.flushes:
        thread = text.name(get_ident)
        text.add(3, f"here = plan.environment if plan.thread == {thread}() else plan.flushing()")
        text.add(3, "if here is not None: here.enter(here.flushing)")
        text.add(3, "try:")
        depth = 4
    told = ""
    if plan.generators:
        text.add(depth, "states = plan.states()")
        told = ", states"
    text.add(depth, "try:")
    first = text.next_line
    for call in plan.calls:
        text.add(depth + 1, _call(text, call, arguments))
    text.add(depth + 1, "pass")
    text.add(depth, f"except {text.name(BaseException)} as problem:")
    text.add(depth + 1, f"plan.broken(problem, problem.__traceback__.tb_lineno - {first}{told})")
    if plan.flushes:
        text.add(3, "finally:")
        text.add(4, "if here is not None: here.enter(here.usual)")
    for counter in plan.counters:
        text.add(3, f"{text.name(counter)}[0] += 1")
    for leaf in plan.none:
        text.add(3, f"{text.name(leaf)}._grad = None")
    text.add(3, "plan.replays += 1")
    text.add(3, f"return {_result(text, plan.outputs)}")
    text.add(2, f"except {text.name(ChangedError)} as problem: return step._changed(problem, args, kwargs)")
    text.add(2, f"finally: {text.name(give)}(taken)")
    return text


def _result(text: _Text, outputs: Any) -> str:
    """What makes the results of a replay, each fresh."""
    kind = type(outputs)
    if kind is Fresh:
        return f"{text.name(wrap)}({text.name(outputs.array.copy)}())"
    if kind is dict:
        parts = [f"{text.name(name)}: {_result(text, part)}" for name, part in outputs.items()]
        return f"{{{', '.join(parts)}}}"
    if kind is tuple:
        return f"({''.join([f'{_result(text, part)}, ' for part in outputs])})"
    if kind is list or is_named(kind):
        shown = f"[{', '.join([_result(text, part) for part in outputs])}]"
        return shown if kind is list else f"{text.name(kind)}._make({shown})"
    return text.name(outputs)


def _changes(text: _Text, plan: Plan) -> Iterator[str]:
    """What says that something around the step may be different, so that a longer look is needed.

    Variables are read as the step itself reads them, which takes a tenth of the time of asking their places.
    """
    yield f"{text.name(watchers)} or plan is None"
    counts = f"plan.version != {text.name(structure)}[0] or plan.options != {text.name(options)}[0]"
    yield f"({counts}) and not plan.holds() or plan.calls is not {text.name(plan.calls)}"
    yield f"{text.name(is_grad_enabled)}() is not {text.name(plan.grad_mode)}"
    for cell, value in plan.cells:
        text.cells.append(cell)
        yield f"c{len(text.cells) - 1} is not {text.name(value)}"
    for place, name, value in plan.places:
        if place is plan.variables:
            yield f"{text.word(name)} is not {text.name(value)}"
        elif type(place) is Attributes:
            yield f"{text.name(place.holder)}.{text.word(name)} is not {text.name(value)}"
        elif type(place) is Items and name is Items:
            yield f"{text.name(len)}({text.name(place.values)}) != {value}"
        elif type(place) is Items:
            yield f"{text.name(place.values)}[{text.name(name)}] is not {text.name(value)}"
        else:
            yield f"{text.name(place.get)}({text.name(name)}) is not {text.name(value)}"
    for leaf, had in plan.had:
        yield f"({text.name(leaf)}._grad is not None) is not {text.name(had)}"


def _arguments(text: _Text, plan: Plan, leave: str) -> dict[int, str]:
    """Check and take the arguments; by the id of its place, the name of each that is used as it is."""
    direct: dict[int, str] = {}
    for name, form in zip(("args", "kwargs"), plan.form, strict=True):
        _argument(text, plan, leave, direct, name, form)
    return direct


def _argument(text: _Text, plan: Plan, leave: str, direct: dict[int, str], name: str, form: Any) -> None:
    """Lines that look at one argument, and at those in it; what is in them is called `b0`, …"""
    if is_tensor(form):
        _take(text, plan, leave, direct, name, form)
    elif isinstance(form, Same):
        text.add(3, f"if {name} is not {text.name(form.value)}: {leave}")
    elif form[0] not in (tuple, list, dict) and not is_named(form[0]):
        kind, value = map(text.name, form)
        shown = f"{text.name(repr)}({name})" if type(form[1]) is not form[0] else name  # see `signature`
        other = f"{text.name(type)}({name}) is not {kind} or {shown} != {value}"
        text.add(3, f"if {name} is not {value} and ({other}): {leave}")
    else:
        kind, parts = form[0], form[1:]
        there = f"{text.name(len)}({name}) != {len(parts)}"
        if name not in ("args", "kwargs"):
            there = f"{text.name(type)}({name}) is not {text.name(kind)} or {there}"
        elif name == "kwargs" and not parts:
            there = name
        text.add(3, f"if {there}: {leave}")
        for at, part in enumerate(parts):
            inner = text.part()
            if kind is dict:
                text.add(3, f"{inner} = {name}.get({text.name(part[0])})")
            else:
                text.add(3, f"{inner} = {name}[{at}]")
            _argument(text, plan, leave, direct, inner, part[1] if kind is dict else part)


def _take(text: _Text, plan: Plan, leave: str, direct: dict[int, str], name: str, form: Any) -> None:
    """Lines that look at a tensor and take its numbers."""
    shape, dtype, _, at, axes = form
    place = plan.arguments.get(at)
    text.add(3, f"if {text.name(type)}({name}) is not {text.name(Tensor)} or {name}._requires_grad: {leave}")
    text.add(3, f"a{at} = {name}._array")
    turned = f"{text.name(order)}(a{at}) != {text.name(axes)}" if axes else f"not a{at}.flags.c_contiguous"
    other = f"a{at}.shape != {text.name(shape)} or a{at}.dtype is not {text.name(dtype)} or {turned}"
    text.add(3, f"if {other}: {leave}")
    if place is None:
        return
    written = plan.written.values()
    lies = [f"a{at} is {text.name(a)}" for a in written if a.shape == shape and a.dtype is dtype]
    if len(written) <= FEW:
        lies += [f"a{at}.base is {text.name(a)}" for a in written]
    else:
        lies.append(f"{text.name(id)}(a{at}.base) in {text.name(plan.written)}")
    if lies:
        text.add(3, f"if {' or '.join(lies)}: {leave}")
    if not _only_whole(plan, place):
        text.add(3, f"{text.name(place)}[...] = a{at}")
        return
    direct[id(place)] = f"a{at}"
    if plan.given:  # a replay writes gradients where they were: one that is an argument is copied first
        kept = [array for _, tensor in plan.given if (array := tensor._array).base is None]
        same = "".join(f" or a{at} is {text.name(array)}" for array in kept)
        text.add(3, f"if a{at}.base is not None{same}:")
        text.add(4, f"{text.name(place)}[...] = a{at}")
        text.add(4, f"a{at} = {text.name(place)}")


def _call(text: _Text, call: tuple[Any, tuple[Any, ...]], arguments: dict[int, str]) -> str:
    function, args = call
    given = [arguments.get(id(arg)) or text.name(arg) for arg in args]
    if isinstance(function, partial) and not function.args and function.keywords.keys() == {"out"}:
        given.append(f"out={text.name(function.keywords['out'])}")
        function = function.func
    owner = getattr(function, "__self__", None)
    if isinstance(owner, np.ndarray) and function.__name__ == "__setitem__":
        return f"{text.name(owner)}[{given[0]}] = {given[1]}"
    if caller := arguments.get(id(owner)):
        return f"{caller}.dot({', '.join(given)})"
    return f"{text.name(function)}({', '.join(given)})"


def _only_whole(plan: Plan, place: np.ndarray) -> bool:
    """Whether an argument is used as a whole only, so that the caller's array can stand in its place."""
    if any(np.may_share_memory(array, place) for array in _arrays(plan.outputs)):
        return False
    for function, args in plan.calls:
        if not _is_open(function):
            return False
        own = getattr(function, "__self__", None)
        if own is place and function.__name__ != "dot":
            return False
        beside = [part for part in (own, *args) if part is not place]
        if isinstance(function, partial):
            beside.append(function)
        if any(np.may_share_memory(array, place) for array in _arrays(beside)):
            return False
    return True


def _is_open(function: Any) -> bool:
    """Whether all arrays that a function can use are seen from outside."""
    if isinstance(function, FunctionType):
        return not function.__closure__
    if isinstance(function, MethodType):
        return isinstance(function.__self__, Program)  # which has the optimizer's arrays alone
    return isinstance(function, (np.ufunc, partial, BuiltinMethodType, MethodWrapperType))


def _arrays(value: Any) -> Iterator[np.ndarray]:
    """All arrays in a value, however deep."""
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, Fresh):
        yield value.array
    elif isinstance(value, partial):
        yield from _arrays((value.func, value.args, value.keywords))
    elif isinstance(value, (tuple, list)):
        for part in value:
            yield from _arrays(part)
    elif isinstance(value, dict):
        for part in value.values():
            yield from _arrays(part)
    elif isinstance(value, BuiltinMethodType) and isinstance(value.__self__, np.ndarray):
        yield value.__self__
