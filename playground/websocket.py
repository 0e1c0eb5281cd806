"""The server's end of a WebSocket: engine.io's, with bounds on what a client may leave in memory."""

import re
from typing import TYPE_CHECKING, Any

import simple_websocket
from engineio.async_drivers.threading import SimpleWebSocketWSGI

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

MOST_WAITING = 256
CLOSE, PONG = "1", "3"
MESSAGE = re.compile(r'4([013]|2\d*\["[^"]*"[,\]])')
"""Socket.IO's connect, disconnect and acknowledgement, and an event with its name. Pages send no bytes:
Socket.IO would gather the announced attachments of an event without bound."""


class BoundedConnection(simple_websocket.Server):
    """Closes on a message beyond `max_message_size`, and on a client that sends faster than it is heard."""

    def _handle_events(self) -> bool:
        going_on = bool(super()._handle_events()) and len(self.input_buffer) <= MOST_WAITING
        if not going_on:
            # The base class wakes the waiting reader before it says that the connection is over, and a reader
            # that is quick goes back to sleep for good.
            self.connected = False
            self.event.set()
        return going_on


class BoundedWebSocket(SimpleWebSocketWSGI):
    """What engine.io calls a WebSocket. A message that no page sends ends it, and raises nothing."""

    def __init__(self, handler: "Callable[..., Any]", server: object, max_message_size: int) -> None:
        super().__init__(handler, server)
        self.max_message_size = max_message_size

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> "Iterable[bytes]":
        self.ws = BoundedConnection(environ, max_message_size=self.max_message_size)
        self.app(self)
        raise ConnectionError  # how Werkzeug's server is told that the connection was used up

    def wait(self) -> str | None:
        message = super().wait()
        known = isinstance(message, str) and (message[:1] in (CLOSE, PONG) or MESSAGE.match(message))
        return message if known else None
