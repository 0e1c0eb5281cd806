"""The local pool with real processes: jobs are isolated, answer, stop, and leave nothing behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from playground.jobs import JobFailed, JobGone, TimedOut
from playground.jobs.local import LocalBackend
from tests.playground.jobs.job_functions import KINDS
from tests.playground.jobs.listening import Listener, is_alive, wait_until


def test_a_call_returns_what_the_job_returns_arrays_included(pool: LocalBackend) -> None:
    array = np.arange(6, dtype=np.float32).reshape(2, 3)
    payload = {"words": "ünï", "numbers": [1, 2.5, None], "array": array}

    answer = pool.call("echo", payload, seconds=20)

    assert answer["words"] == "ünï"
    assert answer["numbers"] == [1, 2.5, None]
    np.testing.assert_array_equal(answer["array"], payload["array"])
    assert answer["array"].dtype == np.float32


def test_what_is_not_plain_data_is_refused_before_it_travels(pool: LocalBackend) -> None:
    with pytest.raises(TypeError, match="object does not travel"):
        pool.call("echo", {"what": object()}, seconds=20)


def test_what_is_said_to_a_job_that_has_ended_does_not_end_its_process(pool: LocalBackend) -> None:
    first = pool.call("count", {}, seconds=20)
    (worker,) = pool._idle["count"]
    worker.say({"do": "predict", "inputs": [], "question": 1})  # as a request that crosses the job's end

    assert pool.call("count", {}, seconds=20)["pid"] == first["pid"]


def test_calls_of_one_kind_share_a_process_and_other_kinds_never_get_it(pool: LocalBackend) -> None:
    first = pool.call("count", {}, seconds=20)
    second = pool.call("count", {}, seconds=20)
    pool.call("echo", {}, seconds=20)
    third = pool.call("count", {}, seconds=20)

    assert [first["served"], second["served"], third["served"]] == [1, 2, 3]
    assert first["pid"] == third["pid"]


def test_two_processes_wait_for_calls_that_come_at_once(pool: LocalBackend) -> None:
    def at_once() -> set[int]:
        found: list[int] = []
        threads = [
            threading.Thread(target=lambda: found.append(pool.call("wait", {"seconds": 0.5}, seconds=20)))
            for _ in range(2)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return set(found)

    first = at_once()

    assert len(first) == 2
    assert at_once() == first


def test_what_a_job_raises_becomes_the_error_in_its_own_words(pool: LocalBackend) -> None:
    with pytest.raises(JobFailed, match="the mat1 and mat2 shapes do not fit"):
        pool.call("fail", {}, seconds=20)


def test_a_call_that_takes_too_long_is_killed(pool: LocalBackend) -> None:
    with pytest.raises(TimedOut, match=r"ended after 1\.5 s"):
        pool.call("hang", {}, seconds=1.5)


def test_a_job_hears_messages_and_stops_when_told(pool: LocalBackend) -> None:
    heard = Listener()
    job = pool.submit("converse", {}, heard)
    heard.message()

    pool.send(job, {"n": 1})
    assert heard.message() == {"heard": {"n": 1}}
    pool.stop(job)

    assert heard.end().error is None
    with pytest.raises(JobGone):
        pool.send(job, {"n": 2})
    pool.stop(job)


def test_a_killed_worker_ends_its_job_and_no_other(pool: LocalBackend) -> None:
    doomed, other = Listener(), Listener()
    pool.submit("converse", {}, doomed)
    bystander = pool.submit("converse", {}, other)
    pid = doomed.message()["pid"]
    other.message()

    os.kill(pid, signal.SIGKILL)

    assert doomed.end(seconds=5).error == "The worker process was killed (SIGKILL); the other runs go on."
    pool.send(bystander, {"still": "here"})
    assert other.message() == {"heard": {"still": "here"}}


def test_a_worker_that_crashes_says_with_which_code(pool: LocalBackend) -> None:
    heard = Listener()
    pool.submit("crash", {}, heard)

    assert "ended unexpectedly (exit code 3)" in str(heard.end().error)


def test_a_worker_that_babbles_is_ended_and_no_other(pool: LocalBackend) -> None:
    heard = Listener()
    pool.submit("babble", {}, heard)

    assert "sent what is no message" in str(heard.end().error)
    assert pool.call("echo", {"n": 1}, seconds=20) == {"n": 1}


def test_a_job_deaf_to_stop_is_killed_after_a_second(pool: LocalBackend) -> None:
    heard = Listener()
    job = pool.submit("ignore", {}, heard)
    pid = heard.message()["pid"]

    started = time.monotonic()
    pool.stop(job)
    ended = heard.end(seconds=5)

    assert time.monotonic() - started > 0.9
    assert ended.error is None
    assert not is_alive(pid)


def test_a_job_past_its_wall_time_is_ended_and_says_so(pool: LocalBackend) -> None:
    heard = Listener()
    pool.submit("hang", {}, heard, seconds=1.5)
    heard.message()

    ended = heard.end()

    assert ended.timed_out
    assert "ended after 1.5 s" in str(ended.error)


@pytest.mark.parametrize("job", ["ignore", "hang", "converse"])
def test_close_ends_every_process_whatever_it_does(job: str) -> None:
    backend = LocalBackend(KINDS, warm_up=())
    heard = Listener()
    backend.submit(job, {}, heard)
    pid = heard.message()["pid"]

    started = time.monotonic()
    backend.close()

    assert time.monotonic() - started < 3
    assert not is_alive(pid)
    with pytest.raises(JobFailed, match="closing"):
        backend.call("echo", {}, seconds=1)


def test_memory_is_bounded_and_too_much_is_said_in_words() -> None:
    backend = LocalBackend(KINDS, warm_up=(), memory=2**30)
    try:
        assert backend.call("hungry", {"bytes": 2**20}, seconds=20) == 2**17
        with pytest.raises(JobFailed, match="more memory than a worker may use"):
            backend.call("hungry", {"bytes": 2**31}, seconds=20)
    finally:
        backend.close()


def test_a_worker_uses_one_blas_thread_and_imports_nothing_of_the_web(pool: LocalBackend) -> None:
    facts = pool.call("facts", {}, seconds=20)

    assert set(facts["threads"]) == {1}
    assert facts["web"] == []


def test_the_interrupt_key_does_not_end_a_worker(pool: LocalBackend) -> None:
    heard = Listener()
    job = pool.submit("converse", {}, heard)
    pid = heard.message()["pid"]

    os.kill(pid, signal.SIGINT)
    pool.send(job, {"n": 1})

    assert heard.message() == {"heard": {"n": 1}}


def test_a_listener_that_fails_does_not_end_the_pool(pool: LocalBackend) -> None:
    def broken(event: object) -> None:
        raise RuntimeError("listener")

    pool.submit("converse", {}, broken)

    assert pool.call("echo", {"n": 1}, seconds=20) == {"n": 1}


def test_many_threads_may_call_at_once(pool: LocalBackend) -> None:
    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda n=n: answers.append(pool.call("echo", {"n": n}, seconds=60)["n"]))
        for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [0, 1, 2, 3]


SERVER = """
import time
from tests.playground.jobs.job_functions import KINDS
from playground.jobs.local import LocalBackend

if __name__ == "__main__":
    backend = LocalBackend(KINDS, warm_up=())
    for kind in ("converse", "compute"):
        backend.submit(kind, {}, lambda event: print(event.body["pid"], flush=True))
    time.sleep(60)
"""


def test_workers_end_when_the_server_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "server.py"
    script.write_text(SERVER)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    server = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True, env=environment)
    assert server.stdout is not None
    pids = [int(server.stdout.readline()) for _ in range(2)]

    server.kill()
    server.wait()

    for pid in pids:
        wait_until(lambda pid=pid: not is_alive(pid))
    server.stdout.close()
