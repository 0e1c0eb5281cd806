"""A real server in this process, with real workers."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from werkzeug.serving import make_server

from playground.app import assemble, create_app
from playground.jobs.local import LocalBackend
from playground.services import Services
from playground.settings import Settings
from tests.playground.live.page import Page


@dataclass(frozen=True)
class Server:
    url: str
    services: Services

    @property
    def workers(self) -> int:
        """How many worker processes there are, the spare one included."""
        backend = self.services.backend
        assert isinstance(backend, LocalBackend)
        return len(backend._workers)

    def worker(self, run: str) -> int:
        """The process id of a run's worker."""
        backend = self.services.backend
        assert isinstance(backend, LocalBackend)
        job = self.services.runs._runs[run].job
        pid = backend._jobs[str(job)].process.pid
        assert pid is not None
        return pid


@pytest.fixture
def server() -> Iterator[Server]:
    services = assemble(Settings())
    serving = make_server("127.0.0.1", 0, create_app(Settings(), services), threaded=True)
    threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield Server(f"http://127.0.0.1:{serving.port}", services)
    serving.shutdown()
    services.close()


@pytest.fixture
def open_page(server: Server) -> Iterator[Callable[[], Page]]:
    """Opens pages, each with a session of its own."""
    with ExitStack() as opened:
        yield lambda: opened.enter_context(Page(server.url))


@pytest.fixture
def alice(open_page: Callable[[], Page]) -> Page:
    """The one page of most tests."""
    return open_page()
