"""The worker's loop, with a channel that is a list."""

from collections import deque
from typing import Any

import numpy as np
import pytest

from playground.training.worker import train
from tests.playground.training.experiments import spiral


class Script:
    """Hands the worker one message after another, then tells it to stop."""

    def __init__(self, *messages: dict[str, Any]) -> None:
        self.messages = deque(messages)
        self.reports: list[dict[str, Any]] = []

    def send(self, body: dict[str, Any]) -> None:
        self.reports.append(body)

    @property
    def pending(self) -> bool:
        return bool(self.messages)

    def receive(self, seconds: float | None = None) -> Any:
        return self.messages.popleft() if self.messages else {"do": "stop"}


def ran(*messages: dict[str, Any], play: bool = False) -> list[dict[str, Any]]:
    """What a worker reports that is told this and then to stop."""
    channel = Script(*({**message, "question": i} for i, message in enumerate(messages)))
    described = spiral().model_dump(mode="json")
    payload = {"experiment": described, "files": {}, "play": play, "speed": None, "from": None}
    train(payload, channel)  # type: ignore[arg-type]
    return channel.reports


def test_the_first_report_says_where_the_run_stands_and_measures_nothing_unwatched() -> None:
    first = ran()[0]

    assert (first["state"], first["progress"]["step"]) == ("paused", 0)
    assert first["views"] == {}
    assert first["points"]["accuracy"][0].tolist() == [0]


def test_the_views_that_somebody_watches_are_in_the_reports() -> None:
    last = ran({"do": "watch", "views": ["layers", "batch", "no such view"]})[-1]

    assert set(last["views"]) == {"layers", "batch"}


def test_the_answer_to_a_step_has_its_loss() -> None:
    _, stepped, _ = ran({"do": "step_batch"})

    assert stepped["progress"]["step"] == 1
    assert stepped["points"]["training loss"][0].tolist() == [1]
    assert set(stepped["scalars"]) >= {"training loss"}


@pytest.mark.parametrize(("play", "state"), [(True, "running"), (False, "paused")])
def test_a_run_plays_at_once_only_if_it_is_asked_to(play: bool, state: str) -> None:
    assert ran(play=play)[0]["state"] == state


def test_each_command_is_answered_under_its_question_with_where_the_run_stands_then() -> None:
    _, stepped, refused, _ = ran({"do": "step_batch"}, {"do": "restore"})

    assert stepped["answers"] == [[0, {}]]
    assert stepped["progress"]["step"] == 1
    assert refused["answers"][0][0] == 1
    assert "has not diverged" in refused["answers"][0][1]["error"]


def test_what_a_run_recorded_until_it_was_stopped_is_in_its_last_report() -> None:
    reports = ran({"do": "step_batch"}, {"do": "step_batch"})

    recorded = [report["points"].get("training loss", [np.empty(0)])[0].tolist() for report in reports]
    assert [step for steps in recorded for step in steps] == [1, 2]
