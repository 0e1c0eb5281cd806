"""The guard before the WebSocket, with real sockets: the test client of Socket.IO opens none."""

import contextlib
import json
import socket
import struct
import zlib
from collections.abc import Iterator

import pytest
import websocket

from tests.playground.processes import Playground, peak_memory, thread_count

ADDRESS = "/socket.io/?EIO=4&transport=websocket"
MEBIBYTE = 2**20
# One server's memory and threads are measured: one worker has all of this file.
pytestmark = pytest.mark.xdist_group("guard socket")


@pytest.fixture(scope="module")
def playground() -> Iterator[Playground]:
    with Playground() as running:
        yield running


def cookie(playground: Playground) -> str:
    jar = playground.session().cookies
    return "; ".join(f"{each.name}={each.value}" for each in jar)


def connect(playground: Playground, **options: object) -> websocket.WebSocket:
    """Open a WebSocket as the page does, save for `options`."""
    asked = {"origin": playground.url, "cookie": cookie(playground), "timeout": 10, **options}
    return websocket.create_connection(playground.url.replace("http", "ws") + ADDRESS, **asked)


def handshake(playground: Playground, path: str = ADDRESS, **headers: str) -> tuple[socket.socket, bytes]:
    """Send a raw handshake; the connection and what was answered."""
    host = playground.url.removeprefix("http://")
    sent = {
        "Host": host,
        "Origin": playground.url,
        "Cookie": cookie(playground),
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    name, port = host.split(":")
    connection = socket.create_connection((name, int(port)), timeout=10)
    lines = [f"GET {path} HTTP/1.1", *(f"{key}: {value}" for key, value in sent.items() if value)]
    connection.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
    answer = connection.recv(65536)
    while b" 101 " not in answer[:20] and (more := connection.recv(65536)):
        answer += more
    return connection, answer


def status(head: bytes) -> int:
    return int(head.split()[1])


def masked(opcode: int, payload: bytes) -> bytes:
    """One final client frame, masked with zeros. A length in a longer form than needed ends a connection."""
    size = len(payload)
    if size < 126:
        form, shown = size, b""
    elif size <= 0xFFFF:
        form, shown = 126, struct.pack(">H", size)
    else:
        form, shown = 127, struct.pack(">Q", size)
    return bytes([opcode, 0x80 | form]) + shown + bytes(4) + payload


def is_closed(connection: socket.socket) -> bool:
    """Whether the server closes within the connection's time limit."""
    try:
        while connection.recv(65536):
            pass
    except TimeoutError:
        return False
    except OSError:
        return True
    return True


def test_the_page_connects(playground: Playground) -> None:
    opened = connect(playground)
    assert opened.recv().startswith('0{"sid"')
    opened.close()


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Cookie": ""}, 401),
        ({"Cookie": "playground=x"}, 401),
        ({"Origin": ""}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://evil.com"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Origin": "http://evil.com", "X_Forwarded_Host": "evil.com"}, 403),
        ({"Host": "evil.com", "Origin": "http://evil.com"}, 403),
        ({"Host": "", "Origin": "http://evil.com"}, 403),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_WebSocket_Version": "8"}, 400),
        ({"Sec_WebSocket_Key": "short"}, 400),
        ({"Sec_WebSocket_Key": ""}, 400),
        ({"Upgrade": ""}, 400),
        ({"Upgrade": "h2c"}, 400),
    ],
)
def test_a_handshake_that_is_not_our_pages_is_refused(
    playground: Playground, headers: dict[str, str], expected: int
) -> None:
    connection, head = handshake(playground, **headers)
    connection.close()
    assert status(head) == expected
    assert b"Content-Security-Policy" in head
    assert json.loads(head.partition(b"\r\n\r\n")[2])["problems"][0]["message"]


@pytest.mark.parametrize(
    "path",
    [
        "/socket.io/",
        "/socket.io/?EIO=4",
        "/socket.io/?EIO=4&transport=polling",
        "/socket.io/?EIO=3&transport=websocket",
        "/socket.io/?EIO=4&transport=websocket&sid=x",
        "/socket.io/?EIO=4&transport=websocket&transport=polling",
        "/socket.iox?EIO=4",
    ],
)
def test_only_websocket_is_spoken(playground: Playground, path: str) -> None:
    connection, head = handshake(playground, path)
    connection.close()
    assert status(head) == 400


def test_compression_is_not_accepted(playground: Playground) -> None:
    offer = "permessage-deflate; client_max_window_bits"
    connection, head = handshake(playground, Sec_WebSocket_Extensions=offer)
    connection.close()
    assert status(head) == 101
    assert b"deflate" not in head.lower()


