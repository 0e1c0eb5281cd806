"""A loss written out: each sample's part in numbers, and how the parts become one value."""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

import engine as torch
from engine import nn
from playground.training.probes.pack import figure

SAMPLES, OUTPUTS = 8, 16
"""Samples that are written out, those of the largest loss, and numbers of each one's output."""

SUMMED = 3
"""Terms of the sum that are written before the dots."""


def written(
    criterion: nn.Module,
    output: torch.Tensor,
    target: torch.Tensor,
    samples: np.ndarray,
    value: float,
    most: int,
) -> dict[str, Any]:
    """A `LossView` of at most `most` samples' terms; `samples` are their positions."""
    made, wanted = output.detach(), target.detach()
    parts = per_sample(criterion, made, wanted)
    rows, wishes = made.numpy().astype(np.float64), wanted.numpy()
    formula, write = FORMULAS.get(type(criterion), (type(criterion).__name__, _plain))
    heaviest = np.argsort(-parts, kind="stable")[:SAMPLES]
    if getattr(criterion, "label_smoothing", 0):
        formula, write = SMOOTHED, _plain
    reduction = str(getattr(criterion, "reduction", "mean"))
    return {
        "name": type(criterion).__name__,
        "formula": formula,
        "reduction": reduction,
        "count": len(parts),
        "value": value,
        "sum": total(parts, reduction, value),
        "values": parts[:most].astype(np.float32),
        "terms": [
            {
                "sample": int(samples[row]),
                "output": rows[row].reshape(-1)[:OUTPUTS].tolist(),
                "target": float(wishes[row].reshape(-1)[0]),
                "value": float(parts[row]),
                "written": f"{write(rows[row].reshape(-1), wishes[row].reshape(-1))} = {figure(parts[row])}",
            }
            for row in heaviest
        ],
    }


def per_sample(criterion: nn.Module, output: torch.Tensor, target: torch.Tensor) -> np.ndarray:
    """Each sample's loss before the reduction over samples, [samples]; over its own numbers it is applied."""
    single = copy.copy(criterion)
    single.reduction = "none"
    with torch.no_grad(), np.errstate(all="ignore"):
        parts = single(output, target).numpy().astype(np.float64)
    parts = parts.reshape(len(parts), -1)
    return parts.sum(axis=1) if getattr(criterion, "reduction", "mean") == "sum" else parts.mean(axis=1)


def total(parts: np.ndarray, reduction: str, value: float) -> str:
    """`(0.19 + 2.31 + 0.05 + …) / 32 = 0.53`."""
    shown = [figure(part) for part in parts[:SUMMED]]
    if len(parts) > SUMMED:
        shown.append("…")
    terms = " + ".join(shown)
    left = f"({terms}) / {len(parts)}" if reduction == "mean" else terms
    return f"{left} = {figure(value)}"


def _cross_entropy(output: np.ndarray, target: np.ndarray) -> str:
    with np.errstate(all="ignore"):
        shifted = np.exp(output - output.max())
    return f"−log({figure(float(shifted[int(target[0])] / shifted.sum()))})"


def _binary(output: np.ndarray, target: np.ndarray) -> str:
    with np.errstate(all="ignore"):
        one = float(1 / (1 + np.exp(-output[0])))
    return f"−log({figure(one)})" if target[0] == 1 else f"−log(1 − {figure(one)})"


def _squared(output: np.ndarray, target: np.ndarray) -> str:
    return f"({_difference(output, target)})²"


def _absolute(output: np.ndarray, target: np.ndarray) -> str:
    return f"|{_difference(output, target)}|"


def _difference(output: np.ndarray, target: np.ndarray) -> str:
    sign, size = ("−", target[0]) if target[0] >= 0 else ("+", -target[0])
    return f"{figure(float(output[0]))} {sign} {figure(float(size))}"


def _plain(output: np.ndarray, target: np.ndarray) -> str:
    return f"loss of {figure(float(output[0]))} for {figure(float(target[0]))}"


SMOOTHED = "(1 − ε) · −log(softmax(output)[target]) + ε · mean over classes of −log(softmax(output))"

FORMULAS: dict[type[Any], tuple[str, Callable[[np.ndarray, np.ndarray], str]]] = {
    nn.CrossEntropyLoss: ("−log(softmax(output)[target])", _cross_entropy),
    nn.BCEWithLogitsLoss: ("−log(σ(output)) for 1, −log(1 − σ(output)) for 0", _binary),
    nn.MSELoss: ("(output − target)²", _squared),
    nn.L1Loss: ("|output − target|", _absolute),
}
