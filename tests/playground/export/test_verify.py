"""The verdict on two curves, in figures and in words."""

import math
from pathlib import Path
from typing import Any

import pytest

from playground.data.files import Files
from playground.data.registry import DATASETS
from playground.export.byhand import NOTHING, ByHand
from playground.export.verifications import judge
from playground.export.verify import compare, job, run
from playground.jobs.local import LocalBackend
from tests.playground.export.csv_experiments import csv_experiment
from tests.playground.export.running import shortened, trained, verified
from tests.playground.training.experiments import spiral


class Heard:
    """A job's channel that keeps what was said."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    def send(self, body: dict[str, Any]) -> None:
        self.messages.append(body)


def test_equal_curves_are_equal_to_the_last_bit() -> None:
    found = compare([0.5, 0.25], [0.5, 0.25])

    assert found.equal
    assert found.difference == 0


def test_the_largest_difference_and_its_step_are_named() -> None:
    found = compare([1.0, 1.0, 1.0, 1.0], [1.0, 1.25, 0.5, 0.5])

    assert (found.equal, found.difference, found.step) == (False, 0.5, 3)


def test_the_smallest_possible_difference_is_one() -> None:
    assert not compare([0.1], [math.nextafter(0.1, 1)]).equal


def test_a_loss_that_is_no_number_equals_one_that_is_none_either() -> None:
    assert compare([1.0, math.nan], [1.0, None]).equal


def test_a_number_against_none_is_a_difference_without_a_size() -> None:
    found = compare([1.0, 2.0], [1.0, None])

    assert (found.equal, found.difference, found.step) == (False, None, 2)


def test_a_script_that_ended_early_is_not_equal() -> None:
    assert not compare([1.0, 2.0], [1.0]).equal


@pytest.mark.parametrize(
    ("losses", "words"),
    [
        ([1.0, 2.0], "repeats the run exactly"),
        ([1.0, 2.5], "largest difference is 0.5, at step 2"),
        ([1.0, None], "At step 2"),
        ([1.0], "ended after 1 of 2 steps"),
    ],
)
def test_the_verdict_says_what_was_found(losses: list[float | None], words: str) -> None:
    assert words in judge([1.0, 2.0], losses, NOTHING).message


def test_a_run_led_by_hand_is_compared_up_to_there_and_says_so() -> None:
    assert "up to step 2" in judge([1.0, 2.0], [1.0, 2.0], ByHand(equal_until=2)).message


def test_the_job_gives_the_losses_of_as_many_steps_as_the_run_has() -> None:
    preset = DATASETS["Moons"].preset
    heard = Heard()

    result = run(job(preset, {}, [], 17), heard)  # type: ignore[arg-type]

    assert result["losses"] == trained(shortened(preset, 2))[:17]
    assert [message["steps"] for message in heard.messages] == [11, 22]


def test_a_script_that_breaks_behind_the_steps_of_the_run_has_repeated_them() -> None:
    rows = (("Linear", {"out_features": 1}), ("Sigmoid", {}))
    breaking = spiral(*rows, loss="BCELoss", lr=1e39)
    losses = trained(breaking)

    assert 0 < len(losses) < 4
    assert verified(breaking, len(losses)) == losses
    with pytest.raises(RuntimeError, match="between 0 and 1"):
        verified(breaking, len(losses) + 1)


def test_the_job_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    run(job(DATASETS["Moons"].preset, {}, [], 1), Heard())  # type: ignore[arg-type]

    assert list(tmp_path.iterdir()) == []


def test_the_job_reads_a_csv_whatever_its_name() -> None:
    files = Files()
    experiment = csv_experiment(files, ["a", "b", "c", "d", "e", "f"], "../../'; quit() #\n.csv")
    table = experiment.data.csv
    assert table is not None
    path = files.get("me", table.sha256)
    assert path is not None

    result = run(job(experiment, {table.sha256: path}, [], 6), Heard())  # type: ignore[arg-type]

    assert result["losses"] == trained(experiment, {table.sha256: path}.get)
    files.close()


def test_the_job_runs_scripts_with_worker_processes() -> None:
    preset = shortened(DATASETS["Moons"].preset, 1)
    experiment = preset.model_copy(update={"data": preset.data.model_copy(update={"num_workers": 2})})

    backend = LocalBackend()
    result = backend.call("verify", job(experiment, {}, [], 11), 60)
    backend.close()

    assert result["losses"] == trained(experiment)
