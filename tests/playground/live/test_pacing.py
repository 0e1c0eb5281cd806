"""One frame in flight, the newest replaces the waiting, and a silent client is given up."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from playground.live.pacing import INTERVAL, PATIENCE, Known, Pacer

RUNS = ("a", "b", "c")


def watching(*runs: str) -> Pacer:
    pacer = Pacer()
    for run in runs:
        pacer.watch(run, Known())
    return pacer


def test_nothing_more_is_sent_before_the_frame_in_flight_is_acknowledged() -> None:
    pacer = watching("a")
    run, _ = pacer.take(0.0) or pytest.fail("a frame was due")
    number = pacer.sent(run, Known(seq=1), 0.0)
    pacer.offer("a")

    assert pacer.take(100.0) is None
    pacer.acked(number)
    assert pacer.take(100.0) == ("a", Known(seq=1))


def test_news_while_a_frame_is_in_flight_becomes_one_frame() -> None:
    pacer = watching("a")
    pacer.take(0.0)
    number = pacer.sent("a", Known(seq=1), 0.0)
    for _ in range(1000):
        pacer.offer("a")
    pacer.acked(number)

    assert pacer.take(1.0) is not None
    assert pacer.take(1.0) is None


def test_no_client_gets_more_than_thirty_frames_a_second() -> None:
    pacer = watching("a")
    frames, now = 0, 0.0
    while now < 10:
        pacer.offer("a")
        if pacer.take(now):
            frames += 1
            pacer.acked(pacer.sent("a", Known(seq=frames), now))
        now += 0.001

    assert 280 <= frames <= 10 / INTERVAL + 1


def test_runs_take_turns() -> None:
    pacer = watching("a", "b")
    order = []
    for now in range(6):
        for run in ("a", "b"):
            pacer.offer(run)
        run, _ = pacer.take(float(now)) or pytest.fail("a frame was due")
        order.append(run)
        pacer.acked(pacer.sent(run, Known(), float(now)))

    assert order == ["a", "b", "a", "b", "a", "b"]


def test_a_client_that_begins_again_gets_what_it_says_it_lacks_and_not_what_was_on_its_way() -> None:
    pacer = watching("a")
    pacer.take(0.0)
    number = pacer.sent("a", Known(seq=7), 0.0)

    pacer.watch("a", Known(seq=3))
    pacer.acked(number)

    assert pacer.take(1.0) == ("a", Known(seq=3))


def test_news_of_a_run_that_is_not_watched_is_nothing() -> None:
    pacer = watching("a")
    pacer.unwatch("a")
    pacer.offer("a")

    assert pacer.due() is None


class Client(RuleBasedStateMachine):
    """Whatever happens in whatever order, `seq` never falls and the last frame is the newest news."""

    def __init__(self) -> None:
        super().__init__()
        self.pacer = Pacer()
        self.now = 0.0
        self.news = dict.fromkeys(RUNS, 0)
        self.has = dict.fromkeys(RUNS, 0)
        self.flight: tuple[str, int, int] | None = None
        for run in RUNS:
            self.pacer.watch(run, Known())

    @rule(run=st.sampled_from(RUNS))
    def something_happens(self, run: str) -> None:
        self.news[run] += 1
        self.pacer.offer(run)

    @rule(seconds=st.floats(0, 1))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def the_server_sends(self) -> None:
        taken = self.pacer.take(self.now)
        if taken is None:
            return
        assert self.flight is None
        run, known = taken
        assert known.seq == self.has[run]
        assert self.news[run] >= known.seq
        number = self.pacer.sent(run, Known(seq=self.news[run]), self.now)
        self.flight = (run, self.news[run], number)

    @precondition(lambda self: self.flight)
    @rule()
    def the_client_acknowledges(self) -> None:
        assert self.flight is not None
        run, seq, number = self.flight
        self.has[run], self.flight = seq, None
        self.pacer.acked(number)

    @rule(number=st.integers(-5, 0))
    def a_made_up_acknowledgement_arrives(self, number: int) -> None:
        self.pacer.acked(number)

    @rule(run=st.sampled_from(RUNS))
    def the_client_subscribes_again(self, run: str) -> None:
        self.pacer.watch(run, Known(seq=self.has[run]))
        if self.flight and self.flight[0] == run:
            self.flight = (run, self.has[run], self.flight[2])

    @invariant()
    def it_is_given_up_only_while_a_frame_is_unanswered(self) -> None:
        gives_up = self.pacer.gives_up()
        assert (gives_up is not None) == (self.flight is not None)
        assert gives_up is None or gives_up <= self.now + PATIENCE

    @invariant()
    def waiting_costs_nothing(self) -> None:
        assert len(self.pacer._changed) <= len(RUNS)

    def teardown(self) -> None:
        for _ in range(2 * len(RUNS) + 1):
            if self.flight:
                self.the_client_acknowledges()
            self.now += 1
            self.the_server_sends()
        assert all(self.has[run] == self.news[run] for run in RUNS)


TestAnyOrder = Client.TestCase
TestAnyOrder.settings = settings(max_examples=60, deadline=None)


def test_a_silent_client_is_given_up_five_seconds_after_its_frame_left() -> None:
    pacer = watching("a")
    pacer.take(1.0)
    pacer.sent("a", Known(), 1.0)
    pacer.offer("a")

    assert pacer.gives_up() == 1.0 + PATIENCE
