"""What the command line decides."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class Options(NamedTuple):
    """How long, how often, what, with whom."""

    seconds: float  # of one turn
    rounds: int
    only: tuple[str, ...]  # works
    peers: tuple[str, ...]  # contenders
    threads: tuple[int, ...]
    python: str  # the interpreter that peers run with
    out: Path | None  # the folder that the report goes to
