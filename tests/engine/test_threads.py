"""Matrix products use one thread, or as many as somebody asked for."""

import os
import subprocess
import sys

import pytest
from threadpoolctl import threadpool_info

import engine

TELL = "import engine; print(engine.get_num_threads())"


def threads_of_a_program(**environment):
    others = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    return int(subprocess.check_output([sys.executable, "-c", TELL], env={**others, **environment}))


def test_a_program_that_says_nothing_gets_one():
    assert threads_of_a_program() == 1


def test_the_environment_decides_where_it_says_something():
    assert threads_of_a_program(OPENBLAS_NUM_THREADS="2") == 2


def test_what_is_set_is_what_numpys_library_uses():
    before = engine.get_num_threads()
    try:
        engine.set_num_threads(2)
        pools = [pool["num_threads"] for pool in threadpool_info() if pool["internal_api"] == "openblas"]
        assert engine.get_num_threads() == 2 and 2 in pools
    finally:
        engine.set_num_threads(before)


def test_one_core_is_left_to_others(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(3)), raising=False)
    before = engine.get_num_threads()
    try:
        engine.set_num_threads(100)
        pools = [pool["num_threads"] for pool in threadpool_info() if pool["internal_api"] == "openblas"]
        assert engine.get_num_threads() == 100 and 2 in pools
    finally:
        engine.set_num_threads(before)


def test_no_threads_are_refused():
    with pytest.raises(RuntimeError, match="expects a positive integer"):
        engine.set_num_threads(0)


def calls_of_a_step(threads):
    """How many calls a captured step of small products consists of."""
    before = engine.get_num_threads()
    try:
        engine.set_num_threads(threads)
        model = engine.nn.Sequential(engine.nn.Linear(8, 16), engine.nn.ReLU(), engine.nn.Linear(16, 4))
        optimizer = engine.optim.SGD(model.parameters(), lr=0.1)

        @engine.capture
        def step(x):
            optimizer.zero_grad()
            loss = model(x).square().mean()
            loss.backward()
            optimizer.step()
            return loss

        for _ in range(3):
            step(engine.randn(32, 8))
        assert step.replays == 1
        return len(step._latest.calls)
    finally:
        engine.set_num_threads(before)


def test_small_products_take_one_thread_without_being_told():
    assert calls_of_a_step(threads=100) == calls_of_a_step(threads=1)
