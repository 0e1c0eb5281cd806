"""What an import costs: time and memory of a fresh process that finds its modules compiled to bytecode."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
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
    """A table of milliseconds and MiB; each program runs in turn, once before it counts."""
    found: dict[str, list[tuple[float, int]]] = {}
    with tempfile.TemporaryDirectory() as bytecode:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": bytecode}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for turn in range(options.rounds + 1):
            for name, program in PROGRAMS.items():
                python = options.python if name in ("PyTorch", "JAX") else sys.executable
                cost = _cost(python, program + PEAK, environment)
                if cost is not None and turn:
                    found.setdefault(name, []).append(cost)
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


def _cost(python: str, program: str, environment: dict[str, str]) -> tuple[float, int] | None:
    """Seconds and MiB; None where it does not run."""
    start = time.perf_counter()
    run = subprocess.run(  # noqa: S603 - the programs above
        [python, "-c", program], capture_output=True, text=True, check=False, env=environment
    )
    return (time.perf_counter() - start, int(run.stdout)) if run.returncode == 0 else None
