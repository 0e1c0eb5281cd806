"""What a page does, without a browser: REST with the session's cookie, and a socket that follows runs."""

import socket
import threading
from collections.abc import Callable
from typing import Any, Self
from uuid import uuid4

import engineio
import numpy as np
import requests
import socketio

from playground.experiment.spec import Experiment
from playground.protocol.frames import Frame
from playground.protocol.wire import Array

COLUMNS = ("step", "min", "mean", "max", "last")


def read(array: Array, blob: bytes) -> np.ndarray:
    """An array out of a frame's blob."""
    count = int(np.prod(array.shape))
    return np.frombuffer(blob, "<" + array.dtype, count, array.offset).reshape(array.shape)


class Followed:
    """A run as a page knows it: its newest state, and its curves put together from deltas."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.curves: dict[str, dict[str, np.ndarray]] = {}
        self.widths: dict[str, int] = {}
        self.views: set[str] = set()

    @property
    def last(self) -> Frame:
        return self.frames[-1]

    def take(self, frame: Frame) -> None:
        self.frames.append(frame)
        self.views |= frame.views.model_fields_set
        for name, delta in frame.curves.items():
            old = self.curves.get(name, {column: np.empty(0) for column in COLUMNS})
            assert delta.start <= len(old["step"]), f"{name} has a gap before bucket {delta.start}"
            self.curves[name] = {
                column: np.concatenate([old[column][: delta.start], read(getattr(delta, column), frame.blob)])
                for column in COLUMNS
            }
            self.widths[name] = delta.width
            assert len(self.curves[name]["step"]) == delta.total

    def cursors(self) -> dict[str, dict[str, int]]:
        return {
            name: {"width": self.widths[name], "count": len(columns["step"]) - 1}
            for name, columns in self.curves.items()
        }


class OrderedClient(socketio.Client):  # type: ignore[misc]
    """python-socketio's client gives each packet a thread of its own, so that a frame and its blob race."""

    def _engineio_client_class(self) -> type[engineio.Client]:
        class InOrder(engineio.Client):  # type: ignore[misc]
            def _trigger_event(self, event: str, *args: object, **kwargs: object) -> object:
                return super()._trigger_event(event, *args, **{**kwargs, "run_async": False})

        return InOrder


class Page:
    """A session with a server at `url`, and a socket where it asks for one."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = requests.Session()
        self.http.get(url + "/", timeout=10)
        self.http.headers["Origin"] = url
        self.runs: dict[str, Followed] = {}
        self.is_open = False
        self._changed = threading.Condition()
        self._socket = OrderedClient(reconnection=False)
        self._socket.on("frame", self._frame)
        self._socket.on("disconnect", self._closed)

    def __enter__(self) -> Self:
        self.connect()
        return self

    def __exit__(self, *_: object) -> None:
        self.disconnect()

    # ---- REST ----

    def post(self, path: str, body: dict[str, Any]) -> requests.Response:
        return self.http.post(self.url + path, json=body, timeout=10)

    def get(self, path: str) -> requests.Response:
        return self.http.get(self.url + path, timeout=10)

    def try_to_start(self, experiment: Experiment, **options: Any) -> requests.Response:
        described = experiment.model_dump(mode="json")
        return self.post("/api/runs", {"experiment": described, "request_id": uuid4().hex, **options})

    def start(self, experiment: Experiment, **options: Any) -> str:
        answer = self.try_to_start(experiment, **options)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["run"])

    def finish(self, experiment: Experiment) -> str:
        """A run that has made all its steps."""
        run = self.start(experiment)
        self.follow(run)
        self.wait_for_frame(run, lambda frame: frame.state == "finished")
        return run

    def command(self, run: str, do: str, **arguments: Any) -> requests.Response:
        return self.post(f"/api/runs/{run}/command", {"do": do, **arguments})

    # ---- the socket ----

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())

    def connect(self) -> None:
        self._socket.connect(self.url, headers={"Cookie": self.cookie}, transports=["websocket"])
        self.is_open = True

    def disconnect(self) -> None:
        """Lose the connection, as when a laptop is closed: without a word."""
        if self.is_open:
            self._socket.eio.ws.sock.shutdown(socket.SHUT_RDWR)
            self.wait(lambda: not self.is_open)

    def _closed(self, *_: object) -> None:
        with self._changed:
            self.is_open = False
            self._changed.notify_all()

    def follow(self, run: str) -> Any:
        """Subscribe, from what this page has; the server's answer."""
        followed = self.runs.setdefault(run, Followed())
        seq = followed.last.seq if followed.frames else 0
        return self._socket.call("subscribe", {"run": run, "seq": seq, "curves": followed.cursors()})

    def emit(self, event: str, data: Any) -> None:
        self._socket.emit(event, data)

    def call(self, event: str, data: Any) -> Any:
        return self._socket.call(event, data)

    def _frame(self, data: dict[str, Any]) -> None:
        frame = Frame.model_validate(data)
        with self._changed:
            self.runs.setdefault(frame.run, Followed()).take(frame)
            self._changed.notify_all()

    def wait(self, condition: Callable[[], object], seconds: float = 20) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, seconds), "it did not happen in time"

    def wait_for_frame(self, run: str, condition: Callable[[Frame], object], seconds: float = 20) -> Frame:
        """Wait until the newest frame of a run is as wanted."""
        followed = self.runs[run]
        self.wait(lambda: followed.frames and condition(followed.last), seconds)
        return followed.last
