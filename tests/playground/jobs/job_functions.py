"""Jobs for the tests of the pool; imported by worker processes."""

import os
import sys
import time
from typing import Any

import numpy as np

from playground.jobs.channel import Channel

STATE = {"served": 0}

NAMES = "echo count crash fail hang compute ignore babble hungry converse wait facts"
KINDS = {name: f"{__name__}:{name}" for name in NAMES.split()}


def echo(payload: Any, channel: Channel) -> Any:
    return payload


def count(payload: Any, channel: Channel) -> dict[str, int]:
    STATE["served"] += 1
    return {"pid": os.getpid(), "served": STATE["served"]}


def crash(payload: Any, channel: Channel) -> None:
    os._exit(3)


def fail(payload: Any, channel: Channel) -> None:
    raise ValueError("the mat1 and mat2 shapes do not fit")


def hang(payload: Any, channel: Channel) -> None:
    channel.send({"pid": os.getpid()})
    time.sleep(600)


def compute(payload: Any, channel: Channel) -> None:
    channel.send({"pid": os.getpid()})
    while True:
        np.ones((300, 300)) @ np.ones((300, 300))


def ignore(payload: Any, channel: Channel) -> None:
    """Deaf in the middle of a computation that holds the interpreter's lock."""
    channel.send({"pid": os.getpid()})
    sum(range(10**13))


def babble(payload: Any, channel: Channel) -> None:
    channel._data.send_bytes(b"\xc1 is no msgpack")
    time.sleep(600)


def hungry(payload: Any, channel: Channel) -> float:
    return float(np.ones(payload["bytes"] // 8).sum())


def converse(payload: Any, channel: Channel) -> str:
    """Answers every message until it is told to stop."""
    channel.send({"pid": os.getpid()})
    while (message := channel.receive()) != {"do": "stop"}:
        channel.send({"heard": message})
    return "good bye"


def wait(payload: Any, channel: Channel) -> int:
    time.sleep(payload["seconds"])
    return os.getpid()


def facts(payload: Any, channel: Channel) -> dict[str, Any]:
    from threadpoolctl import threadpool_info

    return {
        "threads": [pool["num_threads"] for pool in threadpool_info()],
        "web": [name for name in ("flask", "socketio", "werkzeug") if name in sys.modules],
    }
