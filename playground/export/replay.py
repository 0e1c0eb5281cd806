"""The archive for an exact replay in PyTorch: script, the run's initial weights, its batch order, experiment.

    spiral_torch.py  experiment.json  replay/weights.safetensors  replay/order.npy

Weights and order are made again from the experiment's seeds, in a job; nothing needs to be kept of a run.
"""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from engine import Generator, arange
from engine.utils.data import DataLoader, TensorDataset
from playground.data.prepare import FindFile, facts
from playground.experiment.spec import Experiment
from playground.export.byhand import NOTHING, ByHand
from playground.export.script import script
from playground.jobs.channel import Channel
from playground.training.ask import weights
from playground.training.build import build
from playground.training.trainer import Trainer

MOST_POSITIONS = 5_000_000
"""Sample positions an archive holds at most, 20 MB before compression; the epochs beyond are left out."""

SECONDS = 60.0
"""What the job may take."""


def job(experiment: Experiment, files: Mapping[str, Path]) -> dict[str, Any]:
    """The payload of the job `replay`."""
    return {
        "experiment": experiment.model_dump(mode="json"),
        "files": {sha256: str(path) for sha256, path in files.items()},
    }


def run(payload: Mapping[str, Any], channel: Channel) -> dict[str, Any]:
    """The job: `weights` as safetensors bytes, `order` as int32 [epochs, samples] or None."""
    experiment = Experiment.model_validate(payload["experiment"])
    files = {sha256: Path(path) for sha256, path in payload["files"].items()}
    untrained = Trainer(build(experiment, files.get))
    return {"weights": weights(untrained), "order": batch_order(experiment, files.get)}


def batch_order(experiment: Experiment, files: FindFile) -> np.ndarray | None:
    """The positions of the training samples as a run takes them: int32 [epochs, samples].

    None where the order needs no recording: without shuffling it is that of the data.
    """
    data = experiment.data
    if not data.shuffle:
        return None
    samples = facts(data, files).training_samples
    epochs = min(experiment.training.epochs, max(1, MOST_POSITIONS // samples))
    loader = DataLoader(
        TensorDataset(arange(samples)),
        batch_size=data.batch_size,
        shuffle=True,
        generator=Generator().manual_seed(experiment.training.seed),
    )
    order = [np.concatenate([positions.numpy() for (positions,) in loader]) for _ in range(epochs)]
    return np.array(order, dtype=np.int32)


def archive(
    experiment: Experiment, files: FindFile, made: Mapping[str, Any], by_hand: ByHand = NOTHING
) -> bytes:
    """The zip, of what the job `made`."""
    order = made["order"]
    epochs = experiment.training.epochs if order is None else len(order)
    written = script(experiment, files, "torch", by_hand, recorded_epochs=epochs)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr(written.name, written.code)
        zipped.writestr("experiment.json", experiment.model_dump_json(indent=2))
        zipped.writestr("replay/weights.safetensors", made["weights"])
        if order is not None:
            zipped.writestr("replay/order.npy", _npy(order))
    return packed.getvalue()


def _npy(array: np.ndarray) -> bytes:
    written = io.BytesIO()
    np.save(written, array, allow_pickle=False)
    return written.getvalue()
