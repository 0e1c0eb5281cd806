"""PyTorch's eager step: with each optimizer it has, channels_last for images. Ours is the same code."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle
from typing import Any

from benchmarks.works import Work, batches, weights


def model_of(torch: Any, work: Work) -> Any:
    """The model with its first weights."""
    model = torch.nn.Sequential(*(getattr(torch.nn, name)(*args) for name, *args in work.layers))
    with torch.no_grad():
        for parameter, start in zip(model.parameters(), weights(work), strict=True):
            parameter.copy_(torch.from_numpy(start))
    return model


def parts(torch: Any, work: Work, **options: Any) -> tuple[Any, Any, Any]:
    """Model, loss and optimizer."""
    model = model_of(torch, work)
    optimizer = getattr(torch.optim, work.optimizer)(model.parameters(), lr=work.lr, **options)
    return model, getattr(torch.nn, work.loss)(), optimizer


def step_of(model: Any, criterion: Any, optimizer: Any) -> Callable[[Any, Any], Any]:
    """The step as everybody writes it."""

    def step(x: Any, y: Any) -> Any:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        return loss

    return step


def prepare(work: Work, form: str) -> Callable[[], Any]:
    """One step on the next batch; gives the loss."""
    import torch

    options: dict[str, Any] = {"foreach": False}
    if form == "foreach":
        options = {"foreach": True}
    elif form in ("fused", "channels_last"):
        options = {"fused": True}
    model, criterion, optimizer = parts(torch, work, **options)
    data = [(torch.from_numpy(x), torch.from_numpy(y)) for x, y in batches(work)]
    if form == "channels_last":
        model = model.to(memory_format=torch.channels_last)
        data = [(x.to(memory_format=torch.channels_last), y) for x, y in data]
    step, following = step_of(model, criterion, optimizer), cycle(data)
    return lambda: step(*next(following))
