"""What a place that runs jobs must offer; the local spawn pool is one.

A job is a kind (a name in `kinds.KINDS`) and a payload of plain data, so no code and no pickle ever travels.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

Payload = Mapping[str, Any]
"""Plain data: what msgpack knows, and numpy arrays."""


@dataclass(frozen=True)
class Message:
    """Something a job said."""

    body: dict[str, Any]


@dataclass(frozen=True)
class Ended:
    """The last event of a job. `error` is null where it returned `result` or was told to stop."""

    result: Any = None
    error: str | None = None
    timed_out: bool = False


Event = Message | Ended


class JobGone(Exception):  # noqa: N818 — a fact about the job, said in the caller's words
    """There is no such job any more."""


class JobFailed(Exception):  # noqa: N818
    """The job ended without a result; the message says why."""


class TimedOut(JobFailed):
    """The job was killed because it took too long."""


class Backend(Protocol):
    """Runs jobs. All methods may be called from any thread; none waits for a job except `call`."""

    def warm(self) -> None:
        """Have a worker ready soon, before anything is asked."""

    def submit(
        self, kind: str, payload: Payload, events: Callable[[Event], None], seconds: float | None = None
    ) -> str:
        """Start a job; `events` gets what it says, in order and from one thread, and must be quick.

        After `seconds` of wall time the job is killed and ends with an error. Returns the job's id.
        """

    def send(self, job: str, message: Payload) -> None:
        """Say something to a job. Raises JobGone where it has ended."""

    def stop(self, job: str) -> None:
        """Tell a job to stop; one that has not after a second is killed. Does nothing where it has ended."""

    def call(self, kind: str, payload: Payload, seconds: float) -> Any:
        """Run a job to its end and return its result.

        Raises TimedOut after `seconds` (the job is killed), JobFailed where it raised or its process died.
        """

    def close(self) -> None:
        """End every job and process, within two seconds."""
