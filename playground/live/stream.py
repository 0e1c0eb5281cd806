"""Sends frames to all clients: one thread, which sleeps until somebody is due something."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playground.live.frames import build
from playground.live.pacing import Known, Pacer
from playground.live.run import Run

logger = logging.getLogger(__name__)

Send = Callable[[dict[str, Any], Callable[[], None]], None]
"""Puts a frame on its way; the second argument is to be called when the client has acknowledged it."""


@dataclass(eq=False)
class Client:
    """A connected page: how to send to it, how to cut it off, which runs and views it watches."""

    send: Send
    cut: Callable[[], None]
    pacer: Pacer = field(default_factory=Pacer)
    runs: dict[str, Run] = field(default_factory=dict)
    views: dict[str, frozenset[str] | None] = field(default_factory=dict)


class Stream:
    """Frames for every client, at each one's own pace. Safe to use from any thread."""

    def __init__(self) -> None:
        self._clients: dict[str, Client] = {}
        self._changed = threading.Condition()
        threading.Thread(target=self._serve, name="stream", daemon=True).start()

    def news(self, run: str) -> None:
        """Something happened in a run."""
        with self._changed:
            for client in self._clients.values():
                client.pacer.offer(run)
            self._changed.notify()

    def join(self, name: str, client: Client) -> None:
        with self._changed:
            self._clients[name] = client

    def leave(self, name: str) -> list[str]:
        """Forget a client; the runs that it watched."""
        with self._changed:
            client = self._clients.pop(name, None)
        return [] if client is None else list(client.runs)

    def watched(self, name: str) -> frozenset[str]:
        """The runs that a client watches."""
        with self._changed:
            return frozenset(self._clients[name].runs) if name in self._clients else frozenset()

    def watch(self, name: str, run: Run, known: Known, views: frozenset[str] | None = None) -> bool:
        """Send frames of `run` to this client, from what it has. Whether there is such a client."""
        with self._changed:
            client = self._clients.get(name)
            if client is None:
                return False
            client.runs[run.id] = run
            client.views[run.id] = views
            client.pacer.watch(run.id, known)
            self._changed.notify()
            return True

    def look(self, name: str, run: str, views: frozenset[str]) -> bool:
        """Send these views of a run from now on. Whether the client watches it."""
        with self._changed:
            client = self._clients.get(name)
            if client is None or run not in client.runs:
                return False
            client.views[run] = views
            client.pacer.offer(run)
            self._changed.notify()
            return True

    def unwatch(self, name: str, run: str) -> bool:
        """Whether the client watched it."""
        with self._changed:
            client = self._clients.get(name)
            if client is None:
                return False
            client.pacer.unwatch(run)
            client.views.pop(run, None)
            return client.runs.pop(run, None) is not None

    def _serve(self) -> None:
        while True:
            with self._changed:
                self._changed.wait(self._pause())
                clients = list(self._clients.values())
            now = time.monotonic()
            for client in clients:
                try:
                    self._attend(client, now)
                except Exception:  # one client's trouble is not the others'
                    logger.exception("a frame could not be sent")

    def _pause(self) -> float | None:
        """Seconds until somebody is due a frame or is to be given up."""
        times = [at for c in self._clients.values() for at in (c.pacer.due(), c.pacer.gives_up()) if at]
        return max(0.0, min(times) - time.monotonic()) if times else None

    def _attend(self, client: Client, now: float) -> None:
        with self._changed:
            gives_up = client.pacer.gives_up()
            is_silent = gives_up is not None and now >= gives_up
            if is_silent:
                client.pacer = Pacer()  # it watches nothing any more; `leave` comes with its disconnect
            taken = client.pacer.take(now)
            run = client.runs[taken[0]] if taken else None
            views = client.views[taken[0]] if taken else None
        if is_silent:
            client.cut()
        elif taken is not None and run is not None:
            frame, then = build(run, taken[1], views)
            with self._changed:
                number = client.pacer.sent(run.id, then, now)
            client.send(frame, lambda: self._acked(client, number))

    def _acked(self, client: Client, number: int) -> None:
        with self._changed:
            client.pacer.acked(number)
            self._changed.notify()
