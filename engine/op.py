"""@op: from numpy code and its derivative to an operation on tensors. The only place that records.

An op is a function on arrays, and a rule (its vector-Jacobian product) beside it:

    @op(family="elementwise", doc="x · y, element by element", promote="number")
    def mul(input: Array, other: Array) -> Array:
        return np.multiply(input, other)

    @mul.vjp
    def mul_vjp(g: Array, input: Array, other: Array) -> tuple[Array, Array]:
        return g * other, g * input

Parameters annotated ``Array`` are tensors and come first; ``Arrays`` is a sequence of tensors; the rest are
plain values. The rule's parameter names say what it needs: the forward's own names, ``out`` (the result),
``input_shape`` (only the shape of ``input``), ``needs`` (which gradients are wanted). It returns one gradient
per tensor, None for none; summing out broadcasting and casting happen elsewhere. It is given arrays, and
tensors under ``create_graph``: it uses operators and other ops, which pass arrays straight through.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from engine import errors
from engine.autograd import Node
from engine.dtypes import castable, dtype, from_numpy_dtype, get_default_dtype, result_numpy
from engine.grad_mode import is_grad_enabled
from engine.tensor import Tensor, View

Array = Any  # np.ndarray in a forward; np.ndarray or Tensor in a rule
Arrays = Any  # a sequence of them
Ints = Any  # one or more ints, given as a sequence or one by one

# 1/0, log(0) and overflow give inf and nan without a word, as in PyTorch.
warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"engine\.")

REGISTRY: dict[str, Op | Composite] = {}
_ALIASES = {"axis": "dim", "keepdims": "keepdim", "x": "input", "self": "input"}
_ndarray = np.ndarray
_blank = object.__new__
_REQUIRED = inspect.Parameter.empty


class Op:
    """One operation: its forward, its rule, and what the tests, docs and palettes need to know of it."""

    def __init__(
        self,
        forward: Callable[..., Any],
        *,
        family: str,
        doc: str,
        promote: str = "",
        view: bool = False,
        nondiff: bool = False,
        inplace: bool = False,
        method: bool = True,
        node: str | Callable[[Node], str] = "",
        name: str = "",
        like: Callable[..., Any] | None = None,
    ) -> None:
        self.forward = forward
        self.name = name or forward.__name__
        self.family = family
        self.doc = doc
        self.promote = promote
        self.view = view
        self.nondiff = nondiff
        self.inplace = inplace
        self.method = method
        self._node = node or "".join(w[:1].upper() + w[1:] for w in self.name.split("_")) + "Backward0"
        self.rule: Any = None
        self.out_at: int | None = None
        self.needs_at: int | None = None
        self._read_signature(like or forward)
        self.call = self.public = self._make_call()
        self.call.__name__ = self.call.__qualname__ = self.name
        self.call.__doc__ = doc

    def _read_signature(self, function: Callable[..., Any]) -> None:
        parameters = inspect.signature(function).parameters
        kinds = {name: str(p.annotation) for name, p in parameters.items()}
        self.params = tuple(kinds)
        self.defaults = tuple(p.default for p in parameters.values())
        self.listed = kinds[self.params[0]] == "Arrays" if kinds else False
        self.n_tensors = 1 if self.listed else sum(kind.split(" |")[0] == "Array" for kind in kinds.values())
        self.packs_at = next((i for i, kind in enumerate(kinds.values()) if kind.split(" |")[0] == "Ints"), None)

    def vjp(self, rule: Callable[..., Any]) -> Callable[..., Any]:
        """Decorator for the derivative: ``rule(g, …)`` gives one gradient per tensor input."""
        names = tuple(inspect.signature(rule).parameters)[1:]
        self.rule = rule
        # Where each value comes from: a position in the arguments, or a shape, or filled in later.
        self.plan: list[tuple[str, int]] = []
        for at, name in enumerate(names):
            if name == "out":
                self.out_at = at
                self.plan.append(("out", 0))
            elif name == "needs":
                self.needs_at = at
                self.plan.append(("needs", 0))
            elif name in self.params:
                self.plan.append(("argument", self.params.index(name)))
            elif name.endswith("_shape") and name[:-6] in self.params:
                self.plan.append(("shape", self.params.index(name[:-6])))
            else:
                raise TypeError(f"the rule of {self.name} asks for {name}, which its forward does not have")
        return rule

    def front(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Decorator for the function users call, where its arguments are looser than the op's own."""
        function.__name__ = function.__qualname__ = self.name
        function.__doc__ = self.doc
        self.public = function
        return function

    def node_name(self, node: Node) -> str:
        """The name of this op's node in the graph, as PyTorch prints it."""
        return self._node if isinstance(self._node, str) else self._node(node)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.call(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<op {self.name}>"

    # ---- arguments ----

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        """All arguments in the forward's order, defaults filled in."""
        params = self.params
        at = self.packs_at
        if at is not None and len(args) > at and isinstance(args[at], int):
            args = (*args[:at], args[at:])
        if len(args) > len(params):
            raise TypeError(f"{self.name}() takes {len(params)} positional arguments but {len(args)} were given")
        values = list(args) + [_REQUIRED] * (len(params) - len(args))
        for key, value in kwargs.items():
            name = key if key in params else _ALIASES.get(key, key)
            if name not in params:
                raise TypeError(f"{self.name}() got an unexpected keyword argument '{key}'")
            i = params.index(name)
            if i < len(args):
                raise TypeError(f"{self.name}() got multiple values for argument '{name}'")
            values[i] = value
        for i, value in enumerate(values):
            if value is _REQUIRED:
                values[i] = self.defaults[i]
                if values[i] is _REQUIRED:
                    raise TypeError(f"{self.name}() missing 1 required positional arguments: \"{params[i]}\"")
        return tuple(values)

    # ---- the call ----

    def _make_call(self) -> Callable[..., Any]:
        """The function users call: a closure, since calling one is cheaper than calling an object."""
        n_params, n_tensors, listed = len(self.params), self.n_tensors, self.listed
        forward, promote, packs, view = self.forward, self.promote, self.packs_at, self.view
        make = self.make

        def call(*args: Any, **kwargs: Any) -> Any:
            if kwargs or len(args) != n_params or packs is not None:
                args = self.bind(args, kwargs)
            inputs = tuple(args[0]) if listed else args[:n_tensors]
            wants = False
            tensors = False
            arrays = []
            for x in inputs:
                if isinstance(x, Tensor):
                    tensors = True
                    if x._view is not None:
                        x._refresh()
                    if x._requires_grad:
                        wants = True
                    arrays.append(x._array)
                else:
                    arrays.append(x)
            if not tensors:
                return self.plain(args, inputs)
            statics = args[n_tensors:]
            if promote:
                arrays = self.promoted(arrays)
            try:
                result = forward(arrays, *statics) if listed else forward(*arrays, *statics)
            except ValueError as problem:
                raise self.explain(problem, arrays) from None
            if not wants or self.nondiff or not is_grad_enabled():
                if type(result) is _ndarray and not view:
                    out = _blank(Tensor)
                    out._array = result
                    out._counter = [0]
                    out._node = out._view = None
                    out._requires_grad = False
                    return out
                return make(result, None, inputs, statics)
            return make(result, self.record(inputs, args, result), inputs, statics)

        return call

    def plain(self, args: tuple[Any, ...], inputs: tuple[Any, ...]) -> Any:
        """Arrays in, arrays out: how rules use ops at first order."""
        if not any(isinstance(x, (np.ndarray, np.generic)) for x in inputs):
            given = "a list without tensors" if self.listed else type(inputs[0]).__name__
            raise TypeError(f"{self.name}(): argument '{self.params[0]}' (position 1) must be Tensor, not {given}")
        return self.forward(*args)

    def promoted(self, arrays: list[Any]) -> list[Any]:
        """The arrays in their common type; Python numbers stay as they are where they change nothing."""
        first = arrays[0]
        if len(arrays) == 1:
            if self.promote == "float" and first.dtype.kind != "f":
                return [first.astype(get_default_dtype().numpy)]
            return arrays
        known = [a for a in arrays if isinstance(a, _ndarray)]
        others = [a for a in arrays if a is not None and not isinstance(a, _ndarray)]
        for other in others:
            if not isinstance(other, (int, float, np.generic)):
                raise TypeError(
                    f"{self.name}(): arguments must be Tensor or Number, not {type(other).__name__}"
                )
        others = [a.item() if isinstance(a, np.generic) else a for a in others]
        target = result_numpy(known, others)
        if self.promote == "float" and target.kind != "f":
            target = get_default_dtype().numpy
        return [
            (a if a.dtype == target else a.astype(target))
            if isinstance(a, _ndarray)
            else (a if a is None or target.kind == "f" else np.array(a).astype(target))
            for a in arrays
        ]

    def explain(self, problem: ValueError, arrays: list[Any]) -> Exception:
        """numpy's complaint in PyTorch's words, where it is about broadcasting."""
        if "broadcast" in str(problem):
            shapes = [a.shape for a in arrays if isinstance(a, _ndarray)]
            for i, a in enumerate(shapes):
                for b in shapes[i + 1 :]:
                    try:
                        np.broadcast_shapes(a, b)
                    except ValueError:
                        return errors.broadcast(a, b)
        return problem

    def record(self, inputs: tuple[Any, ...], args: tuple[Any, ...], result: Any) -> Node | None:
        """The node for a call whose inputs want gradients; None if the result cannot have any."""
        several = type(result) is tuple
        if not several and result.dtype.kind != "f":
            return None
        edges = tuple(
            [
                (x._node or x, x._nr, x._array.shape, x._array.dtype)
                if isinstance(x, Tensor) and x._requires_grad
                else None
                for x in inputs
            ]
        )
        saved: list[Any] = []
        versions: list[Any] = []
        for source, i in self.plan:
            if source == "argument":
                value = inputs if self.listed and i == 0 else args[i]
                if isinstance(value, Tensor):
                    versions.append((len(saved), value._counter, value._counter[0]))
            elif source == "shape":
                value = [x._array.shape for x in inputs] if self.listed and i == 0 else _shape(args[i])
            else:
                value = result
            saved.append(value)
        node = Node(self, edges, saved, versions, args[self.n_tensors :])
        if several:
            node.out_meta = [(r.shape, r.dtype) for r in result]
        return node

    def make(self, result: Any, node: Node | None, inputs: tuple[Any, ...], statics: Any) -> Any:
        """Tensors for the results, with their place in the graph and their memory's version counter."""
        if type(result) is tuple:
            outs = tuple(self.make_one(r, node, nr) for nr, r in enumerate(result))
            return outs
        out = self.make_one(result, node, 0)
        if self.view:
            base = inputs[0]
            out._counter = base._counter
            earlier = base._view
            call = self.call
            if earlier is None:
                out._view = View(base, lambda x: call(x, *statics), base._counter[0])
            else:
                before = earlier.replay
                out._view = View(earlier.base, lambda x: call(before(x), *statics), base._counter[0])
        elif node is not None and self.out_at is not None:
            node.versions.append((self.out_at, out._counter, 0))
        return out

    def make_one(self, result: Any, node: Node | None, nr: int) -> Tensor:
        out: Tensor = _blank(Tensor)
        out._array = result if type(result) is _ndarray else np.asarray(result)
        out._counter = [0]
        out._view = None
        if node is None or out._array.dtype.kind != "f":
            out._node = None
            out._requires_grad = False
        else:
            out._node = node
            out._requires_grad = True
            if nr:
                out._nr = nr
        return out


def _shape(x: Any) -> tuple[int, ...]:
    return x._array.shape if isinstance(x, Tensor) else ()


def op(**facts: Any) -> Callable[[Callable[..., Any]], Op]:
    """Register a function on arrays as an operation on tensors; see the top of this file."""

    def decorate(forward: Callable[..., Any]) -> Op:
        made = Op(forward, **facts)
        REGISTRY[made.name] = made
        return made

    return decorate


class Composite:
    """A function made of other ops: it needs no rule of its own."""

    nondiff = view = listed = False
    rule = None

    def __init__(
        self, function: Callable[..., Any], family: str, doc: str, method: bool = True, inplace: bool = False
    ) -> None:
        self.name = function.__name__
        self.family = family
        self.doc = function.__doc__ = doc
        self.method = method
        self.inplace = inplace
        self.call = self.public = function
        parameters = inspect.signature(function).parameters
        self.params = tuple(parameters)
        self.defaults = tuple(p.default for p in parameters.values())
        self.n_tensors = sum(str(p.annotation).split(" |")[0] == "Array" for p in parameters.values())


def composite(**facts: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function on tensors, made of other ops, under its name."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        REGISTRY[function.__name__] = Composite(function, **facts)
        return function

    return decorate


def cast_dtype(d: dtype | None, array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """``array`` in type ``d``; as it is for None."""
    if d is None:
        return array
    from engine.dtypes import as_numpy_dtype

    return array.astype(as_numpy_dtype(d), copy=False)
