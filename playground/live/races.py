"""Races: runs that play from the same moment on, once all of them are built."""

import threading
from collections.abc import Callable, Sequence

from playground.live.run import Run


class Races:
    """The races that have not begun. Safe to use from any thread."""

    def __init__(self, play: Callable[[Run], None]) -> None:
        self._play = play
        self._lock = threading.Lock()
        self._waiting: dict[str, list[Run]] = {}

    def add(self, race: str, runs: Sequence[Run]) -> None:
        """Runs that were just started, paused, and wait for each other."""
        with self._lock:
            self._waiting[race] = list(runs)
        for run in runs:  # one may have been heard of before it was added
            self.heard(run)

    def heard(self, run: Run) -> None:
        """There is news of a run: where it was the last to be built, or to fail at it, the race begins."""
        with self._lock:
            runs = self._waiting.get(run.race or "", [])
            if not runs or any(run.state == "starting" and not run.ended for run in runs):
                return
            del self._waiting[run.race or ""]
        for racing in runs:
            racing.waits = False
            if not racing.ended:
                self._play(racing)
