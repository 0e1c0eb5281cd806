"""The kinds of jobs: where each one's function is, as text, so that only its worker imports it.

A job's function is `(payload, channel) -> result`.
"""

from collections.abc import Mapping

KINDS: Mapping[str, str] = {
    "train": "playground.training.worker:train",
    "tensors": "playground.workbench.worker:answer",
    "verify": "playground.export.verify:run",
    "replay": "playground.export.replay:run",
    "find_lr": "playground.training.finder:run",
}

WARM_UP = ("playground.training.worker", "playground.workbench.worker", "sklearn.datasets", "pandas")
"""What a spare worker imports while nothing is asked of it, in this order."""
