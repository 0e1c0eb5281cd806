"""One sample's way through the model of this moment: its values, its loss, its share of the gradient."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

import engine as torch
from playground.data.datasets import as_target
from playground.training.build import Built
from playground.training.evaluate import classes, probabilities
from playground.training.formulas import explain
from playground.training.norms import norm
from playground.training.observe import evaluating, outputs
from playground.training.probes.loss import written
from playground.training.trainer import Trainer

MOST_VALUES = 4096
MOST_SAMPLES = 256
"""Samples of a batch up to which the gradient of each one is worked out: a backward pass for each."""

Answer = dict[str, Any]


def follow(trainer: Trainer, index: int, split: str, units: Mapping[str, int]) -> Answer:
    """A `protocol.answers.SampleReply`, or an `error`. Changes nothing of the run."""
    built = trainer.built
    prepared = built.prepared
    arrays = {
        "training": (prepared.x_train, prepared.y_train),
        "validation": (prepared.x_validation, prepared.y_validation),
    }
    inputs, targets = arrays[split]
    if index >= len(inputs):
        if split == "training" and prepared.facts.streaming:
            return {"error": "The training samples of a stream are drawn on the way and not kept."}
        return {"error": f"There are {len(inputs):,} {split} samples: there is no sample {index:,}."}
    x = torch.from_numpy(inputs[index : index + 1])
    y = torch.from_numpy(as_target(targets[index : index + 1], built.target))
    made = outputs(built.model, x)
    place = _place(trainer, index) if split == "training" else None
    own = _gradient_norms(built, x, y)
    return {
        "step": trainer.step,
        "index": index,
        "split": split,
        "shape": list(x.shape[1:]),
        "input": _numbers(x.numpy()),
        "place": place,
        **_stages(built, x.numpy()[0], made, units, own, _batch_norms(trainer, place)),
        **_outcome(built, made[-1], y, index),
    }


def _outcome(built: Built, output: np.ndarray, y: torch.Tensor, index: int) -> Answer:
    """What the model says, what it should say, and the loss of that."""
    facts = built.prepared.facts
    loss = written(built, torch.from_numpy(output), y, np.array([index]), 0.0, 1)
    answer = {
        "loss": loss["terms"][0]["value"],
        "loss_formula": f"{loss['formula']}: {loss['terms'][0]['written']}",
        "probabilities": None,
        "classes": facts.classes,
    }
    truth = y.numpy().reshape(-1)[:1]
    if facts.task == "regression":
        values = built.prepared.values
        said, wanted = values(output).reshape(-1), values(truth)
        return answer | {"truth": float(wanted[0]), "predicted": float(said[0])}
    with np.errstate(all="ignore"):
        sure = probabilities(output, built)[0]
    return answer | {
        "truth": float(truth[0]),
        "predicted": float(classes(output, built)[0]),
        "probabilities": sure.tolist(),
    }


def _stages(
    built: Built,
    x: np.ndarray,
    made: Sequence[np.ndarray],
    units: Mapping[str, int],
    own: dict[str, float],
    batch: list[dict[str, float]] | None,
) -> Answer:
    stages = []
    for layer, output in zip(built.layers, made, strict=True):
        y = output[0]
        unit = min(max(0, units.get(layer.id, 0)), y.size - 1)
        formula, numbers = explain(layer.module, x, y, unit)
        stages.append(
            {
                "id": layer.id,
                "name": layer.name,
                "shape": list(y.shape),
                "values": _numbers(y),
                "unit": unit,
                "formula": formula,
                "numbers": numbers,
                "gradient_norm": own.get(layer.id),
                "gradient_share": _share(own, batch, layer.id),
            }
        )
        x = y
    return {
        "stages": stages,
        "gradient_norm": own.get(""),
        "gradient_share": _share(own, batch, ""),
    }


def _place(trainer: Trainer, index: int) -> Answer | None:
    """A `SamplePlace`: in which batch of this epoch the sample is."""
    order = trainer.built.order
    if order is None or index not in order.positions:
        return None
    for number in range(trainer.batches):
        positions = order.batch(number)
        found = np.flatnonzero(positions == index)
        if len(found):
            return {
                "batch": number,
                "batches": trainer.batches,
                "place": int(found[0]),
                "size": len(positions),
            }
    return None


def _batch_norms(trainer: Trainer, place: Answer | None) -> list[dict[str, float]] | None:
    """The gradient norms of each sample of a batch; null without a batch, or where it is too large."""
    built = trainer.built
    if place is None or built.order is None or place["size"] > MOST_SAMPLES:
        return None
    positions = built.order.batch(place["batch"])
    x = torch.from_numpy(built.prepared.x_train[positions])
    y = torch.from_numpy(as_target(built.prepared.y_train[positions], built.target))
    return [_gradient_norms(built, x[i : i + 1], y[i : i + 1]) for i in range(len(positions))]


def _gradient_norms(built: Built, x: torch.Tensor, y: torch.Tensor) -> dict[str, float]:
    """The norm of the gradient of one sample's loss, as much as it counts, by layer id; under `""` that over
    all parameters."""
    owned = [(layer.id, list(layer.module.parameters())) for layer in built.layers]
    parameters = [parameter for _, own in owned for parameter in own]
    summed = copy.copy(built.criterion)
    summed.reduction = "sum"  # a mean of one sample would take its weight out again
    with evaluating(built.model), torch.enable_grad(), np.errstate(all="ignore"):
        loss = summed(built.model(x), y)
        found = iter(torch.autograd.grad(loss, parameters, allow_unused=True))
    gradients = {id: [g.numpy() for g in (next(found) for _ in own) if g is not None] for id, own in owned}
    norms = {id: norm(own) for id, own in gradients.items() if own}
    return norms | {"": norm(gradient for own in gradients.values() for gradient in own)}


def _share(own: dict[str, float], batch: list[dict[str, float]] | None, id: str) -> float | None:
    """The sample's part of the sum of its batch's norms, null where there is no such sum."""
    if batch is None or id not in own:
        return None
    total = sum(sample[id] for sample in batch)
    return own[id] / total if total else None


def _numbers(array: np.ndarray) -> list[float]:
    return array.reshape(-1)[:MOST_VALUES].astype(np.float64).tolist()
