"""The verifications of this server: at most one per run, each a job whose outcome is kept for who asks."""

import threading
from collections.abc import Mapping
from pathlib import Path

from playground.export.byhand import ByHand, beyond_scripts, by_hand
from playground.export.verify import compare, job
from playground.jobs import Backend, Ended, Event
from playground.live.run import Run
from playground.protocol.replies import VerifyReply

MOST_AT_ONCE = 4
REMEMBERED = 60


class NothingToVerify(Exception):  # noqa: N818 - a fact about the run, said in a user's words
    """The run has made no step that a script could repeat."""


class TooManyVerifications(Exception):  # noqa: N818 - a bound, said in a user's words
    """As many as may be are under way."""


class Verifications:
    """Starts verifications and remembers them. Safe to use from any thread."""

    def __init__(self, backend: Backend, seconds: float) -> None:
        self._backend = backend
        self._seconds = seconds
        self._lock = threading.Lock()
        self._replies: dict[str, VerifyReply] = {}

    def get(self, run: str) -> VerifyReply | None:
        """How the last verification of a run stands; None where there was none."""
        with self._lock:
            return self._replies.get(run)

    def start(self, run: Run, files: Mapping[str, Path]) -> VerifyReply:
        """Verify a run as far as it is, or return the verification that is under way.

        Raises NothingToVerify, TooManyVerifications.
        """
        if run.change is not None:
            raise NothingToVerify(beyond_scripts(run.change.step, run.change.name))
        with run.lock:
            losses, log = list(run.losses), list(run.log)
        done = by_hand(log)
        expected = losses[: done.equal_until]
        if not expected:
            raise NothingToVerify("There is no step to compare yet: press Play first.")
        with self._lock:
            standing = self._replies.get(run.id)
            if standing is not None and standing.state == "running":
                return standing
            if sum(reply.state == "running" for reply in self._replies.values()) >= MOST_AT_ONCE:
                raise TooManyVerifications("Other verifications are under way: try again when one is done.")
            reply = VerifyReply(state="running", steps=0, of=len(expected), losses=[])
            self._keep(run.id, reply)
        self._backend.submit(
            "verify",
            job(run.begun, files, log, len(expected)),
            lambda event: self._hear(run.id, expected, done, event),
            self._seconds,
        )
        return reply

    def _keep(self, run: str, reply: VerifyReply) -> None:
        self._replies.pop(run, None)
        self._replies[run] = reply
        ended = [name for name, kept in self._replies.items() if kept.state != "running"]
        for name in ended[: max(0, len(self._replies) - REMEMBERED)]:
            del self._replies[name]

    def _hear(self, run: str, expected: list[float], done: ByHand, event: Event) -> None:
        of = len(expected)
        if not isinstance(event, Ended):
            steps = min(event.body["steps"], of)
            reply = VerifyReply(state="running", steps=steps, of=of, losses=[])
        elif event.result is None:
            message = event.error or "It was stopped."
            reply = VerifyReply(state="failed", steps=0, of=of, losses=[], message=message)
        else:
            reply = judge(expected, event.result["losses"], done)
        with self._lock:
            self._keep(run, reply)


def judge(expected: list[float], losses: list[float | None], done: ByHand) -> VerifyReply:
    """The outcome in figures and in words."""
    found = compare(expected, losses)
    if found.equal:
        message = f"The script repeats the run exactly: {found.steps:,} steps, no difference."
    elif found.step is None:
        message = f"The script ended after {found.steps:,} of {len(expected):,} steps, equal so far."
    elif found.difference is None:
        message = f"At step {found.step:,} one of the two losses is not a number."
    else:
        message = f"The largest difference is {found.difference:.3g}, at step {found.step:,}."
    if done.equal_until is not None:
        message += f" Compared up to step {done.equal_until:,}; after it the run was led by hand."
    return VerifyReply(
        state="equal" if found.equal else "different",
        steps=found.steps,
        of=len(expected),
        losses=losses,
        difference=found.difference,
        step_of_difference=found.step,
        message=message,
    )
