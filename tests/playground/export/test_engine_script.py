"""The engine script gives the losses of the run, every one and to the last bit."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from playground.data.registry import DATASETS
from playground.experiment.spec import Argument, Chosen, Experiment
from playground.export.byhand import ByHand
from playground.export.script import script
from playground.training.build import build
from playground.training.trainer import Trainer
from tests.playground.export.random_experiments import experiments
from tests.playground.export.running import long_enough, no_files, run, shortened, trained, verified
from tests.playground.export.schedules import scheduled, schedules
from tests.playground.training.experiments import clipped

WITH_PRESET = [name for name, dataset in DATASETS.items() if dataset.source != "file"]
STEPS = 100


@pytest.mark.parametrize("name", WITH_PRESET)
def test_the_script_of_a_preset_repeats_its_run_exactly(name: str, tmp_path: Path) -> None:
    preset = long_enough(DATASETS[name].preset, STEPS)

    assert run(script(preset, no_files, "engine").code, tmp_path)["losses"] == trained(preset)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(experiments())
def test_the_script_of_any_experiment_repeats_its_run_exactly(experiment: Experiment) -> None:
    losses = trained(experiment)

    assert verified(experiment, len(losses)) == losses


@pytest.mark.parametrize("share", [0, 0.3])
@pytest.mark.parametrize("schedule", schedules(), ids=lambda schedule: schedule.type)
def test_the_script_steps_its_learning_rate_as_the_run_did(
    schedule: Chosen, share: float, tmp_path: Path
) -> None:
    preset = scheduled(shortened(DATASETS["Moons"].preset, 8), schedule)
    data = preset.data.model_copy(update={"validation_share": share})
    experiment = preset.model_copy(update={"data": data})

    assert run(script(experiment, no_files, "engine").code, tmp_path)["losses"] == trained(experiment)


def test_a_script_of_the_first_epochs_keeps_the_schedule_of_the_whole_run(tmp_path: Path) -> None:
    cycle = Chosen(type="OneCycleLR", args={"max_lr": 0.1})
    experiment = scheduled(shortened(DATASETS["Moons"].preset, 8), cycle)

    losses = run(script(experiment, no_files, "engine", epochs=2).code, tmp_path)["losses"]

    assert losses == trained(experiment)[: len(losses)]


def test_a_script_clips_gradients_as_the_run_did(tmp_path: Path) -> None:
    experiment = clipped(shortened(DATASETS["Moons"].preset, 3), 0.05)

    code = script(experiment, no_files, "engine").code

    assert "nn.utils.clip_grad_norm_(model.parameters(), 0.05)\n            optimizer.step()\n" in code
    assert run(code, tmp_path)["losses"] == trained(experiment) != trained(clipped(experiment, None))


@pytest.mark.parametrize(
    ("name", "loss", "args"),
    [
        ("Moons", "CrossEntropyLoss", {"weight": (1.0, 4.5)}),
        ("Gaussians", "BCEWithLogitsLoss", {"pos_weight": (4.5,)}),
        ("Digits", "CrossEntropyLoss", {"weight": tuple(1 + digit / 7 for digit in range(10))}),
    ],
)
def test_a_script_weighs_classes_as_the_run_did(
    name: str, loss: str, args: dict[str, Argument], tmp_path: Path
) -> None:
    preset = shortened(DATASETS[name].preset, 2)
    experiment = preset.model_copy(update={"loss": Chosen(type=loss, args=args)})

    code = script(experiment, no_files, "engine").code

    assert max(map(len, code.splitlines())) < 260
    assert run(code, tmp_path)["losses"] == trained(experiment) != trained(preset)


@pytest.mark.parametrize("num_workers", [1, 2])
@pytest.mark.parametrize("name", ["Moons", "Stream"])
def test_worker_processes_of_the_script_give_what_threads_gave_the_run(
    name: str, num_workers: int, tmp_path: Path
) -> None:
    preset = shortened(DATASETS[name].preset, 1)
    experiment = preset.model_copy(
        update={"data": preset.data.model_copy(update={"num_workers": num_workers, "steps_per_epoch": 10})}
    )

    losses = run(script(experiment, no_files, "engine").code, tmp_path)["losses"]

    assert losses == trained(experiment)


def test_learning_rates_set_by_hand_are_set_at_the_same_step(tmp_path: Path) -> None:
    experiment = shortened(DATASETS["Moons"].preset, 2)
    trainer = Trainer(build(experiment, no_files))
    losses = []
    for step in range(2 * trainer.batches):
        if step == 7:
            trainer.lr = 0.25
        losses.append(trainer.run_step())

    code = script(experiment, no_files, "engine", ByHand(learning_rates=((7, 0.25),))).code

    assert run(code, tmp_path)["losses"] == losses


def test_each_epoch_is_printed_with_its_scores(tmp_path: Path) -> None:
    experiment = shortened(DATASETS["Plane"].preset, 2)

    printed = run(script(experiment, no_files, "engine").code, tmp_path)["printed"].splitlines()

    assert len(printed) == 2
    assert printed[-1].startswith("epoch 2/2  training loss ")
    assert "validation loss" in printed[-1]
    assert "R²" in printed[-1]


def test_without_held_out_samples_the_scores_are_those_of_the_training_set(tmp_path: Path) -> None:
    preset = shortened(DATASETS["Moons"].preset, 1)
    experiment = preset.model_copy(update={"data": preset.data.model_copy(update={"validation_share": 0})})

    printed = run(script(experiment, no_files, "engine").code, tmp_path)["printed"]

    assert "accuracy on the training set" in printed
