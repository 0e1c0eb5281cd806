"""A data set to look at: some rows of both splits, in the units of the data."""

import numpy as np

from playground.data.prepare import FindFile, Prepared, draw, prepare
from playground.experiment.spec import Data
from playground.protocol.replies import DataPreview

ROWS = 1_000
FIGURES = 5
STREAM_SEED = 1


def preview(data: Data, files: FindFile) -> DataPreview:
    """At most 1,000 rows, training and validation in their proportion. Raises DataError without data."""
    prepared = prepare(data, files)
    training = prepared.x_train, prepared.y_train
    if prepared.facts.streaming:
        training = draw(data, ROWS // 2, np.random.default_rng([data.seed, STREAM_SEED]))
    validation = prepared.x_validation, prepared.y_validation
    samples = len(training[0]), len(validation[0])
    held_out = round(ROWS * samples[1] / sum(samples)) if sum(samples) > ROWS else samples[1]
    shown = min(samples[0], ROWS - held_out), min(samples[1], held_out)
    x = np.concatenate([part[0][:n] for part, n in zip((training, validation), shown, strict=True)])
    y = np.concatenate([part[1][:n] for part, n in zip((training, validation), shown, strict=True)])
    return DataPreview(
        facts=prepared.facts,
        x=rounded(prepared.rows(x)),
        y=rounded(_units(prepared, y)[None])[0],
        validation=[False] * shown[0] + [True] * shown[1],
        notes=list(prepared.notes),
    )


def rounded(values: np.ndarray) -> list[list[float]]:
    """Rows of numbers with five significant figures, which is more than a screen can show."""
    return [[float(f"{value:.{FIGURES}g}") for value in row] for row in values.tolist()]


def _units(prepared: Prepared, y: np.ndarray) -> np.ndarray:
    """Class indices, or the values of a regression in the units of the data."""
    return y if prepared.facts.task == "classification" else prepared.values(y)[:, 0]
