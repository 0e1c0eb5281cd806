"""How often and in which order one client gets frames.

At most one frame is in flight; what happens meanwhile waits as the name of its run only, so the newest
replaces the waiting and a client that stops reading costs no memory. No clock and no socket in here.
"""

from dataclasses import dataclass, field

from playground.protocol.requests import CurveCursor

INTERVAL = 1 / 30
PATIENCE = 5.0


@dataclass(frozen=True)
class Known:
    """What a client has of one run: everything up to frame `seq`, and how much of which curve.

    `points` is how many points each curve had when it was last sent: unchanged, it is not sent again.
    `views` is for each view the `seq` at which the client has it.
    """

    seq: int = 0
    curves: dict[str, CurveCursor] = field(default_factory=dict)
    points: dict[str, int] = field(default_factory=dict)
    views: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Flight:
    """A frame on its way, and what the client will have when it has arrived."""

    number: int
    run: str
    then: Known
    at: float


class Pacer:
    """The frames of one client: `offer` what changed, `take` what to send, tell `sent` and `acked`."""

    def __init__(self, interval: float = INTERVAL, patience: float = PATIENCE) -> None:
        self._interval = interval
        self._patience = patience
        self._known: dict[str, Known] = {}
        self._changed: dict[str, None] = {}
        self._flight: Flight | None = None
        self._last = float("-inf")
        self._number = 0

    @property
    def runs(self) -> frozenset[str]:
        """The runs that this client watches."""
        return frozenset(self._known)

    def watch(self, run: str, known: Known) -> None:
        """Begin, or begin again from what the client says it has; a frame in flight no longer counts."""
        self._known[run] = known
        self._changed[run] = None
        if self._flight is not None and self._flight.run == run:
            self._flight = Flight(self._flight.number, "", Known(), self._flight.at)

    def unwatch(self, run: str) -> None:
        self._known.pop(run, None)
        self._changed.pop(run, None)

    def offer(self, run: str) -> None:
        """There is news of a run."""
        if run in self._known:
            self._changed.setdefault(run)

    def due(self) -> float | None:
        """When `take` will have something, or null while a frame is in flight or nothing waits."""
        return None if self._flight or not self._changed else self._last + self._interval

    def take(self, now: float) -> tuple[str, Known] | None:
        """The run to send a frame of, and what its client has; runs take turns."""
        due = self.due()
        if due is None or now < due:
            return None
        run = next(iter(self._changed))
        del self._changed[run]
        return run, self._known[run]

    def sent(self, run: str, then: Known, now: float) -> int:
        """A frame of `run` is on its way; the number is to come back with its acknowledgement."""
        self._number += 1
        self._flight = Flight(self._number, run, then, now)
        self._last = now
        return self._number

    def acked(self, number: int) -> None:
        """The frame has arrived. An acknowledgement of any other frame changes nothing."""
        flight = self._flight
        if flight is None or flight.number != number:
            return
        self._flight = None
        if flight.run in self._known:
            self._known[flight.run] = flight.then

    def gives_up(self) -> float | None:
        """When the client has been silent for too long and is to be cut off."""
        return None if self._flight is None else self._flight.at + self._patience
