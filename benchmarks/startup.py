"""What an import costs: time and memory of a fresh process."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

from benchmarks.options import Options

PROGRAMS = {
    "Python alone": "",
    "numpy": "import numpy",
    "our engine": "import engine; engine.ones(1) + 1",
    "PyTorch": "import torch; torch.ones(1) + 1",
    "JAX": "import jax.numpy as jnp; jnp.ones(1) + 1",
}
PEAK = "\nfrom benchmarks.memory import peak_mib; print(peak_mib())"


def report(options: Options) -> list[str]:
    """A table of milliseconds and MiB; each program runs in turn."""
    found: dict[str, list[tuple[float, int]]] = {}
    for _ in range(options.rounds):
        for name, program in PROGRAMS.items():
            python = options.python if name in ("PyTorch", "JAX") else sys.executable
            start = time.perf_counter()
            run = subprocess.run(  # noqa: S603 - the programs above
                [python, "-c", program + PEAK], capture_output=True, text=True, check=False
            )
            if run.returncode == 0:
                found.setdefault(name, []).append((time.perf_counter() - start, int(run.stdout)))
    text = ["## Import and first operation", "", "| | milliseconds (smallest) | peak MiB |", "|---|---|---|"]
    for name in PROGRAMS:
        if name in found:
            times, sizes = zip(*found[name], strict=True)
            text.append(
                f"| {name} | {statistics.median(times) * 1e3:.0f} ({min(times) * 1e3:.0f}) | {max(sizes)} |"
            )
        else:
            text.append(f"| {name} | not installed | |")
    return text
