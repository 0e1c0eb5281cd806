"""capture: a step written in ordinary engine code, replayed as a flat list of numpy calls.

The first two calls of a kind run eagerly and are recorded; if both did the same, later calls replay the
recording on fixed arrays. What cannot be recorded runs eagerly. See ``docs/capture.md``.
"""

from __future__ import annotations

import copy
import functools
import math
import warnings
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import numpy as np

from engine import recording
from engine.capture.form import detached, own, replaced, signature
from engine.capture.methods import KEPT_AS, method_of
from engine.capture.notes.compare import DifferentError
from engine.capture.notes.forget import forget_numbers
from engine.capture.notes.reading import Reading
from engine.capture.notes.recorder import Recorder
from engine.capture.replay.plan import NOT_THIS, Plan
from engine.capture.replay.results import ChangedError, UnsuitableError
from engine.capture.replay.straight import straight, suits
from engine.grad_mode import is_grad_enabled, is_inference_mode_enabled
from engine.ops import scratch
from engine.recording import watchers
from engine.tensor import Tensor

KINDS = 16  # kinds of calls that are remembered
VARIANTS = 4  # plans of one kind: train and eval, first and further gradient
PATIENCE = 4  # recordings that do not repeat, or plans that break, before a step is left to run eagerly
WORTH_IT = 4  # replays that make up for a recording
MOST = 1000  # variables, attributes and items to look at before a replay


class _Kind:
    """What is known of the calls with arguments of one kind."""

    def __init__(self) -> None:
        self.plans: list[Plan] = []
        self.recordings: list[Recorder] = []
        self.failures = 0
        self.reason: str | None = None
        self.refused_at = -1  # the structure when it was; another one may do, up to a point
        self.debt = 0  # replays that would have paid for the plans that others have replaced


