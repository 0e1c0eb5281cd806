"""Whether two recordings of a step are the same, so that a third call may be a replay."""

from __future__ import annotations

from functools import partial
from itertools import zip_longest
from typing import Any

import numpy as np

from engine.capture.recorder import Recorder
from engine.capture.trace import Entry, Ref, Storage


def why_different(first: Recorder, second: Recorder) -> str:
    """What differs between two recordings; empty if nothing does."""
    pairs = _Pairs()
    if len(first.entries) != len(second.entries):
        return f"its calls do not repeat: {len(first.entries)} operations, then {len(second.entries)}"
    for a, b in zip_longest(first.entries, second.entries):
        if problem := pairs.entries(a, b):
            return problem
    return "" if pairs.trees(first.outputs, second.outputs) else "what it returns does not repeat"


class _Pairs:
    """Storages of one recording and those of the other that play the same part."""

    def __init__(self) -> None:
        self.partner: dict[int, Storage] = {}

    def entries(self, a: Entry, b: Entry) -> str:
        """Why two entries differ."""
        name = getattr(a.source, "name", None) or getattr(a.function, "__name__", "a call")
        if not same_value(a.function, b.function):
            other = getattr(b.source, "name", None) or getattr(b.function, "__name__", "a call")
            return f"its operations do not repeat: {name}, then {other}"
        if not self.trees(a.args, b.args) or not self.trees(a.outs, b.outs):
            return f"what {name} is given does not repeat: a value made or read outside of operations"
        return ""

    def trees(self, a: Any, b: Any) -> bool:
        """Whether two arguments are the same, references to places that correspond."""
        if isinstance(a, Ref):
            return isinstance(b, Ref) and self.refs(a, b)
        if type(a) in (tuple, list):
            return type(a) is type(b) and len(a) == len(b) and all(map(self.trees, a, b))
        if type(a) is dict:
            return type(b) is dict and a.keys() == b.keys() and all(self.trees(a[k], b[k]) for k in a)
        return same_value(a, b)

    def refs(self, a: Ref, b: Ref) -> bool:
        """Whether two arrays lie in the same way in corresponding places."""
        x, y, s, t = a.array, b.array, a.storage, b.storage
        if x is y and s.kind == t.kind == "external" and s.initial is None:
            return self.partner.setdefault(id(s), t) is t
        if x.shape != y.shape or x.strides != y.strides or x.dtype != y.dtype:
            return False
        if (x is not s.root or y is not t.root) and s.offset(x) != t.offset(y):
            return False
        known = self.partner.get(id(s))
        if known is not None:
            return known is t
        self.partner[id(s)] = t
        return _alike(s, t)


def _alike(s: Storage, t: Storage) -> bool:
    if s.kind != t.kind:
        return False
    if s.kind == "external":
        if s.initial is not None:
            return t.initial is not None and np.array_equal(s.initial, t.initial, equal_nan=True)
        return s.root is t.root
    if s.kind == "gradient":
        return s.leaf is t.leaf
    return s.made == t.made


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
