"""What one may ask the model of this moment."""

from collections.abc import Sequence
from typing import Any

import numpy as np

import engine as torch
from playground.training import observe
from playground.training.evaluate import probabilities
from playground.training.trainer import Trainer


def predict(trainer: Trainer, rows: Sequence[Sequence[float]]) -> dict[str, Any]:
    """A `protocol.replies.Prediction` for rows in the units of the data; an `error` where they do not fit."""
    built, facts = trainer.built, trainer.built.prepared.facts
    width = int(np.prod(facts.input_shape))
    for row in rows:
        if len(row) != width:
            return {"error": f"A row of {len(row)} numbers does not fit: the model takes {width}."}
    x = built.prepared.inputs(np.array(rows, np.float64))
    output = observe.predict(built, torch.from_numpy(x))
    if facts.task == "regression":
        values = built.prepared.values(output)
        return {"step": trainer.step, "outputs": values.tolist()}
    return {
        "step": trainer.step,
        "outputs": output.tolist(),
        "probabilities": probabilities(output, built).tolist(),
        "classes": facts.classes,
    }


def weights(trainer: Trainer) -> bytes:
    """The model's `state_dict` as safetensors."""
    from safetensors.numpy import save

    state = trainer.built.model.state_dict()
    return save({name: np.array(tensor.detach().numpy(), order="C") for name, tensor in state.items()})
