"""The command, as a person starts it: what it says, which port it takes, how it ends."""

import contextlib
import re
import signal
import socket
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest
import requests
import websocket

from playground import cli
from playground.settings import DEFAULT_PORT
from tests.playground.processes import MODULE, Playground, descendants, is_running


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*MODULE, *arguments], capture_output=True, text=True, timeout=60, check=False)


def wait_for_descendants(pid: int, seconds: float = 20) -> set[int]:
    """The server's processes, once there is one: the warm worker takes a moment."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = descendants(pid)
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("no worker was started")


def assert_gone(pids: set[int], seconds: float = 2) -> None:
    until = time.monotonic() + seconds
    while any(is_running(pid) for pid in pids):
        assert time.monotonic() < until, "a process was left"
        time.sleep(0.02)


def test_it_prints_an_address_that_answers() -> None:
    with Playground() as playground:
        assert playground.url.startswith("http://127.0.0.1:")
        assert requests.get(playground.url, timeout=10).headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_its_training_and_its_files_within_two_seconds(
    number: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with Playground() as playground:
        session = playground.session()
        csv = {"data": b"a,b\n" + b"1,2\n3,4\n" * 10, "headers": {"Content-Type": "text/csv"}, "timeout": 30}
        assert session.post(f"{playground.url}/api/data/csv?name=a.csv", **csv).status_code == 200
        assert list(tmp_path.glob("playground-files-*"))
        preset = session.get(f"{playground.url}/api/catalog", timeout=30).json()["datasets"][0]["preset"]
        start = {"experiment": preset, "request_id": uuid.uuid4().hex}
        assert session.post(f"{playground.url}/api/runs", json=start, timeout=30).status_code == 200
        left = wait_for_descendants(playground.process.pid)
        known = "; ".join(f"{cookie.name}={cookie.value}" for cookie in session.cookies)
        address = playground.url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket"
        opened = websocket.create_connection(address, origin=playground.url, cookie=known, timeout=10)
        assert playground.tell(number) < 2
        assert playground.process.returncode == 0
        assert_gone(left)
        assert not list(tmp_path.iterdir())
        opened.shutdown()


def test_when_it_is_killed_its_workers_end_too() -> None:
    with Playground() as playground:
        left = wait_for_descendants(playground.process.pid)
        playground.tell(signal.SIGKILL)
        assert_gone(left)


def test_where_the_default_port_is_taken_it_says_so_and_uses_another() -> None:
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):  # where somebody has it already, it is taken all the same
            stack.enter_context(socket.create_server(("127.0.0.1", DEFAULT_PORT)))
        playground = stack.enter_context(Playground("--host", "127.0.0.1"))
        assert f"Port {DEFAULT_PORT} is taken" in "".join(playground.lines)
        assert not playground.url.endswith(f":{DEFAULT_PORT}")
        assert requests.get(playground.url, timeout=10).headers["Server"] == "playground"


def test_a_port_that_was_asked_for_and_is_taken_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = run("--no-browser", "--port", str(port))
    assert ended.returncode == 2
    assert f"port {port} is taken" in ended.stderr


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_a_port_that_is_none_is_an_error(port: str) -> None:
    ended = run("--no-browser", "--port", port)
    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_another_host_without_a_token_does_not_start(host: str) -> None:
    ended = run("--no-browser", "--host", host)
    assert ended.returncode == 2
    assert "a token is needed" in ended.stderr


def test_an_address_that_is_not_this_machines_is_an_error_in_words() -> None:
    ended = run("--no-browser", "--host", "192.0.2.1", "--token")
    assert ended.returncode == 2
    assert "cannot listen on 192.0.2.1" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_new_token_is_long_and_opens_the_page() -> None:
    with Playground("--host", "0.0.0.0", "--port", "0", "--token") as playground:
        token = re.search(r"token=(\S+)", playground.address)[1]
        assert len(token) >= 32
        assert requests.get(playground.url, timeout=10).status_code == 401
        assert playground.session().get(playground.url + "/api/nothing", timeout=10).status_code == 404


def test_the_token_is_printed_once_and_in_no_log() -> None:
    with Playground("--host", "0.0.0.0", "--port", "0", "--token") as playground:
        token = re.search(r"token=(\S+)", playground.address)[1]
        playground.session()
        requests.get(playground.address + "x", timeout=10)
        playground.tell(signal.SIGTERM)
        assert playground.process.stdout is not None
        printed = "".join(playground.lines) + playground.process.stdout.read()
        assert printed.count(token) == 1


def test_two_servers_do_not_log_each_other_out() -> None:
    """Browsers send a host's cookies to all its ports."""
    with Playground() as one, Playground() as other:
        session = one.session()
        session.get(other.url, timeout=10)
        for server in (one, other):
            answer = session.get(server.url + "/api/nothing", timeout=10)
            assert answer.status_code == 404


def test_a_worker_that_imports_the_command_again_loads_nothing_heavy() -> None:
    """Spawn imports `__main__` in every worker."""
    code = "import playground.__main__, sys; print({'flask', 'numpy', 'pydantic'} & set(sys.modules))"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "set()"


def test_help_names_every_option() -> None:
    options = cli._parser().format_help()
    for name in ("--host", "--port", "--no-browser", "--token", "--allow-host", "train", "export"):
        assert name in options


def test_without_a_screen_no_browser_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """`webbrowser` would take over the terminal with a text browser."""
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    cli._open_browser("http://127.0.0.1:1/")
    assert opened == []
    monkeypatch.setenv("DISPLAY", ":0")
    cli._open_browser("http://127.0.0.1:1/")
    assert opened == ["http://127.0.0.1:1/"]
