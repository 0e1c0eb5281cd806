"""Derivatives by walks back: gradients, products with vectors, whole Jacobians and Hessians."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from engine.func.nest import close, cut, fresh, leads_on, leaves, like
from engine.grad_mode import enable_grad
from engine.gradients import grad as _grad
from engine.ops.join import stack
from engine.tensor import Tensor

Numbers = int | tuple[int, ...]


def _chosen(args: tuple[Any, ...], argnums: Numbers) -> tuple[int, ...]:
    numbers = argnums if isinstance(argnums, tuple) else (argnums,)
    for number in numbers:
        if not -len(args) <= number < len(args):
            raise RuntimeError(f"Got argnum={number}, but only {len(args)} positional inputs")
    return tuple(number % len(args) for number in numbers)


class Run:
    """A call of ``func`` with fresh tensors in the places that are differentiated by."""

    def __init__(
        self, name: str, func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any],
        argnums: Numbers, has_aux: bool,
    ) -> None:
        numbers = _chosen(args, argnums)
        given = list(args)
        for number in numbers:
            given[number] = fresh(args[number])
        with enable_grad():
            result = func(*given, **kwargs)
        if has_aux and not (isinstance(result, tuple) and len(result) == 2):
            raise RuntimeError(
                f"{name}(f)(*args): output of function f should be a tuple: (output, aux) if has_aux is True"
            )
        self.value: Any = result[0] if has_aux else result
        self.aux: Any = result[1] if has_aux else None
        chosen = tuple(given[number] for number in numbers)
        self.wanted = chosen if isinstance(argnums, tuple) else chosen[0]
        self.again = leads_on((self.value, self.aux), leaves(self.wanted))
        close(self.wanted)

    def shown(self) -> Any:
        """The value, and what came with it, as the caller sees them."""
        return (self.value, self.aux) if self.again else (cut(self.value), cut(self.aux))

    def slopes(self, outs: list[Tensor], starts: list[Tensor] | None) -> list[Tensor]:
        """The gradients of some outputs by every wanted tensor; 0 for what has no part in them."""
        wanted = leaves(self.wanted)
        if not any(out.requires_grad for out in outs):
            return [leaf.new_zeros(leaf.shape) for leaf in wanted]
        found = _grad(
            outs, wanted, starts, retain_graph=True, create_graph=self.again, materialize_grads=True
        )
        return [slope for slope in found if slope is not None]


def grad_and_value(
    func: Callable[..., Any], argnums: Numbers = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """A function that gives the gradient of ``func`` by its arguments ``argnums``, and its value.

    ``func`` returns a single number, or with ``has_aux`` a pair of it and anything else.
    """

    @wraps(func)
    def differentiated(*args: Any, **kwargs: Any) -> Any:
        run = Run("grad_and_value", func, args, kwargs, argnums, has_aux)
        if not isinstance(run.value, Tensor):
            raise RuntimeError(
                f"grad_and_value(f)(*args): Expected f(*args) to return a Tensor, got {type(run.value)}"
            )
        if run.value.ndim:
            raise RuntimeError(
                "grad_and_value(f)(*args): Expected f(*args) to return a scalar Tensor, got tensor with "
                f"{run.value.ndim} dims. Maybe you wanted to use the vjp or jacrev APIs instead?"
            )
        slopes = like(run.wanted, run.slopes([run.value], None))
        value, aux = run.shown()
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
    run = Run("vjp", func, primals, {}, tuple(range(len(primals))), has_aux)

    def products(cotangents: Any) -> Any:
        return like(run.wanted, run.slopes(leaves(run.value), leaves(cotangents)))

    value, aux = run.shown()
    return (value, products, aux) if has_aux else (value, products)


def jacrev(
    func: Callable[..., Any], argnums: Numbers = 0, has_aux: bool = False, *, chunk_size: int | None = None
) -> Callable[..., Any]:
    """A function that gives the Jacobian of ``func`` by its arguments ``argnums``.

    Each tensor that ``func`` returns becomes a nest as that of the arguments, of tensors of the output's
    shape followed by the argument's. The rows are found one by one, so ``chunk_size`` changes nothing.
    """

    @wraps(func)
    def differentiated(*args: Any, **kwargs: Any) -> Any:
        run = Run("jacrev", func, args, kwargs, argnums, has_aux)
        found = like(run.value, [like(run.wanted, _rows(run, out)) for out in leaves(run.value)])
        return (found, run.shown()[1]) if has_aux else found

    return differentiated


def _rows(run: Run, out: Tensor) -> list[Any]:
    """The gradients of each element of an output, one below the other, by every wanted tensor."""
    rows = [run.slopes([element], None) for element in out.reshape(-1)]
    shapes = [tuple(out.shape) + tuple(leaf.shape) for leaf in leaves(run.wanted)]
    if not rows:
        return [leaf.new_zeros(shape) for leaf, shape in zip(leaves(run.wanted), shapes, strict=True)]
    return [
        stack(column, 0).reshape(shape) for column, shape in zip(zip(*rows, strict=True), shapes, strict=True)
    ]


def hessian(func: Callable[..., Any], argnums: Numbers = 0) -> Callable[..., Any]:
    """A function that gives the second derivatives of ``func``: the Jacobian of its Jacobian."""
    return jacrev(jacrev(func, argnums), argnums)