def test_a_compressed_bomb_costs_no_memory(playground: Playground) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = b"".join(packer.compress(bytes(MEBIBYTE)) for _ in range(256)) + packer.flush(zlib.Z_SYNC_FLUSH)
    before = peak_memory(playground.process.pid)
    connection, head = handshake(playground, Sec_WebSocket_Extensions="permessage-deflate")
    assert status(head) == 101
    connection.sendall(masked(0x80 | 0x40 | 0x2, bomb[:-4]))
    assert is_closed(connection)
    assert peak_memory(playground.process.pid) - before < 32 * MEBIBYTE


@pytest.mark.parametrize("opcode", [0x1, 0x2])
def test_an_oversized_frame_costs_no_memory_and_its_connection(playground: Playground, opcode: int) -> None:
    before = peak_memory(playground.process.pid)
    connection, _ = handshake(playground)
    with contextlib.suppress(OSError):  # closed while we were still sending, which is what is wanted
        connection.sendall(masked(0x80 | opcode, b"4" * (256 * MEBIBYTE)))
    assert is_closed(connection)
    assert peak_memory(playground.process.pid) - before < 32 * MEBIBYTE


def test_an_oversized_message_in_small_frames_is_closed_too(playground: Playground) -> None:
    opened = connect(playground)
    piece = "4" * 65536
    with pytest.raises((OSError, websocket.WebSocketException)):
        opened.send_frame(websocket.ABNF.create_frame(piece, websocket.ABNF.OPCODE_TEXT, fin=0))
        for _ in range(1000):
            opened.send_frame(websocket.ABNF.create_frame(piece, websocket.ABNF.OPCODE_CONT, fin=0))


@pytest.mark.parametrize(
    "message",
    ["", "x", "0{}", "2probe", "4", "45", '451-["x",{"_placeholder":true,"num":0}]', '42["connect"]',
     "42[", "42", "42[]", "42{}", '42["other"]', '42["other",{}]', '42[["subscribe"]]',
     "42" + "9" * 200 + "[]", "42" + "[" * 100_000, '42["disconnect"]'],
)  # fmt: skip
def test_what_no_page_sends_ends_the_connection(playground: Playground, message: str) -> None:
    connection, _ = handshake(playground)
    connection.sendall(masked(0x81, b"40"))
    for _ in range(2):  # the second finds the connection gone, or a client that said it was
        with contextlib.suppress(OSError):
            connection.sendall(masked(0x81, message.encode()) + masked(0x81, b'42["subscribe",{}]'))
    assert is_closed(connection)


def test_bytes_end_the_connection(playground: Playground) -> None:
    connection, _ = handshake(playground)
    connection.sendall(masked(0x81, b"40") + masked(0x82, b"bytes"))
    assert is_closed(connection)


def test_a_flood_of_messages_costs_no_memory_and_no_threads(playground: Playground) -> None:
    before, threads = peak_memory(playground.process.pid), thread_count(playground.process.pid)
    connection, _ = handshake(playground)
    with contextlib.suppress(OSError):  # closed while we were still sending
        for _ in range(200):
            connection.sendall(masked(0x81, b"40") + masked(0x81, b'42["subscribe",{}]') * 1000)
    assert thread_count(playground.process.pid) - threads < 20
    assert peak_memory(playground.process.pid) - before < 32 * MEBIBYTE
    connection.close()


def test_a_session_has_a_bounded_number_of_sockets(playground: Playground) -> None:
    known = cookie(playground)
    opened = [connect(playground, cookie=known) for _ in range(16)]
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        connect(playground, cookie=known)
    assert refused.value.status_code == 429
    connect(playground).close()
    opened.pop().close()
    for each in opened:
        each.close()


def test_arguments_that_no_page_sends_are_counted_like_events(playground: Playground) -> None:
    connection, _ = handshake(playground)
    connection.sendall(masked(0x81, b"40") + masked(0x81, b'42["subscribe",{},1,2]') * 100)
    assert is_closed(connection)


def test_sockets_that_are_opened_and_shut_again_and_again_leave_few_threads(playground: Playground) -> None:
    known, threads, refused = cookie(playground), thread_count(playground.process.pid), 0
    for _ in range(150):
        try:
            connect(playground, cookie=known).close()
        except websocket.WebSocketBadStatusException as refusal:
            refused += refusal.status_code == 429
    assert thread_count(playground.process.pid) - threads < 100
    assert refused > 50
    connect(playground).close()
