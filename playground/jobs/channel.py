"""A worker's end of its two pipes."""

import os
import threading
from multiprocessing.connection import Connection
from queue import Empty, SimpleQueue
from typing import Any

from playground.jobs.wire import pack, unpack

ORPHANED = 0


class Channel:
    """Messages in, messages out. The process ends at once when the server closes the control pipe."""

    def __init__(self, control: Connection, data: Connection) -> None:
        self._control = control
        self._data = data
        self._inbox: SimpleQueue[Any] = SimpleQueue()
        threading.Thread(target=self._read, name="control", daemon=True).start()

    def _read(self) -> None:
        """EOF means that the server is gone or wants us gone: no clean-up may keep an orphan alive."""
        try:
            while True:
                self._inbox.put(unpack(self._control.recv_bytes()))
        except (EOFError, OSError):
            os._exit(ORPHANED)

    def send(self, body: dict[str, Any]) -> None:
        """Say something to whoever submitted the job."""
        self.write("message", body)

    def write(self, kind: str, body: Any) -> None:
        self._data.send_bytes(pack([kind, body]))

    @property
    def pending(self) -> bool:
        """Whether `receive` would answer at once."""
        return not self._inbox.empty()

    def receive(self, seconds: float | None = None) -> Any:
        """The next message, or null if none came within `seconds` (null waits for ever)."""
        try:
            return self._inbox.get(timeout=None if seconds is None else max(0.0, seconds))
        except Empty:
            return None

