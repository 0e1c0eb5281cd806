"""Ops with a way to write into given arrays compute there what they compute eagerly, to the bit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import engine as torch
from engine import nn
from engine.nn import functional as F

CLASSES = 7
Loss = Callable[[Any, Any, Any, Any], Any]

# (x: 6 × 7, w: 7 × 7 and b: 7 that want gradients, y: 6 classes) → a number to go back from
LOSSES: dict[str, Loss] = {
    "a product of matrices": lambda x, w, b, y: (x @ w).sum(),
    "products from both sides": lambda x, w, b, y: (w @ w.t() @ x.t()).sum(),
    "a sum with a product": lambda x, w, b, y: torch.addmm(b, x, w).sum(),
    "mean of squares": lambda x, w, b, y: ((x @ w + b - 1) ** 2).mean(),
    "mean of the squares' rows": lambda x, w, b, y: (x @ w).square().mean(1).sum(),
    "mean that keeps its dimension": lambda x, w, b, y: (w - w.mean(0, keepdim=True)).pow(2).sum(),
    "mean over several": lambda x, w, b, y: (w.view(7, 7, 1) * x.mean(1)).mean((0, 2)).pow(2).sum(),
    "quotients": lambda x, w, b, y: (x / (x @ w + 50) - w.sum() / 3 + 2 / (b * b + 1)).sum(),
    "rows that broadcast": lambda x, w, b, y: (x * b + w.sum(1) - x / (b + 40)).mean(),
    "exponentials and logarithms": lambda x, w, b, y: (w.exp() + (w.abs() + 1).log() + (w * w).sqrt()).sum(),
    "signs": lambda x, w, b, y: (-w).sum() - (w.abs() * 2).sum() + (1 - w).sum(),
    "sigmoid": lambda x, w, b, y: ((x * 200) @ w).sigmoid().sum(),
    "numbers held between": lambda x, w, b, y: (w.clamp(-0.5, 0.5) + w.clamp(min=0) + w.clamp(max=0)).sum(),
    "softmax": lambda x, w, b, y: (F.softmax(x @ w, 1) * x).sum() + (F.softmax(w, 0) * w).sum(),
    "logarithm of softmax": lambda x, w, b, y: (F.log_softmax(x @ w, -1) * x).mean(),
    "negative log-likelihood": lambda x, w, b, y: F.nll_loss(F.log_softmax(x @ w, 1), y),
    "of one in each row": lambda x, w, b, y: -F.log_softmax(x @ w, 1)[torch.arange(6), y].mean(),
    "of one gathered in each row": lambda x, w, b, y: (x @ w).gather(1, y.unsqueeze(1)).square().mean(),
    "logarithm of a sum": lambda x, w, b, y: (x @ w).logsumexp(1).mean() + w.logsumexp(0, True).sum(),
    "a mean of right answers": lambda x, w, b, y: w.sum() * ((x @ w).detach().argmax(1) == y).float().mean(),
    "batches of products": lambda x, w, b, y: (w.view(7, 7, 1) @ x.t().view(7, 1, 6)).square().mean(),
    "chosen": lambda x, w, b, y: torch.where(w > 0, w * 2, b).sum() + torch.where(w > 1, 0.0, w).mean(),
    "masked": lambda x, w, b, y: w.masked_fill(w > 0, 3.0).sum() + F.leaky_relu(x @ w, 0.1).mean(),
    "norms": lambda x, w, b, y: w.norm() + (w * 0).norm(2, 1).sum() + w.norm(2, 0, keepdim=True).sum(),
    "rows by number": lambda x, w, b, y: (x.view(7, 6)[y] @ (x @ w)).mean(),
    "a weighted sum with a product": lambda x, w, b, y: torch.addmm(b, x, w, beta=0.5, alpha=2).sum(),
    "looked up": lambda x, w, b, y: (F.embedding(y.view(2, 3), w).square() * x.view(2, 3, 7)).sum(),
    "right answers": lambda x, w, b, y: w.sum() * ((x @ w).detach().argmax(1) == y).sum(),
    "sums of powers": lambda x, w, b, y: w.norm(1) + w.norm(3, 1).sum() + w.norm(float("inf")),
    "powers": lambda x, w, b, y: ((w.abs() + 1).pow(0.5) + w**3 + w.pow(2.0) + 2**w).sum(),
    "half": lambda x, w, b, y: F.nll_loss((x @ w).log_softmax(1), y, reduction="sum") / 2,
    "one-hot targets": lambda x, w, b, y: ((x @ w) * F.one_hot(y, CLASSES).float()).sum(),
}
IN_PART_REPEATED = list(LOSSES)[-7:]


def run(loss: Loss, captured: bool, special: float) -> tuple[list[Any], Any]:
    rng = np.random.default_rng(0)
    w, b = (torch.from_numpy(rng.normal(size=n).astype(np.float32)).requires_grad_() for n in ((7, 7), 7))

    def step(x: Any, y: Any) -> Any:
        w.grad = b.grad = None
        value = loss(x, w, b, y) + b.sum()
        value.backward()
        return value

    made = torch.capture(step) if captured else step
    found: list[Any] = []
    for i in range(6):
        x = rng.normal(size=(6, 7)).astype(np.float32)
        x[i % 6, 3] = special if i > 2 else 0
        y = torch.from_numpy(rng.integers(0, CLASSES, 6))
        found += [made(torch.from_numpy(x), y).detach().numpy(), w.grad.numpy().copy(), b.grad.numpy().copy()]
    return found, made


@pytest.mark.parametrize("special", [0.5, np.inf, np.nan], ids=str)
@pytest.mark.parametrize("name", LOSSES)
def test_losses_and_gradients_are_those_of_the_eager_step(name: str, special: float) -> None:
    eager, _ = run(LOSSES[name], False, special)
    replayed, step = run(LOSSES[name], True, special)
    assert step.replays == 4, step.why_eager
    for a, b in zip(eager, replayed, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("name", [name for name in LOSSES if name not in IN_PART_REPEATED])
def test_they_write_into_the_arrays_of_the_step(name: str) -> None:
    _, step = run(LOSSES[name], True, 0.5)
    (kind,) = step._kinds.values()
    calls = [(getattr(function, "__name__", ""), args) for function, args in kind.plans[0].calls]
    assert [args[0] for name, args in calls if name.startswith("_repeat")] == []


def test_what_is_written_in_place_is_that_of_the_eager_step() -> None:
    found = []
    for decorate in (lambda step: step, torch.capture):
        torch.manual_seed(0)
        model = nn.Sequential(nn.Linear(7, 5), nn.ReLU(), nn.Linear(5, 3))
        average = [p.detach().clone() for p in model.parameters()]
        total = torch.zeros(())

        @decorate
        def step(x: Any, model: Any = model, average: Any = average, total: Any = total) -> Any:
            model.zero_grad(set_to_none=False)
            loss = model(x).square().mean()
            loss.backward()
            norm = nn.utils.clip_grad_norm_(model.parameters(), 0.1)
            nn.utils.clip_grad_value_(model.parameters(), 0.01)
            with torch.no_grad():
                for mean, p in zip(average, model.parameters(), strict=True):
                    p.sub_(p.grad * 0.1).addcmul_(p, p, value=-0.01)
                    p.addcdiv_(p.grad, p.square().add_(1), value=-0.1)
                    mean.lerp_(p, 0.1)
            total.add_(loss.detach())
            return loss, norm, total

        values = []
        for i in range(6):
            x = torch.from_numpy(np.random.default_rng(i).normal(size=(4, 7)).astype(np.float32))
            values += [value.detach().numpy().copy() for value in step(x)]
        found.append([*values, *(p.detach().numpy() for p in (*model.parameters(), *average))])
    assert step.why_eager is None
    for a, b in zip(*found, strict=True):
        np.testing.assert_array_equal(a, b)


def test_positions_below_0_and_out_of_bounds_are_what_they_are_eagerly() -> None:
    def pick(x: Any, y: Any) -> Any:
        return x[torch.arange(3), y]

    def rows(x: Any, y: Any) -> Any:
        return x[y]

    def gathered(x: Any, y: Any) -> Any:
        return x.gather(1, y.unsqueeze(1))

    x = torch.arange(12.0).view(3, 4)
    for function in (pick, rows, gathered):
        step = torch.capture(function)
        for _ in range(4):
            step(x, torch.tensor([0, 1, 2]))
        for y in ([-1, 1, -2], [0, 1, 4], [0, 1, -5], [2, 1, 0]):
            results = []
            for made in (step, function):
                try:
                    results.append(made(x, torch.tensor(y)).tolist())
                except (IndexError, RuntimeError) as error:
                    results.append(str(error))
            assert results[0] == results[1]


@pytest.mark.parametrize("loss", ["cross-entropy", "negative log-likelihood"])
def test_targets_that_are_ignored_or_wrong_now_and_then_are_so_in_replays(loss: str) -> None:
    found = []
    for decorate in (lambda step: step, torch.capture):
        torch.manual_seed(0)
        norm, model = nn.BatchNorm1d(3), nn.Linear(3, 4)
        optimizer = torch.optim.SGD([*norm.parameters(), *model.parameters()], lr=0.1)

        @decorate
        def step(x: Any, y: Any, norm: Any = norm, model: Any = model, optimizer: Any = optimizer) -> Any:
            optimizer.zero_grad()
            scores = model(norm(x))  # which is an effect: a failing step cannot be made again from its start
            whole = loss == "cross-entropy"
            value = F.cross_entropy(scores, y) if whole else F.nll_loss(scores.log_softmax(1), y)
            value.backward()
            optimizer.step()
            return value

        values: list[Any] = []
        for i in range(16):
            rng = np.random.default_rng(i)
            y = torch.from_numpy(rng.integers(0, 4, 6))
            y[2] = {3: -100, 5: 4}.get(i % 6, y[2].item())
            try:
                values.append(step(torch.from_numpy(rng.normal(size=(6, 3)).astype(np.float32)), y).item())
            except IndexError as error:
                values.append(str(error))
        found.append((values, [p.tolist() for p in (*model.parameters(), *norm.buffers())]))
    assert found[0] == found[1]
    assert step.replays >= 10
