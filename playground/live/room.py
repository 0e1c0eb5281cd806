"""Who makes room for new runs: what nobody will miss."""

import time
from collections.abc import Collection, Sequence

from playground.live.errors import TooManyRuns
from playground.live.run import OVER, Run
from playground.settings import Limits

AWAY = 60.0
"""Seconds after which a run that goes on makes room for a new one, where nobody watches it."""


def make_room(
    count: int, owner: str, runs: Sequence[Run], limits: Limits, kept: Collection[str] = ()
) -> list[Run]:
    """The runs that must end for `count` more of this session; none of those `kept`. Raises TooManyRuns.

    First what is over, then what stands still, each the oldest first; what somebody has open goes last, and
    never what somebody looks at.
    """
    alive = [run for run in runs if not run.ended and not run.stopping]
    mine = [run for run in alive if run.owner == owner]
    here = "of this session are going, which is the most: stop one of them first."
    there = "are going on this server, which is the most: try again when one has ended."
    going = _excess(count, mine, limits.max_runs_per_session, kept, here)
    left = [run for run in alive if run not in going]
    return going + _excess(count, left, limits.max_runs, kept, there)


def _excess(count: int, runs: list[Run], most: int, kept: Collection[str], words: str) -> list[Run]:
    excess = max(0, len(runs) + count - most)
    able = sorted((run for run in runs if run.id not in kept and _may_go(run)), key=_rank)
    if len(able) < excess:
        raise TooManyRuns(f"{len(runs)} runs {words}")
    return able[:excess]


def _may_go(run: Run) -> bool:
    if run.is_shown or run.waits:
        return False
    if run.state not in ("starting", "running"):
        return True
    return not run.watchers and run.unwatched_since < time.monotonic() - AWAY


def _rank(run: Run) -> tuple[bool, int]:
    if run.state in OVER:
        return run.is_opened, 0
    return run.is_opened, 2 if run.state in ("starting", "running") else 1
