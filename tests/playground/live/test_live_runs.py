"""Runs end to end: a real server, real workers, real sockets."""

import os
import signal
import time
from collections.abc import Callable

import numpy as np
import pytest
import websocket

from playground.protocol.views import Views
from tests.playground.jobs.listening import wait_until
from tests.playground.live.conftest import Server
from tests.playground.live.page import COLUMNS, Followed, Page
from tests.playground.training.experiments import spiral

Open = Callable[[], Page]
LONG = spiral(epochs=100_000)
SHORT = spiral(epochs=20)


def socket_address(server: Server) -> str:
    return f"{server.url.replace('http', 'ws')}/socket.io/?transport=websocket&EIO=4"


def assert_complete(followed: Followed, server: Server, run: str) -> None:
    """What a page put together from deltas is what the server has."""
    history = server.services.runs._runs[run].curves
    assert set(followed.curves) == set(history)
    for name, curve in history.items():
        for column in COLUMNS:
            np.testing.assert_array_equal(followed.curves[name][column], getattr(curve.delta(), column))


def test_a_run_plays_to_its_end_and_who_follows_it_has_every_step(server: Server, open_page: Open) -> None:
    alice = open_page()
    run = alice.start(SHORT)
    assert alice.follow(run) is None
    end = alice.wait_for_frame(run, lambda frame: frame.state == "finished")

    followed = alice.runs[run]
    alice.wait(lambda: len(followed.curves["training loss"]["step"]) == 80)
    assert (end.progress.epoch, end.progress.step) == (20, 80)
    assert {"training loss", "validation loss", "accuracy"} <= set(end.scalars)
    assert [frame.seq for frame in followed.frames] == sorted({frame.seq for frame in followed.frames})
    assert_complete(followed, server, run)
    shown = {name for frame in followed.frames for name, view in frame.views if view is not None}
    for_other_data = {"fit", "predictions"}
    assert shown == set(Views.model_fields) - for_other_data


def test_the_same_seed_gives_the_same_losses_whoever_watches(server: Server, open_page: Open) -> None:
    alice, bob = open_page(), open_page()
    watched, unwatched = alice.start(SHORT, steps_per_second=100), bob.start(SHORT)
    alice.follow(watched)
    alice.wait_for_frame(watched, lambda frame: frame.state == "finished")
    runs = server.services.runs._runs
    wait_until(lambda: len(runs[watched].losses) == len(runs[unwatched].losses) == 80)

    assert runs[watched].losses == runs[unwatched].losses
    assert all(np.isfinite(runs[watched].losses))


def test_a_killed_worker_fails_its_run_and_nothing_else_notices(server: Server, open_page: Open) -> None:
    alice, bob = open_page(), open_page()
    doomed, other = alice.start(LONG), bob.start(LONG)
    alice.follow(doomed)
    bob.follow(other)
    alice.wait_for_frame(doomed, lambda frame: frame.progress.step > 0)
    bob.wait_for_frame(other, lambda frame: frame.progress.step > 0)

    os.kill(server.worker(doomed), signal.SIGKILL)

    failed = alice.wait_for_frame(doomed, lambda frame: frame.state == "failed", seconds=5)
    assert failed.problem is not None
    assert "was killed (SIGKILL)" in failed.problem.message
    step = bob.runs[other].last.progress.step
    bob.wait_for_frame(other, lambda frame: frame.state == "running" and frame.progress.step > step)
    assert alice.command(doomed, "play").status_code == 409
    assert alice.start(LONG, replaces=doomed)


def pause(page: Page, run: str) -> int:
    """Pause, and the number of the answer that says so. On a busy machine the first answer can come before
    the run has heard of it, and says `running`."""
    answers = (page.command(run, "pause").json() for _ in range(100))
    return next(int(answer["seq"]) for answer in answers if answer["state"] == "paused")


def test_pause_is_answered_with_the_run_paused_and_play_goes_on(open_page: Open) -> None:
    alice = open_page()
    run = alice.start(LONG, steps_per_second=2)
    alice.follow(run)
    alice.wait_for_frame(run, lambda frame: frame.progress.step > 0)

    pause(alice, run)
    paused = alice.wait_for_frame(run, lambda frame: frame.state == "paused")
    time.sleep(0.7)
    assert alice.runs[run].last.progress.step == paused.progress.step
    alice.command(run, "play")
    alice.wait_for_frame(run, lambda frame: frame.progress.step > paused.progress.step)


def test_frames_from_before_a_pause_are_below_the_number_its_answer_has(open_page: Open) -> None:
    alice = open_page()
    run = alice.start(LONG)
    alice.follow(run)
    for _ in range(5):
        alice.wait_for_frame(run, lambda frame: frame.state == "running")
        settled = pause(alice, run)
        alice.wait_for_frame(run, lambda frame, settled=settled: frame.seq >= settled)
        frames = alice.runs[run].frames

        assert {frame.state for frame in frames if frame.seq >= settled} == {"paused"}
        frames.clear()
        alice.command(run, "play")


