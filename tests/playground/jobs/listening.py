"""Listeners that wait for what a job says, and whether a process lives."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from playground.jobs import Ended, Event, Message


class Listener:
    """Collects a job's events; waits for them."""

    def __init__(self) -> None:
        self.events: SimpleQueue[Event] = SimpleQueue()

    def __call__(self, event: Event) -> None:
        self.events.put(event)

    def message(self, seconds: float = 20) -> dict[str, Any]:
        event = self.events.get(timeout=seconds)
        assert isinstance(event, Message), event
        return event.body

    def end(self, seconds: float = 20) -> Ended:
        event = self.events.get(timeout=seconds)
        assert isinstance(event, Ended), event
        return event


def is_alive(pid: int) -> bool:
    """Whether a process runs (a dead one that nobody has reaped does not)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and stat.read_text().rsplit(")", 1)[1].split()[0] == "Z")


def wait_until(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)
