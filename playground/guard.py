"""One WSGI guard around everything, the socket included: from which host, who, from which page, how much.

Socket.IO answers its path before Flask sees the request, so nothing inside Flask protects it. The rule for
state-changing requests is that of Go 1.25's `http.CrossOriginProtection`: what does not prove that it comes
from our own page is refused, so no method can be forgotten. `X-Forwarded-*` is read nowhere.
"""

import base64
import binascii
import hmac
import ipaddress
import re
import secrets
import socket
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs

from flask import request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.http import dump_cookie, parse_cookie
from werkzeug.wrappers import Response

from playground.protocol.replies import ErrorReply, Problem
from playground.settings import LOOPBACK_NAMES, Settings

if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Headers = list[tuple[str, str]]
Write = Callable[[bytes], object]

SESSION = "playground.session"
SOCKET_PATH = "/socket.io"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
LINGERS = 25.0
"""Seconds that a thread of engine.io's may wait before it sees that its socket is gone."""
OPENINGS = 4
"""In that time a session may open this many times the sockets that it may have open at once."""
HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:\d{1,5})?")


def content_policy(style_nonce: str = "") -> str:
    """The Content-Security-Policy; with a nonce, for a page whose code editor writes its own style sheet."""
    styles = f"style-src 'self' 'nonce-{style_nonce}'" if style_nonce else "style-src 'self'"
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            styles,
            "connect-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
        )
    )


SECURITY_HEADERS = {
    "Content-Security-Policy": content_policy(),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}

# What the WebSocket handshake needs. Everything else is dropped: `Sec-WebSocket-Extensions` above all, for a
# compressed frame of 1 MB inflates to 1 GB before any limit sees it.
HANDSHAKE_HEADERS = frozenset(
    {"HTTP_HOST", "HTTP_ORIGIN", "HTTP_UPGRADE", "HTTP_SEC_WEBSOCKET_KEY", "HTTP_SEC_WEBSOCKET_VERSION"}
)


def owner() -> str:
    """The id of the session that sent this request or opened this socket."""
    return str(request.environ[SESSION])


def is_own_origin(origin: str | None, environ: "WSGIEnvironment") -> bool:
    """Whether `origin` is the page that this server serves under the (allowed) host of this request.

    Python's WebSocket client adds an Origin to the one it is given: the same twice is as good as once.
    """
    host = environ["HTTP_HOST"].lower()
    own = (f"http://{host}", f"https://{host}")
    return origin is not None and all(each.strip() in own for each in origin.split(","))


class Caller(NamedTuple):
    """Who asks: the session, whether it showed the token itself, and the cookies its answer must set."""

    session: str
    bearer: bool = False
    cookies: tuple[str, ...] = ()


