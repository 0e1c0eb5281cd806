"""What happens to samples between their source and the model, in the words of an exported script.

Plain numpy; `prepare` runs these functions and a script shows their source, so the two cannot differ.
"""

import numpy as np

# Bare signatures, because exported scripts show them; see `synthetic.py`.
# mypy: disable-error-code="no-untyped-def"


def split(samples, validation_share, rng):
    """Positions of the training samples and of the validation samples, in random order."""
    order = rng.permutation(samples)
    held_out = min(round(samples * validation_share), samples - 1)
    return order[held_out:], order[:held_out]


def scaling(train):
    """Mean and deviation of each column of the training samples; a constant column keeps its scale."""
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    return mean, np.where(deviation > 0, deviation, 1)


def column(y):
    """Classes 0 and 1 as a float column, which is what a loss on one output compares with."""
    return y.astype(np.float32)[:, None]
