"""The socket's events. They translate and check who asks; frames are sent by `stream.Stream`.

Socket.IO queues without bound for a client that stops reading, so each frame waits for the acknowledgement
of the one before, and a client that gives none has its TCP connection shut: nothing less frees the queue.
"""

import contextlib
import socket
import time
from collections.abc import Callable, Mapping
from typing import Any

from flask import request
from flask_socketio import SocketIO
from pydantic import ValidationError

from playground.guard import owner
from playground.live.errors import NoSuchRun
from playground.live.frames import known_of
from playground.live.runs import Runs
from playground.live.stream import Client, Send, Stream
from playground.protocol.replies import ErrorReply, Problem
from playground.protocol.requests import Subscribe, Watch
from playground.protocol.wording import in_words

EVENTS_PER_SECOND = 20
BURST = 60
MAX_WATCHED = 16
RAW_SOCKETS = ("werkzeug.socket", "gunicorn.socket")


class Allowance:
    """How many events a client may still send: `BURST` at once, refilled by `EVENTS_PER_SECOND`."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._left = float(BURST)
        self._at = clock()

    def spend(self) -> bool:
        """Take one; whether there was one."""
        now = self._clock()
        self._left = min(BURST, self._left + (now - self._at) * EVENTS_PER_SECOND) - 1
        self._at = now
        return self._left >= 0


def register(socketio: SocketIO, runs: Runs) -> None:
    """Answer `subscribe` and `watch` (acknowledged with null or an `ErrorReply`) and `unsubscribe`; emit
    `frame`."""
    stream = Stream()
    runs.listen(stream.news)
    allowances: dict[str, Allowance] = {}

    def may_go_on(sid: str) -> bool:
        if sid in allowances and allowances[sid].spend():
            return True
        _cutter(request.environ)()
        return False

    @socketio.on("connect")
    def connect(_auth: object = None) -> None:
        sid = _sid()
        if sid in allowances:  # a client can send an event of this name, too
            _cutter(request.environ)()
            return
        allowances[sid] = Allowance()
        stream.join(sid, Client(_sender(socketio, sid), _cutter(request.environ)))

    @socketio.on("disconnect")
    def disconnect(_reason: object = None) -> None:
        sid = _sid()
        allowances.pop(sid, None)
        for run in stream.leave(sid):
            runs.unwatch(run, sid)

    @socketio.on("*")
    def other(*_: object) -> None:
        """An event that no page sends."""
        _cutter(request.environ)()

    @socketio.on("subscribe")
    def subscribe(data: object = None, *_: object) -> dict[str, Any] | None:
        sid = _sid()
        if not may_go_on(sid):
            return None
        try:
            asked = Subscribe.model_validate(data)
            if len(stream.watched(sid) - {asked.run}) >= MAX_WATCHED:
                return _refusal(f"This page watches {MAX_WATCHED} runs, which is the most: unsubscribe one.")
            run = runs.watch(owner(), asked.run, sid, asked.views, asked.opened)
        except ValidationError as error:
            return _refusal(in_words(error)[0].message)
        except NoSuchRun as error:
            return _refusal(str(error))
        if not stream.watch(sid, run, known_of(asked), asked.views):
            runs.unwatch(run.id, sid)
        return None

    @socketio.on("watch")
    def watch(data: object = None, *_: object) -> dict[str, Any] | None:
        sid = _sid()
        if not may_go_on(sid):
            return None
        try:
            asked = Watch.model_validate(data)
            if not stream.look(sid, asked.run, asked.views):
                return _refusal("This page does not watch such a run: subscribe to it first.")
            runs.watch(owner(), asked.run, sid, asked.views, asked.opened)
        except ValidationError as error:
            return _refusal(in_words(error)[0].message)
        except NoSuchRun as error:
            return _refusal(str(error))
        return None

    @socketio.on("unsubscribe")
    def unsubscribe(run: object = None, *_: object) -> None:
        sid = _sid()
        if may_go_on(sid) and isinstance(run, str) and stream.unwatch(sid, run):
            runs.unwatch(run, sid)


def _sid() -> str:
    return str(request.sid)  # type: ignore[attr-defined]


def _sender(socketio: SocketIO, sid: str) -> Send:
    def send(frame: dict[str, Any], acknowledged: Callable[[], None]) -> None:
        socketio.emit("frame", frame, to=sid, callback=lambda *_: acknowledged())

    return send


def _cutter(environ: Mapping[str, Any]) -> Callable[[], None]:
    """Shuts the connection under the WebSocket, which wakes whatever thread is blocked on it."""
    raw: socket.socket | None = next((environ[key] for key in RAW_SOCKETS if key in environ), None)

    def cut() -> None:
        if raw is not None:
            with contextlib.suppress(OSError):
                raw.shutdown(socket.SHUT_RDWR)

    return cut


def _refusal(message: str) -> dict[str, Any]:
    return ErrorReply(problems=[Problem(where="", message=message)]).model_dump()
