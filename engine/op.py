"""@op: from numpy code and its derivative to an operation on tensors. The only place that records.

An op is a function on arrays, and a rule (its vector-Jacobian product) beside it:

    @op(family="elementwise", doc="input · other", promote="number")
    def mul(input: Array, other: Array) -> Array:
        return np.multiply(input, other)

    @mul.vjp
    def mul_vjp(g: Array, input: Array, other: Array) -> tuple[Array, Array]:
        return g * other, g * input

Parameters annotated ``Array`` are tensors and come first; ``Arrays`` is a sequence of tensors; the rest are
plain values. The rule's parameter names say what it needs: the forward's own names, ``out`` (the result),
``input_shape`` (only the shape of ``input``), ``needs`` (which gradients are wanted), ``kept`` (arrays that
the forward computed on the way, returned beside its result). It returns one gradient per tensor, None for
none; summing out broadcasting and casting happen elsewhere. It is given arrays, and under ``create_graph``
tensors, but for ``kept``: it uses operators and other ops, which pass arrays straight through.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from engine import dispatch, errors
from engine.dtypes import scalar_numpy
from engine.node import Modified, Node
from engine.operands import explained, promoted
from engine.record import Asked, finisher, recorder
from engine.room import Room as Room  # part of this module's face
from engine.signature import Signature
from engine.tensor import Tensor, View, wrap

Array = Any  # np.ndarray in a forward; np.ndarray or Tensor in a rule
Arrays = Any  # a sequence of them
Ints = Any  # one or more ints, given as a sequence or one by one
Function = Callable[..., Any]

# 1/0, log(0) and overflow give inf and nan without a word, as in PyTorch.
warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"engine\.")

REGISTRY: dict[str, Op | Composite] = {}
_ndarray = np.ndarray


class Op:
    """One operation: its forward, its rule, and what tests, docs and palettes need to know of it.

    Args:
        family: the group it is shown in.
        doc: one line that says what it computes.
        numbers: which inputs may be plain numbers beside a tensor: "either" of them, the "other" than the
            first, "none"; "all" where there need be no tensor at all.
        bools: it takes truth values.
        promote: "" leaves types alone, "number" brings the inputs to their common type, "float" also makes
            floats of integers, "choice" leaves the first input, a condition, alone.
        view: the result shares the first input's memory; "maybe" if it can also be a copy.
        part: a view of some of the elements, each at most once; its rule puts the gradient among zeros.
        nondiff: the result has no gradient.
        sized: whether, given what the forward gets, the shape of the result depends on numbers.
        inplace: it also has a form that writes into its first input.
        method: it is also a method of Tensor.
        internal: it is no function of PyTorch's, only a part of others here.
        node: what PyTorch calls its node in the graph, where that is not its own name.
        second: gives the gradients a graph under ``create_graph``, where the rule alone would not.
        like: a function with the signature to show, where ``forward`` has none.
    """

    def __init__(
        self,
        forward: Callable[..., Any],
        *,
        family: str,
        doc: str,
        promote: str = "",
        numbers: str = "either",
        bools: bool = True,
        view: bool | str = False,
        part: bool = False,
        nondiff: bool = False,
        sized: Function | None = None,
        inplace: bool = False,
        method: bool = True,
        internal: bool = False,
        node: str | Callable[[Node], str] = "",
        second: Callable[[Node, Any], Any] | None = None,
        name: str = "",
        like: Callable[..., Any] | None = None,
    ) -> None:
        self.forward = forward
        self.name, self.family, self.doc = name or forward.__name__, family, doc
        self.view, self.part, self.nondiff, self.inplace = view, part, nondiff, inplace
        self.sized = sized
        self.promote, self.numbers, self.bools = promote, numbers, bools
        self.internal, self.method, self.second = internal, method and not internal, second
        self._node = node or "".join(w[:1].upper() + w[1:] for w in self.name.split("_")) + "Backward0"
        self.signature = Signature(self.name, like or forward)
        self.params, self.n_tensors = self.signature.params, self.signature.n_tensors
        self.listed = self.signature.listed
        self.numbers_at = range({"none": self.n_tensors, "other": 1}.get(numbers, 0), self.n_tensors)
        self.rule: Any = None
        self.spared = False  # its rule needs the result, PyTorch's does not: it is copied before a write
        self.into: dict[str, tuple[Function, tuple[int, ...]]] = {}
        self.call: Any = None
        self.public: Any = None
        self._asks(())

    def vjp(self, rule: Callable[..., Any]) -> Callable[..., Any]:
        """Decorator for the derivative: ``rule(g, …)`` gives one gradient per tensor input."""
        self.rule = rule
        self._asks(tuple(inspect.signature(rule).parameters)[1:])
        return rule

    def _asks(self, names: tuple[str, ...]) -> None:
        """Make what depends on what the rule asks for beside the gradient."""
        asked = Asked(names, self.params, self.name)
        self.out_at, self.needs_at, self.kept_at = asked.out, asked.needs, asked.kept
        self.first_at = next((at for at, number in asked.given if number == 0 < self.n_tensors), None)
        self.record = recorder(self, asked)
        self.finish = finisher(self, asked, self.record)
        call = dispatch.make_call(self)
        call.__name__ = call.__qualname__ = self.name
        call.__doc__ = self.doc
        if self.public is self.call:
            self.public = call
        self.call = call

    def writes(self, role: str, over: tuple[int, ...] = ()) -> Callable[[Function], Function]:
        """Decorator for a way to write into given arrays: ``role`` is "forward" or "vjp".

        The function gets a Room, the arrays to fill, and then what the forward or the rule gets, all at
        their final places; an array to fill may be the argument numbered in ``over``. It returns numpy calls
        as (callable, arguments), or None if it has no way. A read-only array is constant.
        """

        def decorate(function: Function) -> Function:
            self.into[role] = function, over
            return function

        return decorate

    def front(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Decorator for the function users call, where its arguments are looser than the op's own."""
        function.__name__ = function.__qualname__ = self.name
        function.__doc__ = self.doc
        self.public = function
        return function

    def node_name(self, node: Node) -> str:
        """The name of this op's node in the graph, as PyTorch prints it."""
        return self._node if isinstance(self._node, str) else self._node(node)

    def kept_input(self, node: Node, place: int) -> Any:
        """What a node of this op keeps of its input number ``place``; None where nothing."""
        kept = list(inspect.signature(self.rule).parameters)[1:]
        name = self.params[place]
        return node.saved[kept.index(name)] if node.saved is not None and name in kept else None

    def operator(self) -> Callable[..., Any]:
        """The call as an operator of Tensor: what is no operand gets Python's own TypeError."""
        return dispatch.operator(self)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.call(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<op {self.name}>"

    def plain(self, args: tuple[Any, ...], inputs: tuple[Any, ...]) -> Any:
        """Arrays in, arrays out: how rules use ops at first order."""
        if not any(isinstance(x, (_ndarray, np.generic)) for x in inputs):
            if (modified := Modified.among(inputs)) is not None:
                return modified
            given = type(inputs[0]).__name__ if inputs else "an empty list"
            if self.listed and not inputs:
                return self.forward([])
            if self.listed:
                raise TypeError(f"expected Tensor as element 0 in argument 0, but got {given}")
            if self.numbers == "all" and all(isinstance(x, (int, float)) for x in inputs):
                numbers = [np.asarray(x, scalar_numpy(x)) for x in inputs]
                return wrap(self.forward(*self.promoted(numbers)))
            raise errors.no_tensor(self.name, self.params[0], 1, inputs[0])
        result = self.forward(*args)
        return result if self.kept_at is None else result[0]

    def promoted(self, arrays: list[Any]) -> list[Any]:
        """The arrays in their common type; a Python number stays one next to floats."""
        return promoted(self, arrays)

    def explain(self, problem: Exception, arrays: list[Any]) -> Exception:
        """A complaint of numpy's in PyTorch's words."""
        return explained(self, problem, arrays)

    # ---- results ----

    def unrecorded(self, result: Any) -> Any:
        """The result as tensors outside the graph."""
        if self.kept_at is not None:
            result = result[0]
        return tuple([wrap(r) for r in result]) if type(result) is tuple else wrap(result)

    def note_view(self, out: Tensor, base: Tensor, statics: tuple[Any, ...]) -> None:
        """Tie a view to its base: one version counter, and how to make it again."""
        if self.view == "maybe" and not np.may_share_memory(out._array, base._array):
            if out._node is not None:
                out._node.copied = True
            return
        call, counter, earlier = self.call, base._counter, base._view
        if out._inference is not base._inference:
            out._inference = base._inference
        out._counter = counter
        if earlier is None:
            out._view = View(base, lambda x: call(x, *statics), counter[0])
        else:
            before = earlier.replay
            out._view = View(earlier.base, lambda x: call(before(x), *statics), counter[0])


class Composite:
    """A function made of other ops: it needs no rule of its own."""

    rule = None

    def __init__(
        self, function: Callable[..., Any], *,
        family: str,
        doc: str,
        method: bool = True,
        nondiff: bool = False,
        inplace: bool = False,
        internal: bool = False,
    ) -> None:
        self.name = function.__name__
        self.family, self.method, self.nondiff = family, method, nondiff
        self.inplace, self.internal = inplace, internal
        self.doc = function.__doc__ = doc
        self.call = self.public = function
        self.signature = Signature(self.name, function)
        self.params, self.n_tensors = self.signature.params, self.signature.n_tensors


def op(**facts: Any) -> Callable[[Callable[..., Any]], Op]:
    """Register a function on arrays as an operation on tensors; see the top of this file."""

    def decorate(forward: Callable[..., Any]) -> Op:
        made = Op(forward, **facts)
        REGISTRY[made.name] = made
        return made

    return decorate


def composite(**facts: Any) -> Callable[[Function], Function]:
    """Register a function on tensors, made of other ops, under its own name."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        REGISTRY[function.__name__] = Composite(function, **facts)
        return function

    return decorate
