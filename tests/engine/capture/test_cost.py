"""What a captured step costs beside time: memory, and the state of its thread."""

from __future__ import annotations

import gc
import tracemalloc

import engine as torch
from engine import nn, optim
from tests.engine.capture.test_training import plain_step


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


def test_a_captured_step_needs_little_more_memory_than_its_numbers() -> None:
    torch.manual_seed(0)
    width, batch, depth = 64, 256, 12
    layers = [part for _ in range(depth) for part in (nn.Linear(width, width), nn.Tanh())]
    model = nn.Sequential(*layers)
    step = torch.capture(plain_step(model, optim.Adam(model.parameters())))
    x = torch.randn(batch, width)
    activations = (depth + 2) * batch * width * 4  # of each layer, the input, and what the loss keeps
    numbers = 4 * sum(p.numel() for p in model.parameters()) * 4  # parameters, gradients, Adam's two states
    gc.collect()
    tracemalloc.start()
    try:
        for _ in range(3):
            step(x, x)
        tracemalloc.reset_peak()
        step(x, x)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert step.replays == 2
    assert peak <= 1.3 * (activations + numbers)