class Captured:
    """A captured function. ``why_eager`` says why the latest call was not a replay; None if it was one."""

    def __init__(self, function: Callable[..., Any]) -> None:
        functools.update_wrapper(self, function)
        self.function = function
        self.why_eager: str | None = "it was not called yet"
        self._latest: Plan | None = None  # tried first, without making a signature
        self._way: Callable[..., Any] = Captured._carefully  # how the next call is made
        self._kinds: OrderedDict[Any, _Kind] = OrderedDict()
        self._warned = False
        self._debt = 0  # replays that would have paid for the kinds that made room for others
        tokens = [False]  # one call at a time takes it, and may replay; a lock would take four times as long
        self._take, self._give = tokens.pop, tokens.append

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        try:
            kept = instance.__dict__[KEPT_AS]
            if kept.owner is instance:
                return kept[self]
        except (AttributeError, LookupError):  # it is the first time
            pass
        if instance is None or not hasattr(self.function, "__get__"):
            return self
        return method_of(self, instance, owner)

    def __deepcopy__(self, memo: dict[int, Any]) -> Captured:
        return Captured(copy.deepcopy(self.function, memo))

    def __reduce__(self) -> Any:
        owner = getattr(self.function, "__self__", None)
        name = self.function.__name__ if owner is not None else self.function.__qualname__
        return name if owner is None else (getattr, (owner, name))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        way = self._way
        return way(self, args, kwargs)

    def _carefully(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The call, whatever it may be."""
        try:
            taken = self._take()
        except IndexError:
            taken = True
        if taken:  # by another thread, or by this step, which calls itself
            return self.function(*args, **kwargs)
        try:
            return self._look(args, kwargs)
        except ChangedError as problem:
            return self._changed(problem, args, kwargs)
        finally:
            self._give(taken)

    def _look(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """A replay of the latest plan, if it holds, or of another one, or else an eager call."""
        if watchers and recording.watcher() is not None:
            return self.function(*args, **kwargs)
        plan = self._latest
        if plan is not None and not kwargs:
            result = plan.attempt(args)
            if result is not NOT_THIS:
                self._use(plan)
                return result
        return self._call(args, kwargs)

    def _use(self, plan: Plan | None) -> None:
        """Try this plan first from now on."""
        self._latest = plan
        if plan is not None and plan.replays >= plan.straight_at:
            plan.straight_at = math.inf
            plan.straight = straight(plan, self._take, self._give) if suits(plan) else None
        self._way = plan.straight if plan is not None and plan.straight else Captured._carefully

    def _call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        tensors: list[Tensor] = []
        form = signature(args, tensors), signature(kwargs, tensors) if kwargs else (dict,)
        key = (form, is_grad_enabled(), is_inference_mode_enabled())
        kind = self._kinds.get(key)
        if kind is None:
            kind = self._new_kind(key)
        if kind.reason is None or (kind.refused_at != recording.structure[0] and kind.failures < PATIENCE):
            for plan in kind.plans:
                if plan.holds():
                    arrays = [tensor._array for tensor in tensors]
                    if plan.writes_into(arrays):
                        self._use(None)
                        self.why_eager = "it writes into one of its arguments"
                        return self.function(*args, **kwargs)
                    plan.load(arrays)
                    self._use(plan)
                    self.why_eager, kind.reason, kind.failures = None, None, 0
                    return plan.replay()
            return self._record(kind, form, tensors, args, kwargs)
        self._use(None)
        self.why_eager = kind.reason
        return self.function(*args, **kwargs)

    def _new_kind(self, key: Any) -> _Kind:
        """A kind of call that is not known, or not any more; the oldest makes room for it, up to a point."""
        made = _Kind()
        if self._debt >= KINDS * WORTH_IT:
            made.failures = PATIENCE
            self._give_up(made, f"its shapes, types or plain arguments are of more than {KINDS} kinds")
            return made
        self._kinds[key] = made
        if len(self._kinds) > KINDS:
            _, oldest = self._kinds.popitem(last=False)
            self._debt = _owed(self._debt, [sum(plan.replays for plan in oldest.plans)])
        return made

    def _changed(self, problem: ChangedError, args: Any, kwargs: Any) -> Any:
        """A replay stopped before it had any effect."""
        plan = self._latest
        self._use(None)
        self.why_eager = str(problem)
        result = self.function(*args, **kwargs)  # if this fails too, the fault is not the plan's
        for kind in self._kinds.values():
            if plan in kind.plans:
                plan.failures += 1
                if plan.failures >= PATIENCE:
                    kind.plans, kind.failures = [], PATIENCE
                    self._give_up(kind, str(problem))
        return result

    @property
    def replays(self) -> int:
        """How many calls of the plans in use were replays."""
        return sum(plan.replays for kind in self._kinds.values() for plan in kind.plans)

    def _record(self, kind: _Kind, form: Any, tensors: list[Tensor], args: Any, kwargs: Any) -> Any:
        arrays: list[np.ndarray] = []
        copies: dict[int, Tensor] = {}
        for tensor in tensors:
            if tensor._array.base is not None:
                tensor = copies.setdefault(id(tensor), own(tensor))
            arrays.append(tensor._array)
        if copies:
            args, kwargs = replaced((args, kwargs), copies)
        given = (*args, *kwargs.values())
        recorder = Recorder(self.function, given, arrays, kind.recordings[0] if kind.recordings else None)
        if True in {tensor._requires_grad for tensor in tensors}:
            recorder.refuse("an argument requires a gradient")
        if len(recorder.guards.places) > MOST:
            recorder.refuse(f"its code leads to more than {MOST} variables, attributes and items")
        with recorder:
            result = self.function(*args, **kwargs)
        self._use(None)
        self.why_eager = "it is being recorded"
        recorder.finish(result)
        reasons = [recorder.guards.broken(), *recorder.changed_modules()]
        recorder.reasons += [f"it changes {reason} in plain Python" for reason in reasons if reason]
        if recorder.reasons:
            kind.failures += not kind.plans
            self._give_up(kind, recorder.reasons[0])
            return result
        problem = ""
        for earlier in kind.recordings:
            try:
                plan = Plan(Reading(recorder, earlier), recorder, form)
            except DifferentError as difference:
                problem = str(difference)
            except UnsuitableError as reason:
                kind.recordings.remove(earlier)
                kind.failures += 1
                self._give_up(kind, str(reason))
                return result
            else:
                kind.recordings.remove(earlier)
                kind.plans.insert(0, plan)
                kind.debt = _owed(kind.debt, [plan.replays for plan in kind.plans[VARIANTS:]])
                del kind.plans[VARIANTS:]
                scratch.give_back()
                if kind.debt >= PATIENCE * WORTH_IT:
                    kind.plans, kind.failures = [], PATIENCE
                    self._give_up(kind, "what it reads besides its arguments keeps changing")
                return detached(result)
        forget_numbers(recorder)
        kind.recordings = [recorder, *kind.recordings][:VARIANTS]
        if len(kind.recordings) > 1:
            kind.failures += 1
            if kind.failures >= PATIENCE:
                self._give_up(kind, problem)
        return detached(result)

    def _give_up(self, kind: _Kind, reason: str) -> None:
        kind.reason = self.why_eager = reason
        kind.refused_at, kind.recordings = recording.structure[0], []
        if not self._warned:
            self._warned = True
            name = getattr(self.function, "__qualname__", "a step")
            warnings.warn(f"{name} is not captured and runs eagerly: {reason}", stacklevel=5)


def _owed(debt: int, replays: list[int]) -> int:
    """The debt after what made so many replays was dropped: each has cost ``WORTH_IT``."""
    return max(debt + sum(WORTH_IT - made for made in replays), 0)


def capture(function: Callable[..., Any]) -> Captured:
    """Decorator: replay a step as numpy calls on fixed memory once it was recorded twice."""
    return Captured(function)
