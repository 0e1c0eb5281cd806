"""The embedded HTTP server: Werkzeug's, threaded, one daemon thread per request and per WebSocket."""

import errno
import os
import signal
import socket
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from werkzeug.serving import BaseWSGIServer, ThreadedWSGIServer, WSGIRequestHandler

from playground.guard import SECURITY_HEADERS
from playground.protocol.replies import ErrorReply, Problem

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

POLL = 0.1
MOST_CONNECTIONS = 512


class RequestHandler(WSGIRequestHandler):
    """Says nothing of versions, and logs no request: the address of the first one can carry the token."""

    timeout = 60

    def version_string(self) -> str:
        return "playground"

    def log(self, type: str, message: str, *args: object) -> None:
        """Requests and malformed request lines are not worth a line; failures are logged by the app."""

    def connection_dropped(self, error: BaseException, environ: object = None) -> None:
        # A WebSocket ends like this too. What is left in its stream is no further request.
        self.close_connection = True

    def run_wsgi(self) -> None:
        try:
            urlsplit(self.path)
        except ValueError:
            self.send_error(400, "The address cannot be read.")
            return
        if "Upgrade" in self.headers:
            self.connection.settimeout(None)  # a quiet WebSocket is not a stalled request
        super().run_wsgi()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What is refused before there is a request: same body and headers as every other refusal."""
        text = message or self.responses.get(code, ("Refused", ""))[0]
        body = ErrorReply(problems=[Problem(where="", message=text)]).model_dump_json().encode()
        self.close_connection = True
        self.send_response(code)
        for name, value in SECURITY_HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def most_connections() -> int:
    """How many connections there may be at once: each is a thread, and a file of those that this process may
    have, of which workers need some too."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return MOST_CONNECTIONS
    return min(MOST_CONNECTIONS, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)


class Server(ThreadedWSGIServer):
    """Closes what comes when there are too many connections; they cost no thread, and no session is needed to
    make them."""

    def __init__(self, host: str, port: int, app: "WSGIApplication", bound: int) -> None:
        super().__init__(host, port, app, RequestHandler, fd=bound)
        self._places = threading.BoundedSemaphore(most_connections())

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self._places.acquire(blocking=False):
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except RuntimeError:  # no thread could be started, so nobody else gives its place back
            self._places.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()


def listen(host: str, port: int) -> socket.socket:
    """A socket bound to `host`, port 0 being any free one. Raises OSError where it cannot be had."""
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # on Windows this option would let two servers share the port
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        bound.listen(128)
    except OSError:
        bound.close()
        raise
    return bound


def is_taken(error: OSError) -> bool:
    """Whether listening failed because another program has the port."""
    return error.errno == errno.EADDRINUSE


def make(app: "WSGIApplication", bound: socket.socket) -> BaseWSGIServer:
    """A server of `app` on the socket `bound`, which it takes over."""
    host, port = bound.getsockname()[:2]
    server = Server(host, port, app, bound.fileno())
    bound.close()
    return server


def serve_until_told(server: BaseWSGIServer, close: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM, then stop answering and call `close`. Main thread only."""
    told = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told.set())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": POLL}, daemon=True)
    thread.start()
    while not told.wait(timeout=0.5):  # on Windows a wait without end would not hear Ctrl-C
        pass
    server.shutdown()
    close()
