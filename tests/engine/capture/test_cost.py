"""What a captured step costs beside time: memory, and the state of its thread."""

from __future__ import annotations

import subprocess
import sys

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
import gc, tracemalloc
import engine as torch
from engine import nn, optim

def stack(width, depth):
    model = nn.Sequential(*[part for _ in range(depth) for part in (nn.Linear(width, width), nn.Tanh())])
    criterion, optimizer = nn.MSELoss(), optim.Adam(model.parameters())

    @torch.capture
    def step(x, y):
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        return loss

    return model, step

first, x = stack(2, 1)[1], torch.randn(2, 2)
for _ in range(4):  # what is loaded and made once, whatever is captured
    first(x, x)

width, batch, depth = 64, 256, 12
model, step = stack(width, depth)
x = torch.randn(batch, width)
activations = (depth + 2) * batch * width * 4  # of each layer, the input, and what the loss keeps
numbers = 4 * sum(p.numel() for p in model.parameters()) * 4  # parameters, gradients, Adam's two states
gc.collect()
tracemalloc.start()
for _ in range(3):
    step(x, x)
tracemalloc.reset_peak()
step(x, x)
print(step.replays, tracemalloc.get_traced_memory()[1] / (activations + numbers))
"""


def test_a_captured_step_needs_little_more_memory_than_its_numbers() -> None:
    # In a process of its own: what earlier tests keep for the next arrays is no part of this step.
    command = [sys.executable, "-c", MEASURED]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    replays, share = printed.split()
    assert int(replays) == 2
    assert float(share) <= 1.3
