"""Derivatives along a direction.

By two walks back: a gradient is linear in what it starts from, and its slope by that is the answer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.creation import zeros_like
from engine.func.nest import cut, leads_on, leaves, like
from engine.func.reverse import Numbers, Run, jacrev
from engine.grad_mode import enable_grad
from engine.gradients import grad


def jvp(
    func: Callable[..., Any], primals: Any, tangents: Any, *, strict: bool = False, has_aux: bool = False
) -> Any:
    """The value of ``func`` at ``primals``, and how it changes along ``tangents``."""
    for name, given in (("primals", primals), ("tangents", tangents)):
        if not isinstance(given, tuple):
            raise RuntimeError(
                f"jvp(f, primals, tangents): Expected {name} to be a tuple. E.g. it should be valid to call "
                "f(*primals)."
            )
    run = Run("jvp", func, primals, {}, tuple(range(len(primals))), has_aux)
    value, aux = run.shown()
    change = _change(run, tangents)
    return (value, change, aux) if has_aux else (value, change)


def _change(run: Run, tangents: Any) -> Any:
    """How the value of a run changes along ``tangents``, in the value's nest."""
    wanted, outs, along = leaves(run.wanted), leaves(run.value), leaves(tangents)
    if [x.shape for x in wanted] != [x.shape for x in along]:
        raise RuntimeError(
            "jvp(f, primals, tangents): Expected primals and tangents to have the same structure and shapes, "
            f"got {[tuple(x.shape) for x in wanted]} and {[tuple(x.shape) for x in along]}"
        )
    moving = [out for out in outs if out.requires_grad]
    if not moving:
        return like(run.value, [zeros_like(out) for out in outs])
    starts = [zeros_like(out).requires_grad_() for out in moving]
    again = run.again or leads_on(along, [])
    with enable_grad():
        back = grad(moving, wanted, starts, create_graph=True, materialize_grads=True)
        linear = [(slope, x) for slope, x in zip(back, along, strict=True) if slope is not None]
        linear = [(slope, x) for slope, x in linear if slope.requires_grad]
        found = grad(
            [slope for slope, _ in linear], starts, [x for _, x in linear],
            retain_graph=True, create_graph=again, materialize_grads=True,
        )
    slopes = iter(found)
    changes = [next(slopes) if out.requires_grad else zeros_like(out) for out in outs]
    return like(run.value, changes if again else cut(changes))


def linearize(func: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[..., Any]]:
    """The value of ``func``, and the function from a direction to how the value changes along it."""
    run = Run("linearize", func, primals, {}, tuple(range(len(primals))), False)
    return run.shown()[0], lambda *tangents: _change(run, tangents)


def jacfwd(
    func: Callable[..., Any], argnums: Numbers = 0, has_aux: bool = False, *,
    chunk_size: int | None = None, randomness: str = "error",
) -> Callable[..., Any]:
    """A function that gives the Jacobian of ``func``: the same numbers as ``jacrev``, found the same way."""
    return jacrev(func, argnums, has_aux)
