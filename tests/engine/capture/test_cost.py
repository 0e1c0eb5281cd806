"""What a captured step costs beside time: memory, and the state of its thread."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc

import pytest

import engine as torch


def test_replays_make_no_denormal_numbers_and_leave_the_thread_as_it_was() -> None:
    tiny = torch.full((2048,), 1e-30)
    smaller = torch.capture(lambda x: x * 1e-10)
    found = [smaller(tiny).sum().item() for _ in range(4)]
    assert found[0] > 0
    assert found[3] == 0
    assert (tiny * 1e-10).sum().item() > 0
    assert torch.set_flush_denormal(True)
    assert (tiny * 1e-10).sum().item() == 0
    smaller(tiny)
    assert (tiny * 1e-10).sum().item() == 0
    assert torch.set_flush_denormal(False)
    smaller(tiny)
    assert (tiny * 1e-10).sum().item() > 0


MEASURED = """
import gc, sys, tracemalloc
import numpy as np
import engine as torch
from engine import nn, optim

def stack(width, depth):
    return nn.Sequential(*[part for _ in range(depth) for part in (nn.Linear(width, width), nn.Tanh())])

def pooling(size, *channels, norm=False):
    layers = []
    for i, o in zip(channels, channels[1:]):
        layers += [nn.Conv2d(i, o, 3, padding=1), *([nn.BatchNorm2d(o)] if norm else [])]
        layers += [nn.ReLU(), nn.MaxPool2d(2)]
        size //= 2
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(channels[-1] * size * size, 10))

MODELS = {
    "layers": (lambda: stack(64, 12), (256, 64)),
    "convolutions": (lambda: pooling(28, 1, 16, 32), (64, 1, 28, 28)),
    "deeper convolutions": (lambda: pooling(32, 3, 16, 32, 64), (64, 3, 32, 32)),
    "batch norm": (lambda: pooling(32, 3, 8, 16, 32, norm=True), (32, 3, 32, 32)),
}

def parts(model):
    criterion, optimizer = nn.CrossEntropyLoss(), optim.Adam(model.parameters())

    @torch.capture
    def step(x, y):
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        return loss

    return criterion, step

def saved(loss, model):  # each array once that the graph holds for backward, but for the parameters
    found, seen, waiting = {}, set(), [loss.grad_fn]
    while waiting:
        node = waiting.pop()
        if node is None or id(node) in seen:
            continue
        seen.add(id(node))
        waiting += [before for before, _ in node.next_functions]
        values = list(getattr(node, "saved", None) or ())
        while values:
            value = values.pop()
            if isinstance(value, (tuple, list)):
                values += value
            elif isinstance(value := getattr(value, "_array", value), np.ndarray):
                while isinstance(value.base, np.ndarray):
                    value = value.base
                found[id(value)] = value.nbytes
    own = {id(p._array) for p in model.parameters()} | {id(p._array.base) for p in model.parameters()}
    return sum(size for key, size in found.items() if key not in own)

first, x = stack(2, 1), torch.randn(2, 2)
for _ in range(4):  # what is loaded and made once, whatever is captured
    parts(first)[1](x, x)

make, shape = MODELS[sys.argv[1]]
x, y = torch.randn(*shape), torch.randint(10, shape[:1])
gc.collect()
tracemalloc.start()
model = make()
criterion, step = parts(model)
weights = sum(p.numel() * 4 for p in model.parameters())
activations = saved(criterion(model(x), y), model)
for _ in range(3):
    step(x, y)
gc.collect()
tracemalloc.reset_peak()
step(x, y)
peak = tracemalloc.get_traced_memory()[1]
# Parameters, their gradients and Adam's two states, and what an eager step saves, the batch among it. The
# peak is all that Python and numpy have allocated for model, optimizer, plan and step.
print(step.replays, peak / (4 * weights + activations))
"""


@pytest.mark.parametrize("model", ["layers", "convolutions", "deeper convolutions", "batch norm"])
def test_a_captured_step_needs_little_more_memory_than_its_numbers(model: str) -> None:
    # In a process of its own: what earlier tests keep for the next arrays is no part of this step.
    command = [sys.executable, "-c", MEASURED, model]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    replays, share = printed.split()
    assert int(replays) == 2
    assert float(share) <= 1.3


def test_a_recording_that_waits_for_another_one_holds_no_numbers() -> None:
    @torch.capture
    def chain(x: torch.Tensor) -> torch.Tensor:
        for _ in range(8):
            x = (x * 0.5).view(-1, 1 << 10) + 1
        return x.sum()

    x = torch.randn(1 << 20)
    tracemalloc.start()
    results = [chain(x)]
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < x.nbytes / 4
    results += [chain(x), chain(x)]
    assert chain.replays == 1
    assert len({result.item() for result in results}) == 1


def test_recordings_without_numbers_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["engine.capture.notes.forget"], "_LARGE", 0)
    parts = [slice(1, None)]

    @torch.capture
    def changing(x: torch.Tensor) -> torch.Tensor:
        return ((x * 2)[parts[0]] + torch.ones(3, 4)).sum()

    x = torch.arange(16.0).view(4, 4)
    found = []
    for rows in [slice(1, None), slice(3)] * 3:
        parts[0] = rows
        found.append(changing(x).item())
    assert found == [(2 * x[1:] + 1).sum().item(), (2 * x[:3] + 1).sum().item()] * 3
    assert changing.replays == 2
