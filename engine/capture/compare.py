"""Whether two recordings of a step are the same, so that a third call may be a replay."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import chain
from operator import attrgetter, is_
from typing import Any

import numpy as np

from engine.capture.recorder import Note, Recorder
from engine.capture.trace import owner

_CONTAINERS = frozenset((tuple, list, dict))
_layout = attrgetter("shape", "strides", "dtype")


def why_different(first: Recorder, second: Recorder) -> str:
    """What differs between two recordings; empty if nothing does."""
    mine, others = ([note for note in recorder.notes if note[1]] for recorder in (first, second))
    if len(mine) != len(others):
        return f"its calls do not repeat: {len(mine)} operations, then {len(others)}"
    before, now = first.gradients(), second.gradients()
    both = before.keys() & now.keys()
    given = [*first.arguments, *map(before.get, both)], [*second.arguments, *map(now.get, both)]
    if _is_alike(_Columns(first, mine, given[0]), _Columns(second, others, given[1])):
        return ""
    pairs = _Pairs()
    for a, b in zip(*given, strict=True):
        pairs.given_back(a, b)
    for one, other in zip(mine, others, strict=True):
        alike = one[0] is other[0] and len(one[1]) == len(other[1]) and pairs.all_same(one[1], other[1])
        if not alike or not pairs.given_back(one[2], other[2]):
            return _told(one, other)
    return "" if pairs.same(first.outputs, second.outputs) else "what it returns does not repeat"


class _Columns:
    """The notes of a recording by what is noted, for a look that is a few calls and no loop of Python's."""

    def __init__(self, recorder: Recorder, notes: list[Note], arrays: list[Any]) -> None:
        reads, given, results, _ = zip(*notes, strict=True) if notes else ((), (), (), ())
        self.form = reads, list(map(len, given)), list(map(len, results))
        self.given = [*chain.from_iterable(given), recorder.outputs]
        self.made = [*arrays, *chain.from_iterable(results)]
        self.kinds = list(map(type, self.made))


def _is_alike(one: _Columns, other: _Columns) -> bool:
    """Whether two recordings are the same at a glance; where not, a closer look may find that they are."""
    if one.form != other.form or one.kinds != other.kinds or not _CONTAINERS.isdisjoint(one.kinds):
        return False
    made, others = ([array for array in columns.made if array is not None] for columns in (one, other))
    if list(map(_layout, made)) != list(map(_layout, others)):
        return False
    pairs = _Pairs()
    partners = pairs.partners
    partners.update(zip(map(id, made), others, strict=True))
    if not all(map(is_, map(partners.get, map(id, made)), others)):  # one is met again, the other is not
        return False
    if not all(pairs.same_memory(a, b) for a, b in zip(made, others, strict=True) if a.base is not None):
        return False
    found = map(partners.get, map(id, one.given), one.given)
    unsure = [
        (mine, its) for partner, mine, its in zip(found, one.given, other.given, strict=True)
        if partner is not its or type(its) in _CONTAINERS
    ]
    return all(pairs.same(mine, its) for mine, its in unsure)


def _told(one: Note, other: Note) -> str:
    name, then = _name(one[1][0]), _name(other[1][0])
    if name != then:
        return f"its operations do not repeat: {name}, then {then}"
    return f"what {name} is given does not repeat: a value made or read outside of operations"


def _name(function: Any) -> str:
    return str(getattr(function, "name", None) or getattr(function, "__name__", "a call"))


class _Pairs:
    """Arrays of one recording and those of the other that play the same part."""

    def __init__(self) -> None:
        self.partners: dict[int, Any] = {}

    def same(self, a: Any, b: Any) -> bool:
        """Whether two arguments are the same, arrays that play the same part."""
        partner = self.partners.get(id(a))
        if partner is not None:
            return partner is b
        kind = type(a)
        if kind is tuple or kind is list:
            return type(b) is kind and len(a) == len(b) and self.all_same(a, b)
        if kind is dict:
            return type(b) is dict and a.keys() == b.keys() and all(self.same(a[k], b[k]) for k in a)
        if kind is np.ndarray:
            return a is b or self._outside(a, b)
        return same_value(a, b)

    def all_same(self, first: Sequence[Any], second: Sequence[Any]) -> bool:
        """`same` for each pair."""
        partners = self.partners
        for a, b in zip(first, second, strict=True):
            partner = partners.get(id(a))
            if partner is not None:
                if partner is not b:
                    return False
            elif (a is not b or type(a) in _CONTAINERS) and not self.same(a, b):
                return False
        return True

    def _outside(self, a: np.ndarray, b: Any) -> bool:
        """Whether two arrays that no operation made are the same part of corresponding memory."""
        if type(b) is not np.ndarray or _layout(a) != _layout(b):
            return False
        mine, other = owner(a), owner(b)
        corresponds = self.partners.get(id(mine), mine) is other
        return corresponds and _start(a) - _start(mine) == _start(b) - _start(other)

    def same_memory(self, a: np.ndarray, b: np.ndarray) -> bool:
        """Whether results both are views, or not; what they are views of plays the same part then."""
        if a.base is not None and b.base is not None:
            self.partners.setdefault(id(owner(a)), owner(b))
            return True
        return a.base is b.base

    def given_back(self, a: Any, b: Any) -> bool:
        """Whether two results are alike; from here on they play the same part."""
        kind = type(a)
        if kind is np.ndarray:
            partner = self.partners.get(id(a))
            if partner is not None:
                return partner is b
            self.partners[id(a)] = b
            return type(b) is np.ndarray and _layout(a) == _layout(b) and self.same_memory(a, b)
        if a is None:
            return b is None
        if kind is tuple or kind is list:
            return type(b) is kind and len(a) == len(b) and all(map(self.given_back, a, b))
        if isinstance(a, np.generic) and kind is type(b):
            if kind is not np.bool_:  # of which there are but two, whoever made them
                self.partners[id(a)] = b
            return True
        return False


def _start(array: np.ndarray) -> int:
    return int(array.__array_interface__["data"][0])


def same_value(a: Any, b: Any) -> bool:
    """Whether two plain values, or functions with what they hold, are the same."""
    if a is b:
        return True
    if type(a) is not type(b):
        return False
    if isinstance(a, partial):
        parts = ((a.func, a.args, a.keywords), (b.func, b.args, b.keywords))
        return same_value(*parts)
    if isinstance(a, (tuple, list)):
        return len(a) == len(b) and all(map(same_value, a, b))
    if type(a) is dict:
        return a.keys() == b.keys() and all(same_value(a[k], b[k]) for k in a)
    if isinstance(a, slice):
        return same_value((a.start, a.stop, a.step), (b.start, b.stop, b.step))
    if isinstance(a, np.ndarray):
        return False
    if isinstance(a, (int, float, str, bytes, type(None), np.dtype, np.generic)):
        return bool(a == b) or (a != a and b != b)
    code = getattr(a, "__code__", None)
    if code is not None and code is getattr(b, "__code__", None):
        held = [[cell.cell_contents for cell in f.__closure__ or ()] for f in (a, b)]
        return same_value(held[0], held[1]) and same_value(a.__defaults__, b.__defaults__)
    method = getattr(a, "__func__", None)
    return method is not None and method is b.__func__ and a.__self__ is b.__self__
