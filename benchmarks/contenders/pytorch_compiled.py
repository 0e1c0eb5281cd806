"""torch.compile of the whole step in its functional form, with the optimizer written out."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle
from typing import Any

from benchmarks.contenders.pytorch import model_of
from benchmarks.works import Work, batches


def prepare(work: Work, form: str) -> Callable[[], Any]:
    """One step on the next batch; gives the loss."""
    import torch

    model, criterion = model_of(torch, work), getattr(torch.nn, work.loss)()
    params = {name: p.detach().clone() for name, p in model.named_parameters()}
    state = {name: (torch.zeros_like(p), torch.zeros_like(p)) for name, p in params.items()}
    count = torch.zeros(())

    def loss_of(params: Any, x: Any, y: Any) -> Any:
        return criterion(torch.func.functional_call(model, params, (x,)), y)

    def sgd(params: Any, state: Any, count: Any, x: Any, y: Any) -> Any:
        grads, loss = torch.func.grad_and_value(loss_of)(params, x, y)
        return {name: p - work.lr * grads[name] for name, p in params.items()}, state, count, loss

    def adam(params: Any, state: Any, count: Any, x: Any, y: Any) -> Any:
        grads, loss = torch.func.grad_and_value(loss_of)(params, x, y)
        count = count + 1
        first, second = 1 - 0.9**count, 1 - 0.999**count
        updated, moments = {}, {}
        for name, p in params.items():
            g, (m, v) = grads[name], state[name]
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
            moments[name] = (m, v)
            updated[name] = p - work.lr * (m / first) / ((v / second).sqrt() + 1e-8)
        return updated, moments, count, loss

    compiled = torch.compile(adam if work.optimizer == "Adam" else sgd, fullgraph=True)
    following = cycle([(torch.from_numpy(x), torch.from_numpy(y)) for x, y in batches(work)])

    def step() -> Any:
        nonlocal params, state, count
        params, state, count, loss = compiled(params, state, count, *next(following))
        return loss

    return step