class Refusal(Exception):  # noqa: N818 — an answer, not an error of ours
    """Ends a request here with a status and a message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message

    def response(self) -> Response:
        reply = ErrorReply(problems=[Problem(where="", message=self.message)])
        return Response(reply.model_dump_json(), self.status, mimetype="application/json")


class Guard:
    """Wraps `app`. Signing keys and session ids live as long as the guard: a restart ends every session."""

    def __init__(self, app: "WSGIApplication", settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._signer = URLSafeSerializer(secrets.token_bytes(32))
        self._start = secrets.token_urlsafe(9)
        self._bearer_session = secrets.token_urlsafe(16)
        self._open_sockets: Counter[str] = Counter()
        self._openings: deque[tuple[float, str]] = deque()
        self._lock = threading.Lock()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        respond = _with_security_headers(start_response)
        try:
            self._check_host(environ)
            token = self._token_in_address(environ)
            if token is not None:
                return self._exchange(token, environ)(environ, respond)
            caller = self._identify(environ)
            _check_origin(environ, caller)
            self._check_size(environ)
            environ[SESSION] = caller.session
            if environ["PATH_INFO"].startswith(SOCKET_PATH):
                return self._socket(environ, respond, caller)
            return self._app(environ, _with_cookies(respond, caller.cookies))
        except Refusal as refusal:
            return refusal.response()(environ, respond)

    def _check_host(self, environ: "WSGIEnvironment") -> None:
        """Only our own names: a foreign name that resolves here (DNS rebinding) would pass as same-origin."""
        match = HOST.fullmatch(environ.get("HTTP_HOST", "").lower())
        if match is None or not self._is_own_name(match["name"].strip("[]")):
            raise Refusal(403, "This server does not answer to that host name (--allow-host adds one).")

    def _is_own_name(self, name: str) -> bool:
        settings = self._settings
        if name in LOOPBACK_NAMES or name == settings.host or name in settings.allowed_hosts:
            return True
        return settings.is_wildcard and (_is_address(name) or name == socket.gethostname().lower())

    def _token_in_address(self, environ: "WSGIEnvironment") -> str | None:
        if self._settings.token is None or (environ["REQUEST_METHOD"], environ["PATH_INFO"]) != ("GET", "/"):
            return None
        return parse_qs(environ.get("QUERY_STRING", "")).get("token", [None])[0]

    def _exchange(self, token: str, environ: "WSGIEnvironment") -> Response:
        """The token becomes a cookie, and leaves the address bar, the history and the `Referer`."""
        if not self._is_token(token):
            raise Refusal(401, "That is not this server's token: open the address it printed at its start.")
        response = Response(status=303, headers={"Location": "/"})
        for cookie in self._new_cookies(environ, secrets.token_urlsafe(16)):
            response.headers.add("Set-Cookie", cookie)
        return response

    def _is_token(self, shown: str) -> bool:
        token = self._settings.token
        return token is not None and hmac.compare_digest(shown.encode(), token.encode())

    def _identify(self, environ: "WSGIEnvironment") -> Caller:
        # Ours are ASCII. Other programs' cookies for this host come along and may be any bytes.
        sent = environ.pop("HTTP_COOKIE", "").encode("ascii", "ignore").decode()
        scheme, _, credentials = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() == "bearer" and self._is_token(credentials.strip()):
            return Caller(self._bearer_session, bearer=True)
        cookies = parse_cookie(sent)
        try:
            return Caller(str(self._signer.loads(cookies.get(_cookie_name(environ), ""))))
        except BadSignature:
            pass
        if environ["PATH_INFO"] == "/" and environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            # A link from another site comes without the strict cookie. The lax one says that there is a
            # session: a new one now would take the person's runs from their open pages.
            if cookies.get(_known_name(environ)) == self._start:
                return Caller("")
            if self._settings.token is None:
                session = secrets.token_urlsafe(16)
                return Caller(session, cookies=self._new_cookies(environ, session))
        if self._settings.token is None:
            raise Refusal(401, "No session: load the page first, which sets its cookie.")
        raise Refusal(401, "No session: open the address with its token, or send it as Bearer.")

    def _new_cookies(self, environ: "WSGIEnvironment", session: str) -> tuple[str, str]:
        signed = str(self._signer.dumps(session))
        return (
            dump_cookie(_cookie_name(environ), signed, httponly=True, samesite="Strict"),
            dump_cookie(_known_name(environ), self._start, httponly=True, samesite="Lax"),
        )

    def _check_size(self, environ: "WSGIEnvironment") -> None:
        """The largest body of any route; each route's own bound is Flask's `max_content_length`."""
        if "HTTP_TRANSFER_ENCODING" in environ:
            raise Refusal(411, "Send the body with a Content-Length.")
        length = environ.get("CONTENT_LENGTH") or "0"
        if not (length.isascii() and length.isdigit()):
            raise Refusal(400, "Content-Length is not a number.")
        limits = self._settings.limits
        most = max(limits.max_request_bytes, limits.max_csv_bytes)
        if len(length) > 15 or int(length) > most:
            raise Refusal(413, f"The body is {length[:15]} bytes; the most this server takes is {most:,}.")

    def _socket(
        self, environ: "WSGIEnvironment", respond: "StartResponse", caller: Caller
    ) -> Iterable[bytes]:
        """Hand over a WebSocket; the call lasts as long as the connection."""
        _check_handshake(environ)
        for name in [key for key in environ if key.startswith("HTTP_") and key not in HANDSHAKE_HEADERS]:
            del environ[name]
        environ["HTTP_CONNECTION"] = "Upgrade"
        limits = self._settings.limits
        with self._lock:
            if self._open_sockets.total() >= limits.max_clients:
                raise Refusal(503, f"{limits.max_clients} pages are connected, which is the most.")
            if self._open_sockets[caller.session] >= limits.max_clients_per_session:
                raise Refusal(429, f"{limits.max_clients_per_session} pages of this session are connected.")
            self._note_opening(caller.session)
            self._open_sockets[caller.session] += 1
        try:
            return self._app(environ, respond)
        finally:
            with self._lock:
                self._open_sockets[caller.session] -= 1
                self._open_sockets += Counter()  # drops the sessions that have none left

    def _note_opening(self, session: str) -> None:
        now, limits = time.monotonic(), self._settings.limits
        while self._openings and self._openings[0][0] < now - LINGERS:
            self._openings.popleft()
        own = sum(opener == session for _, opener in self._openings)
        if own >= OPENINGS * limits.max_clients_per_session or (
            len(self._openings) >= OPENINGS * limits.max_clients
        ):
            raise Refusal(429, "Pages were connected too often: wait half a minute.")
        self._openings.append((now, session))


def _check_origin(environ: "WSGIEnvironment", caller: Caller) -> None:
    """Refuse what changes state, or opens a socket, and does not come from our own page."""
    opens_socket = environ["PATH_INFO"].startswith(SOCKET_PATH)
    if environ["REQUEST_METHOD"] in SAFE_METHODS and not opens_socket:
        return
    origin = environ.get("HTTP_ORIGIN")
    site = environ.get("HTTP_SEC_FETCH_SITE")
    if origin is None and (site is None or opens_socket):
        if not caller.bearer:
            raise Refusal(403, "No Origin: send the address of this server as Origin, or use its token.")
        return
    if origin is not None and not is_own_origin(origin, environ):
        raise Refusal(403, "That Origin is not this server's page.")
    if site is not None and site not in ("same-origin", "none"):
        raise Refusal(403, "Another site's page may not do this.")


def _check_handshake(environ: "WSGIEnvironment") -> None:
    query = parse_qs(environ.get("QUERY_STRING", ""))
    asks_websocket = query.get("transport") == ["websocket"] and query.get("EIO") == ["4"]
    is_upgrade = (
        environ["REQUEST_METHOD"] == "GET"
        and environ.get("HTTP_UPGRADE", "").lower() == "websocket"
        and environ.get("HTTP_SEC_WEBSOCKET_VERSION") == "13"
        and _is_handshake_key(environ.get("HTTP_SEC_WEBSOCKET_KEY", ""))
    )
    if not is_upgrade or not asks_websocket or "sid" in query:
        raise Refusal(400, "Socket.IO is spoken here over WebSocket only (EIO=4, transport=websocket).")


def _is_handshake_key(key: str) -> bool:
    try:
        return len(base64.b64decode(key, validate=True)) == 16
    except (binascii.Error, ValueError):
        return False


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _cookie_name(environ: "WSGIEnvironment") -> str:
    """Cookies ignore ports: the port in the name keeps two playgrounds from logging each other out."""
    return f"playground-{environ['SERVER_PORT']}"


def _known_name(environ: "WSGIEnvironment") -> str:
    return f"{_cookie_name(environ)}-known"


def _with_security_headers(start_response: "StartResponse") -> "StartResponse":
    def respond(status: str, headers: Headers, exc_info: "OptExcInfo | None" = None, /) -> Write:
        present = {name.lower() for name, _ in headers}
        extra = [(name, value) for name, value in SECURITY_HEADERS.items() if name.lower() not in present]
        return start_response(status, [*headers, *extra], exc_info)

    return respond


def _with_cookies(start_response: "StartResponse", cookies: tuple[str, ...]) -> "StartResponse":
    def respond(status: str, headers: Headers, exc_info: "OptExcInfo | None" = None, /) -> Write:
        return start_response(status, [*headers, *(("Set-Cookie", cookie) for cookie in cookies)], exc_info)

    return respond
