"""A real server, a real browser, and a page that fails its test on any error it reports."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.chromium import on_path

ROOT = Path(__file__).parents[2]
BUILT = ROOT / "static" / "dist" / ".vite" / "manifest.json"
START_SECONDS = 30
PATIENCE_MS = 40_000
"""How long an expectation waits: a busy machine starts a worker in seconds, an idle one at once."""
ADDRESS = re.compile(r"http://\S+")
PHONE = {"width": 390, "height": 844}
ELSEWHERE = "elsewhere.test"
"""A name that the tests' browser finds here, and trusts as little as any other machine."""


expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The Chromium of the machine where there is one, else Playwright's own."""
    chromium = on_path()
    found = {"executable_path": chromium} if chromium else {}
    # Chromium refuses to start its sandbox as root.
    unboxed = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    named = f"--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1"
    args = [*browser_type_launch_args.get("args", []), *unboxed, named]
    return {**browser_type_launch_args, **found, "args": args}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "viewport": {"width": 1440, "height": 900}}


class Server:
    """`python -m playground` on a free port, in a process of its own."""

    def __init__(self, *options: str) -> None:
        assert BUILT.is_file(), "the browser side is not built: run `make build`"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "playground", "--no-browser", *options],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.process.stdout is not None
        self.url = self._address()
        # A full pipe would stop a server that goes on talking.
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def _address(self) -> str:
        said: list[str] = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            said.append(line)
            if found := ADDRESS.search(line):
                return found.group(0).rstrip("/")
        raise RuntimeError("the server did not start:\n" + "".join(said))

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=START_SECONDS)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(timeout=START_SECONDS)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """One server for all tests of a worker; every page has a session of its own."""
    running = Server("--port", "0")
    yield running
    running.stop()


class Complaints(list[str]):
    """What a page reported as wrong: uncaught errors, console errors (the CSP's are among them)."""

    def listen(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.append(f"uncaught: {error}"))
        page.on("console", self._hear)

    def _hear(self, message: ConsoleMessage) -> None:
        url = message.location.get("url", "")
        # A question to the model can come as its run ends or was led on, or while a busy machine has no time.
        late = re.search("409|503", message.text) and url.endswith(("/predict", "/sample", "/finding"))
        if message.type == "error" and not late:
            self.append(f"console: {message.text} ({url})")

    def allow(self, pattern: str) -> None:
        """Takes out what this test brings about itself."""
        self[:] = [complaint for complaint in self if not re.search(pattern, complaint)]


@pytest.fixture
def complaints(page: Page) -> Iterator[Complaints]:
    heard = Complaints()
    heard.listen(page)
    yield heard
    assert heard == []


def wait_for_app(page: Page) -> None:
    """Until the playground is open and its experiment checked."""
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_enabled()


@pytest.fixture
def app(page: Page, server: Server, complaints: Complaints) -> Page:
    """The page on first visit: Spiral, not played yet."""
    page.goto(server.url)
    wait_for_app(page)
    return page


@contextmanager
def visiting(browser: Browser, server: Server, **options: Any) -> Iterator[Page]:
    """A first visit in a browser of its own, with what Playwright's `new_context` takes."""
    context = browser.new_context(**options)
    page = context.new_page()
    heard = Complaints()
    heard.listen(page)
    page.goto(server.url)
    wait_for_app(page)
    yield page
    context.close()
    assert heard == []


Visit = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, server: Server) -> Iterator[Visit]:
    """Makes first visits: `visit(viewport=PHONE, color_scheme="dark")`."""
    with ExitStack() as visits:
        yield lambda **options: visits.enter_context(visiting(browser, server, **options))


@pytest.fixture(params=["light", "dark"])
def phone(request: pytest.FixtureRequest, visit: Visit) -> Page:
    """A first visit on a narrow screen, in either theme, where nothing moves by itself."""
    return visit(color_scheme=request.param, viewport=PHONE, reduced_motion="reduce")
