"""Plan: a recorded step as a flat list of numpy calls, and what must still hold for it to be replayed."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Sequence
from operator import length_hint
from threading import get_ident
from typing import Any, NoReturn

import numpy as np

from engine import recording
from engine.capture.form import is_tensor, mapped
from engine.capture.notes.reading import Reading, forget_gradients, keep_gradients
from engine.capture.notes.recorder import Recorder
from engine.capture.notes.trace import CLEARED, Ref, owner, refs
from engine.capture.replay.layout import Layout
from engine.capture.replay.lower import lowered
from engine.capture.replay.results import NOT_THIS, ChangedError, Fresh, UnsuitableError, made, take_over
from engine.capture.surroundings.facts import contents, difference, facts, modes, parts_of, same
from engine.capture.surroundings.guards import alike, content_of
from engine.denormal import Environment, environment
from engine.grad_mode import is_grad_enabled
from engine.recording import options, structure
from engine.tensor import Tensor, wrap

OFTEN = 256  # replays after which a plan is worth a function of its own
_DRIFTS = 4096  # bytes of intermediate results from which denormal numbers would be felt

_homes: dict[int, tuple[Any, Tensor]] = {}  # by id of a leaf: the tensor that is its grad in replays


def home(leaf: Tensor, slot: np.ndarray | None) -> Tensor:
    """The tensor that is a leaf's gradient in every replay; in ``slot``, if one is given."""
    found = _homes.get(id(leaf))
    if found is not None and found[0]() is leaf and found[1]._array.shape == leaf._array.shape:
        kept = found[1]
        if slot is None or kept._array is slot:
            return kept
        recording.changed()
        np.copyto(slot, kept._array)
        kept._array = slot
        return kept
    kept = wrap(np.zeros_like(leaf._array) if slot is None else slot)
    key = id(leaf)
    _homes[key] = (weakref.ref(leaf, lambda _: _homes.pop(key, None)), kept)
    return kept


