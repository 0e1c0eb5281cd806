"""What probes look at, and what a probe says about itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from playground.protocol.replies import ViewEntry
from playground.training.build import Built
from playground.training.norms import Norms
from playground.training.observe import Chosen
from playground.training.probes.recorder import Recorder
from playground.training.trainer import Trainer
from playground.training.trend import Trend

Measure = Callable[[], Any]
"""Measures now: plain data in the shape of a view in `protocol.views`, with numpy arrays in it."""


@dataclass(frozen=True)
class Subject:
    """A run, what is measured of it on its schedule, and what is kept of a step that is looked at.

    `chosen` is the sample that somebody looks at, null where nobody chose one. `trend` is how the curves of
    the run went so far, `muted` has the units that are silent by hand.
    """

    trainer: Trainer
    norms: Norms
    recorder: Recorder
    chosen: Callable[[], Chosen | None] = lambda: None
    trend: Trend = field(default_factory=Trend)
    muted: Callable[[], Mapping[str, list[int]]] = dict

    @property
    def built(self) -> Built:
        return self.trainer.built


@dataclass(frozen=True)
class Probe:
    """One thing that is measured for the eye.

    `name` is its field in `protocol.views.Views`; `title`, `help` and `shown_in` are for the page.
    `interval` is the least time in seconds between two measurements while the run is going. `records` says
    that it looks at steps the `Recorder` kept. `make` prepares for a run, and returns null where the run has
    nothing of its kind.
    """

    name: str
    title: str
    help: str
    shown_in: str
    make: Callable[[Subject], Measure | None]
    interval: float = 0.0
    records: bool = False

    @property
    def entry(self) -> ViewEntry:
        """What the catalog says of it."""
        return ViewEntry(
            name=self.name,
            title=self.title,
            help=self.help,
            shown_in=self.shown_in,
            interval=self.interval,
        )
