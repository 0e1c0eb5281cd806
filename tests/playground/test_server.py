"""The embedded server: whatever bytes arrive, it answers in words, and goes on."""

import json
import re
import socket
import time
from collections.abc import Iterator

import pytest
import requests

from tests.playground.processes import Playground, thread_count

pytestmark = pytest.mark.xdist_group("server")
UPGRADE = b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"


@pytest.fixture(scope="module")
def playground() -> Iterator[Playground]:
    with Playground() as running:
        yield running


def exchange(playground: Playground, sent: bytes) -> bytes:
    """Everything the server answers to these bytes; `HEAD` in them is what the page sends with a request."""
    host = playground.url.removeprefix("http://")
    cookies = "; ".join(f"{each.name}={each.value}" for each in playground.session().cookies)
    head = f"Host: {host}\r\nOrigin: {playground.url}\r\nCookie: {cookies}\r\n".encode()
    name, port = host.split(":")
    answer = b""
    with socket.create_connection((name, int(port)), timeout=10) as connection:
        try:
            connection.sendall(sent.replace(b"HEAD\r\n", head))
            connection.shutdown(socket.SHUT_WR)
            while more := connection.recv(65536):
                answer += more
        except ConnectionError:
            pass  # it closed while we were still sending
    return answer


def post(body: bytes, *headers: bytes, path: bytes = b"/api/runs") -> bytes:
    lines = b"".join(header + b"\r\n" for header in headers)
    return b"POST " + path + b" HTTP/1.1\r\nHEAD\r\n" + lines + b"\r\n" + body


JSON = b"Content-Type: application/json"
REQUESTS = {
    "no request": b"GARBAGE\r\n\r\n",
    "nothing": b"\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP/9.9": b"GET / HTTP/9.9\r\n\r\n",
    "HTTP/0.9": b"GET /\r\n\r\n",
    "no host": b"GET / HTTP/1.0\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.com\r\n\r\n",
    "an address no one can read": b"GET //[ HTTP/1.1\r\nHEAD\r\n\r\n",
    "another server's address": b"GET http://evil.com/ HTTP/1.1\r\nHEAD\r\n\r\n",
    "an address that is no UTF-8": b"GET /%ff%fe HTTP/1.1\r\nHEAD\r\n\r\n",
    "a NUL": b"GET /static/%00 HTTP/1.1\r\nHEAD\r\n\r\n",
    "a tunnel": b"CONNECT evil.com:443 HTTP/1.1\r\nHEAD\r\n\r\n",
    "a star": b"OPTIONS * HTTP/1.1\r\nHEAD\r\n\r\n",
    "a long address": b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHEAD\r\n\r\n",
    "a long header": b"GET / HTTP/1.1\r\nHEAD\r\nX: " + b"a" * 70_000 + b"\r\n\r\n",
    "many headers": b"GET / HTTP/1.1\r\nHEAD\r\n" + b"X: 1\r\n" * 200 + b"\r\n",
    "a cookie that is no UTF-8": b"GET /x HTTP/1.1\r\nHEAD\r\nCookie: \xff\xfe=\x00\r\n\r\n",
    "a bearer that is no UTF-8": b"GET /x HTTP/1.1\r\nHEAD\r\nAuthorization: Bearer \xff\r\n\r\n",
    "less than was said": post(b"{}", JSON, b"Content-Length: 100"),
    "two lengths": post(b"{}", JSON, b"Content-Length: 2", b"Content-Length: 3"),
    "an unknown charset": post(b"{}", JSON + b"; charset=utf-99", b"Content-Length: 2"),
    "chunks": post(b"2\r\n{}\r\n0\r\n\r\n", JSON, b"Transfer-Encoding: chunked"),
    "a file with a strange name": post(b"a,b\n", b"Content-Length: 4", b"Content-Type: text/csv",
                                       path=b"/api/data/csv?name=%ff%00"),
    "a backward range": b"GET /static/favicon.svg HTTP/1.1\r\nHEAD\r\nRange: bytes=5-1\r\n\r\n",
    "a folder": b"GET /static/assets HTTP/1.1\r\nHEAD\r\n\r\n",
    "an upgrade of a route": b"GET /x HTTP/1.1\r\nHEAD\r\n" + UPGRADE + b"\r\n",
}  # fmt: skip


@pytest.mark.parametrize("sent", REQUESTS.values(), ids=REQUESTS)
def test_whatever_arrives_is_answered_in_words_that_show_nothing(playground: Playground, sent: bytes) -> None:
    answer = exchange(playground, sent)
    assert not re.match(rb"HTTP/1.1 5", answer)
    assert b"Traceback" not in answer and b"Werkzeug" not in answer and b"Python" not in answer
    head, _, body = answer.partition(b"\r\n\r\n") if answer.startswith(b"HTTP") else (b"", b"", answer)
    if re.match(rb"HTTP/1.1 4", head):
        assert json.loads(body)["problems"][0]["message"]
        assert b"Content-Security-Policy" in head


def test_it_goes_on_after_all_that(playground: Playground) -> None:
    assert requests.get(playground.url, timeout=10).status_code == 200


def test_connections_that_ask_for_nothing_are_bounded(playground: Playground) -> None:
    threads = thread_count(playground.process.pid)
    address = ("127.0.0.1", int(playground.url.rpartition(":")[2]))
    idle = [socket.create_connection(address, timeout=10) for _ in range(700)]
    assert idle[-1].recv(1) == b""  # it was closed
    assert 100 < thread_count(playground.process.pid) - threads <= 512
    for connection in idle:
        connection.close()
    deadline = time.monotonic() + 10
    while thread_count(playground.process.pid) > threads + 20:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert requests.get(playground.url, timeout=10).status_code == 200


def test_versions_are_not_announced(playground: Playground) -> None:
    assert requests.get(playground.url, timeout=10).headers["Server"] == "playground"


def test_a_50_mb_body_is_refused_in_words(playground: Playground) -> None:
    answer = playground.session().post(f"{playground.url}/api/data/csv", data=bytes(50_000_000), timeout=30)
    assert answer.status_code == 413
    assert "20,000,000" in answer.json()["problems"][0]["message"]
