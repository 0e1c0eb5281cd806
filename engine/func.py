"""``torch.func``: functions made of functions — gradients, Jacobians — and modules called as functions.

What is computed inside can be differentiated again where the inputs want gradients, so the transforms nest.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from engine.autograd.functional import hessian as _hessian
from engine.autograd.functional import jacobian as _jacobian
from engine.grad_mode import enable_grad
from engine.gradients import grad as _grad
from engine.nn.utils.stateless import functional_call
from engine.tensor import Tensor

__all__ = ["functional_call", "grad", "grad_and_value", "hessian", "jacrev", "vjp"]

Numbers = int | tuple[int, ...]


def _leaves(tree: Any) -> list[Tensor]:
    """The tensors in nested tuples, lists and dictionaries, in order."""
    if isinstance(tree, Tensor):
        return [tree]
    parts = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, (tuple, list)) else ()
    return [leaf for part in parts for leaf in _leaves(part)]


def _like(tree: Any, leaves: list[Any]) -> Any:
    """The same nesting with other tensors, taken from the front of a list."""
    if isinstance(tree, Tensor):
        return leaves.pop(0)
    if isinstance(tree, dict):
        return {key: _like(part, leaves) for key, part in tree.items()}
    if isinstance(tree, (tuple, list)):
        return type(tree)(_like(part, leaves) for part in tree)
    return tree


def _fresh(tree: Any) -> Any:
    """Tensors to differentiate by: new ones, that lead back to those given where these want gradients."""
    found = [x.view_as(x) if x.requires_grad else x.detach().requires_grad_() for x in _leaves(tree)]
    return _like(tree, found)


def _cut(tree: Any) -> Any:
    """The same without a graph behind it."""
    return _like(tree, [leaf.detach() for leaf in _leaves(tree)])


def _chosen(args: tuple[Any, ...], argnums: Numbers) -> tuple[int, ...]:
    numbers = argnums if isinstance(argnums, tuple) else (argnums,)
    for number in numbers:
        if not -len(args) <= number < len(args):
            raise RuntimeError(f"Got argnum={number}, but only {len(args)} positional inputs")
    return tuple(number % len(args) for number in numbers)


def _slopes(output: Any, wanted: Any, cotangents: Any, again: bool) -> Any:
    """What the gradients are, in the nesting of ``wanted``; 0 for what has no part in it."""
    leaves = _leaves(wanted)
    outs, starts = _leaves(output), None if cotangents is None else _leaves(cotangents)
    if not any(out.requires_grad for out in outs):
        return _like(wanted, [leaf.new_zeros(leaf.shape) for leaf in leaves])
    found = _grad(outs, leaves, starts, retain_graph=True, create_graph=again, materialize_grads=True)
    return _like(wanted, list(found))


def grad_and_value(
    func: Callable[..., Any], argnums: Numbers = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """A function that gives the gradient of ``func`` by its arguments ``argnums``, and its value.

    ``func`` returns a single number, or with ``has_aux`` a pair of it and anything else.
    """

    @wraps(func)
    def differentiated(*args: Any, **kwargs: Any) -> Any:
        numbers = _chosen(args, argnums)
        given = list(args)
        for number in numbers:
            given[number] = _fresh(args[number])
        with enable_grad():
            result = func(*given, **kwargs)
        if has_aux and not (isinstance(result, tuple) and len(result) == 2):
            raise RuntimeError(
                "grad_and_value(f)(*args): output of function f should be a tuple: (output, aux) if has_aux "
                "is True"
            )
        value, aux = result if has_aux else (result, None)
        if not isinstance(value, Tensor):
            raise RuntimeError(
                f"grad_and_value(f)(*args): Expected f(*args) to return a Tensor, got {type(value)}"
            )
        if value.ndim:
            raise RuntimeError(
                "grad_and_value(f)(*args): Expected f(*args) to return a scalar Tensor, got tensor with "
                f"{value.ndim} dims. Maybe you wanted to use the vjp or jacrev APIs instead?"
            )
        wanted = tuple(given[number] for number in numbers)
        again = any(leaf.requires_grad for leaf in _leaves(tuple(args[number] for number in numbers)))
        found = _slopes(value, wanted, None, again)
        slopes = found if isinstance(argnums, tuple) else found[0]
        if not again:
            value, aux = _cut(value), _cut(aux)
        return (slopes, (value, aux)) if has_aux else (slopes, value)

    return differentiated


def grad(func: Callable[..., Any], argnums: Numbers = 0, has_aux: bool = False) -> Callable[..., Any]:
    """A function that gives the gradient of ``func``; with ``has_aux``, a pair of it and the rest."""
    both = grad_and_value(func, argnums, has_aux)

    @wraps(func)
    def differentiated(*args: Any, **kwargs: Any) -> Any:
        slopes, value = both(*args, **kwargs)
        return (slopes, value[1]) if has_aux else slopes

    return differentiated


def vjp(func: Callable[..., Any], *primals: Any, has_aux: bool = False) -> Any:
    """The value of ``func``, and a function from what multiplies its Jacobian to the products."""
    given = tuple(_fresh(primal) for primal in primals)
    with enable_grad():
        result = func(*given)
    output, aux = result if has_aux else (result, None)
    again = any(leaf.requires_grad for leaf in _leaves(primals))

    def products(cotangents: Any) -> Any:
        return _slopes(output, given, cotangents, again)

    shown = output if again else _cut(output)
    return (shown, products, aux) if has_aux else (shown, products)


def _whole(derivative: Callable[..., Any], func: Callable[..., Any], argnums: Numbers) -> Callable[..., Any]:
    @wraps(func)
    def differentiated(*args: Any) -> Any:
        numbers = _chosen(args, argnums)

        def of_chosen(*parts: Any) -> Any:
            given = list(args)
            for number, part in zip(numbers, parts, strict=True):
                given[number] = part
            return func(*given)

        wanted = tuple(args[number] for number in numbers)
        again = any(x.requires_grad for x in wanted)
        return derivative(of_chosen, wanted if isinstance(argnums, tuple) else wanted[0], create_graph=again)

    return differentiated


def jacrev(func: Callable[..., Any], argnums: Numbers = 0) -> Callable[..., Any]:
    """A function that gives the Jacobian of ``func`` by its arguments ``argnums``, all of them tensors."""
    return _whole(_jacobian, func, argnums)


def hessian(func: Callable[..., Any], argnums: Numbers = 0) -> Callable[..., Any]:
    """A function that gives the second derivatives of ``func``, which returns a single number."""
    return _whole(_hessian, func, argnums)
