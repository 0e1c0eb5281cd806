"""Captured convolutions share their work among processes, where threads were asked for, to the same bits."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import engine as torch
from engine import nn, optim

SIZE = 20
needs_helpers = pytest.mark.usefixtures("four_cores")


@pytest.fixture
def four_cores(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine on which three threads may be had, whatever this one is."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(4)), raising=False)
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def prepared() -> tuple[Any, Any]:
    """A captured step of a network whose convolutions are too large to be done at once; its model."""
    torch.manual_seed(0)
    layers: list[Any] = []
    for inputs, outputs in ((1, 16), (16, 24)):
        layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
    model = nn.Sequential(*layers, nn.Flatten(), nn.Linear(24 * (SIZE // 4) ** 2, 3))
    optimizer, criterion = optim.Adam(model.parameters()), nn.CrossEntropyLoss()

    @torch.capture
    def step(x: Any, y: Any) -> Any:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        return loss

    return step, model


def batch(number: int) -> tuple[Any, Any]:
    rng = np.random.default_rng(number)
    x = rng.normal(size=(64, 1, SIZE, SIZE)).astype(np.float32)
    return torch.from_numpy(x), torch.from_numpy(rng.integers(0, 3, 64))


def children() -> set[int]:
    """The processes that this one has begun and still needs."""
    gc.collect()
    found = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii").split()
    return {int(pid) for pid in found}


def trained(threads: int, steps: int = 9) -> list[np.ndarray]:
    torch.set_num_threads(threads)
    step, model = prepared()
    losses = [step(*batch(i)).item() for i in range(steps)]
    assert step.replays == steps - 2
    return [np.array(losses), *(p.detach().numpy().copy() for p in model.parameters())]


@needs_helpers
def test_the_numbers_do_not_depend_on_the_threads() -> None:
    one = trained(1)
    for threads in (2, 3):
        for a, b in zip(one, trained(threads), strict=True):
            np.testing.assert_array_equal(a, b)


@needs_helpers
def test_helpers_live_as_long_as_their_step_and_not_before() -> None:
    before = children()
    torch.set_num_threads(3)
    step, _ = prepared()
    for number in range(4):
        step(*batch(number))
    assert children() == before
    step(*batch(4))
    assert len(children() - before) == 2
    del step, _
    assert children() == before


@needs_helpers
def test_a_step_whose_helpers_were_ended_goes_on_alone() -> None:
    expected = trained(1)
    before = children()
    torch.set_num_threads(3)
    step, model = prepared()
    losses = [step(*batch(i)).item() for i in range(6)]
    for pid in children() - before:
        os.kill(pid, signal.SIGKILL)
    losses += [step(*batch(i)).item() for i in range(6, 9)]
    found = [np.array(losses), *(p.detach().numpy() for p in model.parameters())]
    for a, b in zip(expected, found, strict=True):
        np.testing.assert_array_equal(a, b)


@needs_helpers
def test_after_an_interrupted_step_the_next_ones_are_right() -> None:
    torch.set_num_threads(3)
    step, model = prepared()
    for number in range(6):
        step(*batch(number))
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    try:
        for delay in (0.001, 0.003, 0.006):
            with pytest.raises(KeyboardInterrupt):
                signal.setitimer(signal.ITIMER_REAL, delay)
                while True:
                    step(*batch(6))
            for number in range(7, 10):
                x, y = batch(number)
                with torch.no_grad():
                    expected = nn.functional.cross_entropy(model(x), y)
                assert step(x, y).item() == expected.item()
    finally:
        signal.signal(signal.SIGALRM, before)


@needs_helpers
def test_another_number_of_threads_is_taken_up_by_a_captured_step() -> None:
    torch.set_num_threads(3)
    step, _ = prepared()
    for number in range(6):
        step(*batch(number))
    before = children()
    torch.set_num_threads(1)
    for number in range(4):
        step(*batch(number))
    assert step.why_eager is None
    torch.set_num_threads(3)
    step(*batch(0))
    assert step.why_eager is None
    assert children() == before


LEFT_BEHIND = f"""
import os, sys
os.sched_getaffinity = lambda _: set(range(4))
sys.path.insert(0, {str(Path.cwd())!r})
from tests.engine.capture.test_helpers import batch, children, prepared, torch
torch.set_num_threads(3)
step, model = prepared()
for number in range(6):
    step(*batch(number))
print(*children(), flush=True)
os._exit(1)
"""


def test_helpers_end_with_a_program_that_does_not_tidy_up() -> None:
    run = subprocess.run([sys.executable, "-c", LEFT_BEHIND], capture_output=True, text=True, timeout=60)
    helpers = run.stdout.split()
    assert len(helpers) == 2
    until = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() for pid in helpers) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(Path(f"/proc/{pid}").exists() for pid in helpers)
