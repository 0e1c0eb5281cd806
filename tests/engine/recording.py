"""PyTorch's results for every sample, in float64: what the suite compares with where PyTorch is missing.

`python -m tests.engine.recording` makes `recorded.npz` anew, with torch 2.13.0 installed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from .compare import function, outputs
from .samples.sample import Sample
from .samples.table import CASES

FILE = Path(__file__).with_name("recorded.npz")

Result = tuple[str, list[int], list[float]]
"""dtype, shape and values of one tensor; a number or a truth value has the name of its type and no shape."""


def results(name: str, sample: Sample, library: Any) -> list[Any]:
    """What the op returns and the gradients of a weighted sum of it, as `Result`s; null for no gradient."""
    inputs = []

    def tensor(array: np.ndarray) -> Any:
        floating = array.dtype.kind == "f"
        made = library.from_numpy(array.astype(np.float64) if floating else array.copy())
        if floating and sample.grad:
            made.requires_grad_()
            inputs.append(made)
        return made

    args, kwargs = sample.build(tensor)
    found = outputs(function(name, library)(*args, **kwargs))
    differentiable = [out for out in found if getattr(out, "requires_grad", False)]
    for i, out in enumerate(differentiable):
        weight = np.random.default_rng(i).standard_normal(tuple(out.shape))
        out.backward(library.tensor(weight, dtype=out.dtype), retain_graph=True)
    grads = [made.grad for made in inputs]
    return [*map(_seen, found), *(None if grad is None else _seen(grad) for grad in grads)]


def _seen(value: Any) -> Result:
    if not hasattr(value, "dtype"):
        return type(value).__name__, [], [float(value)]
    array = value.detach().numpy()
    return str(value.dtype), list(array.shape), array.astype(np.float64).ravel().tolist()


def read() -> dict[str, list[Any]]:
    """The recorded results by the case's id, values as arrays."""
    with np.load(FILE) as stored:
        cases, values = json.loads(bytes(stored["cases"])), stored["values"]
    at = 0
    for case in cases.values():
        for i, result in enumerate(case):
            if result is not None:
                dtype, shape = result
                size = int(np.prod(shape))
                case[i] = (dtype, shape, values[at : at + size])
                at += size
    return dict(cases)


def main() -> None:
    """Write the file; values in one array beside the index, for a thousand small ones would weigh more."""
    import torch

    cases: dict[str, list[Any]] = {}
    values: list[float] = []
    for case in CASES:
        seen = results(*case.values, torch)
        cases[case.id] = [None if each is None else each[:2] for each in seen]
        values += [value for each in seen if each is not None for value in each[2]]
    index = np.frombuffer(json.dumps(cases, separators=(",", ":")).encode(), np.uint8)
    np.savez_compressed(FILE, cases=index, values=np.array(values))


if __name__ == "__main__":
    main()
