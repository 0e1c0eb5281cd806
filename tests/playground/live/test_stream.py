"""One thread serves all clients, and one client's silence or failure is nobody else's."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from playground.live.pacing import Known, Pacer
from playground.live.run import Run
from playground.live.stream import Client, Stream
from tests.playground.jobs.listening import wait_until
from tests.playground.training.experiments import spiral


class Reader:
    """A client that keeps its frames, and acknowledges them if it is told to."""

    def __init__(self, answers: bool = True, patience: float = 5.0) -> None:
        self.frames: list[dict[str, Any]] = []
        self.is_cut = False
        self.answers = answers
        self.client = Client(self._send, self._cut, Pacer(interval=0.001, patience=patience))

    def _send(self, frame: dict[str, Any], acknowledged: Callable[[], None]) -> None:
        self.frames.append(frame)
        if self.answers:
            acknowledged()

    def _cut(self) -> None:
        self.is_cut = True


@pytest.fixture
def stream() -> Iterator[Stream]:
    yield Stream()


def run() -> Run:
    return Run("run", "alice", spiral(), "request")


def step(of: Run, number: int) -> None:
    of.take({"points": {"training loss": [np.array([number]), np.array([0.5])]}})


def test_a_client_gets_the_newest_state_after_any_number_of_news(stream: Stream) -> None:
    reader, watched = Reader(), run()
    stream.join("a", reader.client)
    stream.watch("a", watched, Known())
    for number in range(1, 500):
        step(watched, number)
        stream.news("run")

    wait_until(lambda: reader.frames[-1]["seq"] == watched.seq if reader.frames else False)
    assert len(reader.frames) < 500


def test_a_silent_client_gets_one_frame_and_is_cut_while_others_go_on(stream: Stream) -> None:
    silent, reader, watched = Reader(answers=False, patience=0.2), Reader(), run()
    for name, member in (("silent", silent), ("reader", reader)):
        stream.join(name, member.client)
        stream.watch(name, watched, Known())
    number = 0

    def goes_on() -> bool:
        nonlocal number
        number += 1
        step(watched, number)
        stream.news("run")
        return silent.is_cut

    wait_until(goes_on)

    assert len(silent.frames) == 1
    wait_until(lambda: reader.frames[-1]["seq"] == watched.seq)
    assert stream.leave("silent") == ["run"]


def test_a_client_whose_line_fails_does_not_stop_the_others(stream: Stream) -> None:
    reader, watched = Reader(), run()

    def fails(frame: dict[str, Any], acknowledged: Callable[[], None]) -> None:
        raise OSError("gone")

    stream.join("broken", Client(fails, lambda: None))
    stream.join("reader", reader.client)
    for name in ("broken", "reader"):
        stream.watch(name, watched, Known())
    stream.news("run")

    wait_until(lambda: bool(reader.frames))


def test_a_client_that_left_gets_nothing_more(stream: Stream) -> None:
    reader, watched = Reader(), run()
    stream.join("a", reader.client)
    stream.watch("a", watched, Known())
    wait_until(lambda: bool(reader.frames))
    stream.leave("a")
    before = len(reader.frames)

    stream.news("run")

    assert not stream.watch("a", watched, Known())
    assert not stream.unwatch("a", "run")
    assert len(reader.frames) == before
