"""What probes look at."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playground.training.build import Built
from playground.training.norms import Norms
from playground.training.trainer import Trainer

Measure = Callable[[], Any]
"""Measures now: plain data in the shape of a view in `protocol.views`, with numpy arrays in it."""


@dataclass(frozen=True)
class Subject:
    """A run, and what is measured of it on its schedule."""

    trainer: Trainer
    norms: Norms

    @property
    def built(self) -> Built:
        return self.trainer.built
