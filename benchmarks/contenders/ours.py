"""Our engine, eager and captured, in the very code that PyTorch gets."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle
from typing import Any

import engine
from benchmarks.contenders.pytorch import parts, step_of
from benchmarks.works import Work, batches


def prepare(work: Work, form: str) -> Callable[[], Any]:
    """One step on the next batch; gives the loss."""
    step = step_of(*parts(engine, work))
    if form == "captured":
        step = engine.capture(step)
    following = cycle([(engine.from_numpy(x), engine.from_numpy(y)) for x, y in batches(work)])
    return lambda: step(*next(following))