class Plan:
    """A step to replay."""

    def __init__(self, reading: Reading, recorder: Recorder, form: tuple[Any, Any]) -> None:
        guards = recorder.guards
        arguments, outputs = reading.arguments, reading.outputs
        self.cells, self.places, self.variables = guards.cells, guards.places, guards.variables
        self.replays = self.failures = 0
        self.straight: Any = None  # a faster way to make the call, once it pays
        self.straight_at: float = OFTEN
        slots = {id(p): s for _, _, _, blocks in reading.updates for b in blocks for p, s in b.slots}
        self.given: list[tuple[Tensor, Tensor]] = []  # leaves that have a gradient, and what it is in replays
        self.had: list[tuple[Tensor, bool]] = []
        for key, (leaf, grad) in reading.met.items():
            if key in reading.given or type(grad) is np.ndarray:
                self.given.append((leaf, home(leaf, slots.get(key))))
            if grad is not CLEARED:
                self.had.append((leaf, grad is not None))
        self.none = [leaf for leaf, _ in reading.met.values() if leaf._grad is None]
        layout = Layout(reading, refs(outputs), {id(leaf): kept._array for leaf, kept in self.given})
        self.bytes, self.flushes = layout.bytes, layout.bytes >= _DRIFTS
        for leaf, kept in self.given:  # the gradients that the recording left
            if leaf._grad is not None and leaf._grad is not kept:
                kept._array[...] = leaf._grad._array
                leaf._grad = kept
        places = [ref.storage.place for ref in arguments]
        self._inputs = [(i, place) for i, place in enumerate(places) if place is not None]
        self.takes_different_tensors = len({id(ref.array) for ref in arguments}) == len(arguments)
        self.form, self.arguments = form, dict(self._inputs)
        (_, *given), (_, *named) = form
        alike = not named and self.takes_different_tensors
        self.specs = [
            (i, shape, kind, places[i]) for i, (shape, kind, *_) in enumerate(given)
        ] if alike and all(is_tensor(part) and not part[-1] for part in given) else None
        self.grad_mode = is_grad_enabled()
        self.counters = list(reading.counters.values())
        self._tensors = reading.outside()
        called = recorder.modules
        others = [(module, facts(module)) for module in guards.networks if id(module) not in called]
        self._modules = [*called.values(), *others]
        self._updates = [(o, n, group, o._blocks[n]) for o, n, group, _ in reading.updates]
        found = {id(o): o for o in (*guards.optimizers, *(o for o, *_ in reading.updates))}
        self._optimizers = [(optimizer, parts_of(optimizer)) for optimizer in found.values()]
        self._groups = _groups(found.values())
        self._told, self._modes = guards.told, guards.modes
        self._homes = [(kept, kept._array) for _, kept in self.given]
        self.generators = reading.generators
        self._lower(layout)
        self.outputs = mapped(outputs, _prepared)
        self.version, self.options = structure[0], options[0]
        self.thread = 0
        self.environment: Environment | None = None

    def _lower(self, layout: Layout) -> None:
        """The calls: how many can be made again from the start, and when leaves get or lose a gradient."""
        before = [leaf._grad for leaf, _ in self.given]
        for leaf, kept in self.given:
            leaf._grad = kept
        self._parts = lowered(layout)
        for (leaf, _), grad in zip(self.given, before, strict=True):
            leaf._grad = grad
        self.calls = [call for part in self._parts for call in part]
        self.safe = made = 0
        lasting = False
        written = [storage for entry in layout.entries for storage in entry.writes]
        roots = [storage.root for storage in written if storage.kind == "external"]
        self.written = {id(root): root for root in roots}  # memory that was there before the step
        self._turns: list[tuple[int, Tensor, Tensor | None]] = []  # after so many calls
        homes = {id(leaf): kept for leaf, kept in self.given}
        for entry, part in zip(layout.entries, self._parts, strict=True):
            if entry.sized and lasting:  # too late to call the step again if it is of another shape
                raise UnsuitableError(
                    "after something was changed, a shape depends on the data: take it before, or outside"
                )
            lasting = lasting or entry.lasts
            made += len(part)
            if not lasting:
                self.safe = made
            if entry.function is forget_gradients:
                self._turns += [(made, leaf, None) for leaf in entry.args]
            elif entry.function is keep_gradients:
                self._turns += [(made, leaf, homes[id(leaf)]) for leaf in entry.args[1]]
        self._programs = layout.programs
        listed = {id(program.block) for program in layout.programs}
        self._unlisted = [
            (o, group, blocks) for o, _, group, blocks in self._updates
            if any(id(block) not in listed for block in blocks)
        ]
        self._renewals = [program.renewals for program in self._programs]

    def load(self, arrays: list[np.ndarray]) -> None:
        """Take new arguments."""
        for i, place in self._inputs:
            place[...] = arrays[i]

    def writes_into(self, arrays: list[np.ndarray]) -> bool:
        """Whether the step writes into some of these arguments: they lie where its parameters do, say."""
        return any(id(owner(array)) in self.written for array in arrays)

    def holds(self) -> bool:
        """Whether the step would still do what it did when it was recorded."""
        if self.version != structure[0]:
            if not self._check():
                return False
            self.version = structure[0]
            self._groups = _groups([optimizer for optimizer, _ in self._optimizers])
        if self.options != options[0]:
            fits = all(group["params"] is params for group, params in self._groups)
            fits = fits and all(blocks.names == o._names_of(group) for o, group, blocks in self._unlisted)
            if not fits or not all(program.fits() for program in self._programs):
                return False
            self.options = options[0]
            self._renew()
        return self._same_around()

    def _renew(self) -> None:
        """Take over the calls of updates whose options have changed."""
        renewals = [program.renewals for program in self._programs]
        if renewals != self._renewals:
            self.calls = [call for part in self._parts for call in part]
            self._renewals, self.straight, self.straight_at = renewals, None, self.replays + OFTEN

    def _same_around(self) -> bool:
        """Whether what changes without a word is the same: variables, and which gradients there are."""
        for cell, value in self.cells:
            if not alike(content_of(cell), value):
                return False
        for leaf, had in self.had:
            if (leaf._grad is not None) is not had:
                return False
        return not self.places or all(alike(place.get(name), value) for place, name, value in self.places)

    def _check(self) -> bool:
        return (
            self._modes == modes()
            and all(t._array is array and t._requires_grad is wants for t, array, wants in self._tensors)
            and not any(t._hooks or t._accumulated_hooks for t, _, _ in self._tensors)
            and all(t._array is array for t, array in self._homes)
            and not any(difference(module, before) for module, before in self._modules)
            and all(same(parts_of(optimizer), parts) for optimizer, parts in self._optimizers)
            and all(same(contents(container), then) for container, then in self._told)
            and all(
                o.param_groups[n] is group and o._blocks[n] is blocks and blocks.have_states(o.state)
                for o, n, group, blocks in self._updates
            )
        )

    def attempt(self, args: tuple[Any, ...]) -> Any:
        """The result of a replay on these arguments, or NOT_THIS where a longer look is needed first.

        On small models this and `replay` are a good part of the time: plain code, few calls.
        """
        specs = self.specs
        if specs is None or len(args) != len(specs) or is_grad_enabled() is not self.grad_mode:
            return NOT_THIS
        for at, shape, kind, place in specs:
            arg = args[at]
            if type(arg) is not Tensor or arg._requires_grad:
                return NOT_THIS
            array = arg._array
            if array.shape != shape or array.dtype is not kind or not array.flags.c_contiguous:
                return NOT_THIS
            if id(array if array.base is None else array.base) in self.written:
                return NOT_THIS
            if place is not None:
                place[...] = array
        return self.replay() if self.holds() else NOT_THIS

    def replay(self) -> Any:
        """Make the calls on the arguments loaded; a fresh result."""
        for leaf, kept in self.given:
            if leaf._grad is not kept:
                take_over(leaf, kept)
        here = self.environment if self.thread == get_ident() else self.flushing()
        if here is not None:
            here.enter(here.flushing)
        states = self.states() if self.generators else ()
        calls = iter(self.calls)
        try:
            for function, arguments in calls:
                function(*arguments)
        except BaseException as problem:
            self.broken(problem, len(self.calls) - length_hint(calls) - 1, states)
        finally:
            if here is not None:
                here.enter(here.usual)
        for counter in self.counters:
            counter[0] += 1
        for leaf in self.none:
            leaf._grad = None
        self.replays += 1
        outputs = self.outputs
        return wrap(outputs.array.copy()) if type(outputs) is Fresh else made(outputs)

    def flushing(self) -> Environment | None:
        """How this thread is made to take denormal numbers for 0; None where no time would be lost."""
        self.thread = get_ident()
        self.environment = environment() if self.flushes else None
        return self.environment

    def states(self) -> list[Any]:
        """Where the generators that numbers are drawn from stand."""
        return [generator.rng.bit_generator.state for generator in self.generators]

    def broken(self, problem: BaseException, made: int, states: Sequence[Any] = ()) -> NoReturn:
        """The call after so many failed. ChangedError, with all as it was, if nothing lasting was done.

        Otherwise ``problem`` is raised, with the gradients that there were by then.
        """
        for leaf, had in self.had:
            if not had:
                leaf._grad = None
        for after, leaf, grad in self._turns:
            if after <= made:
                leaf._grad = grad
        if made >= self.safe or not isinstance(problem, Exception):
            raise RuntimeError(str(problem)) if isinstance(problem, ChangedError) else problem
        for generator, state in zip(self.generators, states, strict=True):
            generator.rng.bit_generator.state = state
        raise ChangedError(str(problem)) from problem


def _groups(optimizers: Iterable[Any]) -> list[tuple[Any, Any]]:
    return [(group, group["params"]) for optimizer in optimizers for group in optimizer.param_groups]


def _prepared(output: Any) -> Any:
    """What gives a fresh tensor, if it is one."""
    return Fresh(output.placed()) if isinstance(output, Ref) else output
