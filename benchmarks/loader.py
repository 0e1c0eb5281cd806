"""Batches per second of a DataLoader over 10,000 rows of 10 numbers, 32 a batch, shuffled."""

from __future__ import annotations

import statistics
import time
from typing import Any

import numpy as np

import engine
from benchmarks.options import Options


def loader(torch: Any) -> Any:
    """The same data in either library's loader."""
    rng = np.random.default_rng(0)
    rows, targets = rng.standard_normal((10_000, 10)).astype(np.float32), rng.integers(0, 10, 10_000)
    data = torch.utils.data.TensorDataset(torch.from_numpy(rows), torch.from_numpy(targets))
    return torch.utils.data.DataLoader(data, batch_size=32, shuffle=True)


def rate(batches: Any) -> float:
    """Batches per second of one epoch."""
    start = time.perf_counter()
    count = sum(1 for _ in batches)
    return count / (time.perf_counter() - start)


def report(options: Options) -> list[str]:
    """Ours and PyTorch's, epoch by epoch in turn."""
    loaders = {"ours": loader(engine)}
    try:
        import torch
    except ImportError:
        pass
    else:
        loaders["PyTorch, num_workers=0"] = loader(torch)
    rates: dict[str, list[float]] = {name: [] for name in loaders}
    for _ in range(options.rounds):
        for name, batches in loaders.items():
            rates[name].append(rate(batches))
    return [
        "## DataLoader", "", "Batches per second (10,000 × 10, 32 a batch, shuffled).", "",
        "| loader | median | smallest | largest |", "|---|---|---|---|",
        *(f"| {name} | {statistics.median(found):,.0f} | {min(found):,.0f} | {max(found):,.0f} |"
          for name, found in rates.items()),
    ]