def test_stop_ends_the_process_and_the_run_is_stopped(server: Server, open_page: Open) -> None:
    alice = open_page()
    run = alice.start(LONG)
    alice.follow(run)
    alice.wait_for_frame(run, lambda frame: frame.state == "running")

    assert alice.command(run, "stop").status_code == 200

    alice.wait_for_frame(run, lambda frame: frame.state == "stopped", seconds=5)
    assert server.services.runs._runs[run].ended
    assert alice.get(f"/api/runs/{run}").json()["state"] == "stopped"


def test_a_page_that_drops_and_returns_resumes_without_gap_or_double(server: Server, open_page: Open) -> None:
    alice = open_page()
    run = alice.start(spiral(epochs=300), steps_per_second=400)
    alice.follow(run)
    for step in (100, 300, 500):
        alice.wait_for_frame(run, lambda frame, step=step: frame.progress.step > step)
        alice.disconnect()
        time.sleep(0.3)
        alice.connect()
        alice.follow(run)
    alice.wait_for_frame(run, lambda frame: frame.state == "finished")
    followed = alice.runs[run]
    alice.wait(lambda: followed.curves["training loss"]["step"][-1] == 1200)

    assert_complete(followed, server, run)
    np.testing.assert_array_equal(followed.curves["training loss"]["step"], np.arange(1, 1201))


def test_a_second_page_that_comes_late_gets_the_whole_history(server: Server, open_page: Open) -> None:
    alice = open_page()
    run = alice.start(SHORT)
    alice.follow(run)
    alice.wait_for_frame(run, lambda frame: frame.state == "finished")
    alice.disconnect()
    late = open_page()
    late.http.cookies.update(alice.http.cookies)
    late.disconnect()
    late.connect()

    late.follow(run)

    late.wait_for_frame(run, lambda frame: frame.state == "finished")
    late.wait(lambda: set(late.runs[run].curves) == set(server.services.runs._runs[run].curves))
    assert_complete(late.runs[run], server, run)


def test_a_client_that_stops_reading_is_cut_and_costs_one_frame(server: Server, open_page: Open) -> None:
    alice = open_page()
    run = alice.start(LONG)
    alice.follow(run)
    stalled = websocket.create_connection(socket_address(server), cookie=alice.cookie, timeout=20)
    stalled.send("40")
    stalled.send(f'42["subscribe",{{"run":"{run}"}}]')

    received = []
    with pytest.raises((websocket.WebSocketConnectionClosedException, OSError)):
        while True:
            received.append(stalled.recv())
    frames = [part for part in received if isinstance(part, str) and '"frame"' in part]

    assert len(frames) == 1
    step = alice.runs[run].last.progress.step
    alice.wait_for_frame(run, lambda frame: frame.progress.step > step)


def test_a_client_that_never_reads_is_cut_too(server: Server, open_page: Open) -> None:
    alice = open_page()
    run = alice.start(LONG)
    deaf = websocket.create_connection(socket_address(server), cookie=alice.cookie, timeout=20)
    deaf.send("40")
    deaf.send(f'42["subscribe",{{"run":"{run}"}}]')
    watched = server.services.runs._runs[run]
    wait_until(lambda: len(watched.watchers) == 1)

    wait_until(lambda: not watched.watchers, seconds=15)
    deaf.close()


def test_a_page_gets_the_views_that_it_shows_and_the_ones_that_it_opens(open_page: Open) -> None:
    alice = open_page()
    run = alice.start(LONG, play=False)
    alice.call("subscribe", {"run": run, "views": ["layers"]})
    alice.wait(lambda: run in alice.runs and alice.runs[run].views == {"layers"})

    assert alice.call("watch", {"run": run, "views": ["layers", "batch"]}) is None

    alice.wait(lambda: alice.runs[run].views == {"layers", "batch"})


@pytest.mark.parametrize("data", [None, {"run": "a"}, {"run": "a", "views": []}, {"run": "a", "views": "A"}])
def test_watching_what_is_not_subscribed_is_answered_in_words(open_page: Open, data: object) -> None:
    assert open_page().call("watch", data)["problems"][0]["message"]


def test_a_client_that_floods_events_is_cut(open_page: Open) -> None:
    alice = open_page()
    for _ in range(500):
        if alice.is_open:
            alice.emit("unsubscribe", "nothing")

    alice.wait(lambda: not alice.is_open)


@pytest.mark.parametrize(
    "data", [None, 5, "run", {}, {"run": 1}, {"run": "x", "more": 1}, {"run": "x" * 100_000}]
)
def test_a_subscription_that_makes_no_sense_is_answered_in_words(open_page: Open, data: object) -> None:
    answer = open_page().call("subscribe", data)

    assert answer["problems"][0]["message"]


def test_a_run_of_another_session_does_not_exist(open_page: Open) -> None:
    alice, eve = open_page(), open_page()
    run = alice.start(LONG)

    assert eve.get(f"/api/runs/{run}").status_code == 404
    assert eve.command(run, "stop").status_code == 404
    assert eve.command(run, "pause").status_code == 404
    assert eve.post(f"/api/runs/{run}/predict", {"inputs": [[0, 0]]}).status_code == 404
    assert "no such run" in eve.follow(run)["problems"][0]["message"]
    assert alice.get(f"/api/runs/{run}").json()["state"] in ("starting", "running")
