"""A loss written out: each sample's part in numbers, and how the parts become one value."""

import copy
from typing import Any

import numpy as np

import engine as torch
from engine import nn
from playground.training.build import Built
from playground.training.evaluate import probabilities
from playground.training.observe import refuses
from playground.training.probes.pack import figure

SAMPLES, OUTPUTS = 8, 16
"""Samples that are written out, those of the largest loss, and numbers of each one's output."""

SUMMED = 3
"""Terms of the sum that are written before the dots."""

SMOOTHED = "(1 − ε) · {one} + ε · mean over classes of {each}"


def written(
    built: Built, output: torch.Tensor, target: torch.Tensor, samples: np.ndarray, value: float, most: int
) -> dict[str, Any]:
    """A `LossView` of at most `most` samples' terms; `samples` are their positions."""
    criterion, made, wanted = built.criterion, output.detach(), target.detach()
    parts = per_sample(built, made, wanted)
    rows, wishes = made.numpy().astype(np.float64).reshape(len(parts), -1), wanted.numpy().reshape(-1)
    counts = weights(criterion, wishes)
    heaviest = np.argsort(-parts, kind="stable")[:SAMPLES]
    reduction = str(getattr(criterion, "reduction", "mean"))
    return {
        "name": type(criterion).__name__,
        "formula": formula(built),
        "reduction": reduction,
        "count": len(parts),
        "value": value,
        "sum": total(parts, counts if has_weights(criterion) else None, reduction, value),
        "values": parts[:most].astype(np.float32),
        "terms": [
            {
                "sample": int(samples[row]),
                "output": rows[row][:OUTPUTS].tolist(),
                "target": float(wishes[row]),
                "value": float(parts[row]),
                "written": f"{term(built, rows[row], wishes[row], counts[row])} = {figure(parts[row])}",
            }
            for row in heaviest
        ],
    }


def per_sample(built: Built, output: torch.Tensor, target: torch.Tensor) -> np.ndarray:
    """Each sample's loss before the reduction over samples, [samples]; over its own numbers it is applied."""
    criterion = built.criterion
    if refuses(built.loss, output):
        return np.full(len(output), np.nan)
    single = copy.copy(criterion)
    single.reduction = "none"
    with torch.no_grad(), np.errstate(all="ignore"):
        parts = single(output, target).numpy().astype(np.float64)
    parts = parts.reshape(len(parts), -1)
    return parts.sum(axis=1) if getattr(criterion, "reduction", "mean") == "sum" else parts.mean(axis=1)


def has_weights(criterion: nn.Module) -> bool:
    """Whether each class has its weight; a mean is then divided by the sum of its samples' weights."""
    return getattr(criterion, "weight", None) is not None


def weights(criterion: nn.Module, target: np.ndarray) -> np.ndarray:
    """How much the loss of each sample counts, [samples]."""
    if has_weights(criterion):
        return criterion.weight.numpy().astype(np.float64)[target]
    yes = getattr(criterion, "pos_weight", None)
    return np.where(target == 1, 1.0 if yes is None else yes.item(), 1.0)


def total(parts: np.ndarray, counts: np.ndarray | None, reduction: str, value: float) -> str:
    """`(0.19 + 2.31 + 0.05 + …) / 32 = 0.53`; with weights `(…) / (1 + 4.5 + 1 + …) = 0.53`."""
    terms = _first(parts)
    if reduction == "mean":
        terms = f"({terms}) / {len(parts) if counts is None else f'({_first(counts)})'}"
    return f"{terms} = {figure(value)}"


def _first(numbers: np.ndarray) -> str:
    """The first of a sum, and dots."""
    shown = [figure(number) for number in numbers[:SUMMED]]
    return " + ".join([*shown, *["…"] * (len(numbers) > SUMMED)])


def formula(built: Built) -> str:
    """The loss of one sample in words of code, with what its samples count."""
    criterion, one = built.criterion, built.loss.formula
    if not getattr(criterion, "label_smoothing", 0):
        return f"{_factor(criterion)}{one}"
    each = one.replace("[target]", "")
    if has_weights(criterion):
        one, each = f"weight[target] · {one}", f"weight · {each}"
    return SMOOTHED.format(one=one, each=each)


def _factor(criterion: nn.Module) -> str:
    if has_weights(criterion):
        return "weight[target] · "
    return "" if getattr(criterion, "pos_weight", None) is None else "pos_weight · "


def term(built: Built, output: np.ndarray, target: float, count: float) -> str:
    """The loss of one sample with its numbers put in, of an output [outputs]."""
    counts = "" if count == 1 else f"{figure(count)} · "
    if getattr(built.criterion, "label_smoothing", 0):
        return f"loss of {figure(output[0])} for {figure(target)}"
    if built.target == "real":
        sign = "−" if target >= 0 else "+"
        known = {"difference": f"{figure(output[0])} {sign} {figure(abs(target))}"}
        return counts + built.loss.term.format(**known)
    with np.errstate(all="ignore"):
        sure = probabilities(output[None], built)[0]
    if built.target == "0/1":
        p = figure(sure[1]) if target == 1 else f"1 − {figure(sure[1])}"
        return counts + built.loss.term.format(p=p)
    own = figure(output[int(target)])
    return counts + built.loss.term.format(p=figure(sure[int(target)]), output=own)
