"""L-BFGS: a quasi-Newton method that asks for the loss several times in each step."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Any

import numpy as np

from engine.grad_mode import enable_grad
from engine.nn.bounds import NotOffered
from engine.optim.line_search import strong_wolfe
from engine.optim.optimizer import Optimizer, check_lr
from engine.tensor import wrap

_Array = np.ndarray[Any, Any]


class LBFGS(Optimizer):
    """Limited-memory BFGS: the curvature is estimated from the last steps' changes of the gradient.

    ``step`` needs a closure that clears the gradients, computes the loss, calls backward and returns it.
    One parameter group only. Source: Nocedal and Wright, "Numerical Optimization", 2006, algorithms 7.4, 7.5.

    Args:
        params: Parameters, in one group.
        lr: Learning rate: how long a step is.
        max_iter: Most iterations in one step.
        max_eval: Most evaluations of the closure in one step; 1.25 times ``max_iter`` if None.
        tolerance_grad: The step ends where no element of the gradient is larger.
        tolerance_change: The step ends where loss or parameters change less.
        history_size: How many changes are remembered.
        line_search_fn: ``strong_wolfe``, or None for a fixed step length.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: Annotated[str | None, NotOffered()] = None,
    ) -> None:
        check_lr(lr)
        if line_search_fn not in (None, "strong_wolfe"):
            raise RuntimeError("only 'strong_wolfe' is supported")
        super().__init__(params, {
            "lr": lr, "max_iter": max_iter, "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
            "tolerance_grad": tolerance_grad, "tolerance_change": tolerance_change,
            "history_size": history_size, "line_search_fn": line_search_fn,
        })
        if len(self.param_groups) != 1:
            raise ValueError("LBFGS doesn't support per-parameter options (parameter groups)")
        self._params = self.param_groups[0]["params"]

    # ---- all parameters as one vector ----

    def _gradient(self) -> _Array:
        return np.concatenate([
            (np.zeros(p._array.size, p._array.dtype) if p._grad is None else p._grad._array).reshape(-1)
            for p in self._params
        ])

    def _point(self) -> _Array:
        return np.concatenate([p._array.reshape(-1) for p in self._params])

    def _move_to(self, point: _Array) -> None:
        at = 0
        for p in self._params:
            p._array[...] = point[at : at + p._array.size].reshape(p._array.shape)
            p._counter[0] += 1
            at += p._array.size

    # ---- the step ----

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Up to ``max_iter`` iterations; returns the loss at the first evaluation."""
        if closure is None:
            raise TypeError("LBFGS.step() missing 1 required positional argument: 'closure'")
        ask = closure

        def evaluate() -> Any:
            with enable_grad():
                return ask()

        group = self.param_groups[0]
        rate = float(group["lr"])
        state = self.state[self._params[0]]
        state.setdefault("func_evals", 0)
        state.setdefault("n_iter", 0)
        first = evaluate()
        loss, evaluations = float(first), 1
        state["func_evals"] += 1
        gradient = self._gradient()
        if np.abs(gradient).max() <= group["tolerance_grad"]:
            return first
        memory = _Memory(state, group["history_size"])
        for iteration in range(1, group["max_iter"] + 1):
            state["n_iter"] += 1
            before, loss_before = gradient.copy(), loss
            direction = memory.direction(gradient, first_ever=state["n_iter"] == 1)
            length = rate * (
                min(1.0, 1.0 / float(np.abs(gradient).sum())) if state["n_iter"] == 1 else 1.0
            )
            slope = float(gradient.dot(direction))
            if slope > -group["tolerance_change"]:
                break
            start, asked = self._point(), 0
            if group["line_search_fn"] is not None:

                def along(
                    t: float, start: _Array = start, direction: _Array = direction
                ) -> tuple[float, _Array]:
                    self._move_to(start + t * direction)
                    value = float(evaluate())
                    return value, self._gradient()

                loss, gradient, length, asked = strong_wolfe(
                    along, length, direction, loss, gradient, slope
                )
                self._move_to(start + length * direction)
            else:
                self._move_to(start + length * direction)
                if iteration != group["max_iter"]:
                    loss, asked = float(evaluate()), 1
                    gradient = self._gradient()
            memory.took(direction, length, before)
            evaluations += asked
            state["func_evals"] += asked
            flat = np.abs(gradient).max() <= group["tolerance_grad"]
            still = (
                np.abs(direction * length).max() <= group["tolerance_change"]
                or abs(loss - loss_before) < group["tolerance_change"]
            )
            if evaluations >= group["max_eval"] or flat or still:
                break
        memory.save(loss)
        return first


class _Memory:
    """The last changes of position (``stps``) and gradient (``dirs``), as PyTorch names them in its state.

    ``al`` holds the shares of the latest two-loop recursion, with room for ``history_size`` of them.
    """

    def __init__(self, state: dict[str, Any], size: int) -> None:
        self._state, self._size = state, size
        self._dirs = [t._array for t in state.get("old_dirs", [])]
        self._stps = [t._array for t in state.get("old_stps", [])]
        self._ro = [t._array for t in state.get("ro", [])]
        self._al: list[Any] = [t if t is None else t._array for t in state.get("al", [])]
        self._scale = float(state["H_diag"]) if "H_diag" in state else 1.0
        self._last = (state["d"]._array, float(state["t"])) if "d" in state else None
        self._before = state["prev_flat_grad"]._array if "prev_flat_grad" in state else None

    def direction(self, gradient: _Array, first_ever: bool) -> _Array:
        """Where to go: minus the gradient times the estimated inverse curvature (two-loop recursion)."""
        if first_ever or self._last is None or self._before is None:
            return -gradient
        y, s = gradient - self._before, self._last[0] * self._last[1]
        curvature = y.dot(s)
        if curvature > 1e-10:
            if len(self._dirs) == self._size:
                for each in (self._dirs, self._stps, self._ro):
                    each.pop(0)
            self._dirs.append(y)
            self._stps.append(s)
            self._ro.append(np.asarray(1.0 / curvature, y.dtype))
            self._scale = float(curvature / y.dot(y))
        q = -gradient
        self._al = self._al or [None] * self._size
        for i in range(len(self._dirs) - 1, -1, -1):
            self._al[i] = self._stps[i].dot(q) * self._ro[i]
            q = q - self._al[i] * self._dirs[i]
        r = q * np.asarray(self._scale, q.dtype)
        for y, s, ro, al in zip(self._dirs, self._stps, self._ro, self._al, strict=False):
            r = r + s * (al - y.dot(r) * ro)
        return r

    def took(self, direction: _Array, length: float, before: _Array) -> None:
        """Remember the step made from a point with gradient ``before``."""
        self._last, self._before = (direction, length), before

    def save(self, loss: float) -> None:
        """Put everything into the optimizer's state."""
        if self._last is None or self._before is None:
            return
        self._state.update(
            d=wrap(self._last[0]), t=self._last[1], old_dirs=[wrap(v) for v in self._dirs],
            old_stps=[wrap(v) for v in self._stps], ro=[wrap(v) for v in self._ro], H_diag=self._scale,
            prev_flat_grad=wrap(self._before), prev_loss=loss,
        )
        if self._al:
            self._state["al"] = [al if al is None else wrap(np.asarray(al)) for al in self._al]
