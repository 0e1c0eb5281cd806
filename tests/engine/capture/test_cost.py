"""What a captured step costs beside time: memory, and the state of its thread."""

from __future__ import annotations

import subprocess
import sys

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
import engine as torch
from engine import nn, optim

def stack(width, depth):
    return nn.Sequential(*[part for _ in range(depth) for part in (nn.Linear(width, width), nn.Tanh())])

def pooling(*channels):
    pairs = zip(channels, channels[1:])
    layers = [(nn.Conv2d(i, o, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)) for i, o in pairs]
    return nn.Sequential(*[part for layer in layers for part in layer])

def captured(model):
    criterion, optimizer = nn.MSELoss(), optim.Adam(model.parameters())

    @torch.capture
    def step(x, y):
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        return loss

    return step

first, x = captured(stack(2, 1)), torch.randn(2, 2)
for _ in range(4):  # what is loaded and made once, whatever is captured
    first(x, x)

if sys.argv[1] == "layers":
    model, x = stack(64, 12), torch.randn(256, 64)
else:
    model, x = pooling(1, 16, 32), torch.randn(64, 1, 28, 28)
step = captured(model)
activations, y = 0, x
with torch.no_grad():
    for layer in model:  # of each layer what it is given, and at last what the loss is given and keeps
        activations += y.numel() * 4
        y = layer(y)
activations += 2 * y.numel() * 4
y = y.clone()
numbers = 4 * sum(p.numel() for p in model.parameters()) * 4  # parameters, gradients, Adam's two states
gc.collect()
tracemalloc.start()
for _ in range(3):
    step(x, y)
tracemalloc.reset_peak()
step(x, y)
print(step.replays, tracemalloc.get_traced_memory()[1] / (activations + numbers))
"""


@pytest.mark.parametrize("model", ["layers", "convolutions"])
def test_a_captured_step_needs_little_more_memory_than_its_numbers(model: str) -> None:
    # In a process of its own: what earlier tests keep for the next arrays is no part of this step.
    command = [sys.executable, "-c", MEASURED, model]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    replays, share = printed.split()
    assert int(replays) == 2
    assert float(share) <= 1.3
