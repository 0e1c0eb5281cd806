"""PyTorch, from the run's own weights and batch order, walks the run's own curve."""

import io
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings

from playground.data.registry import DATASETS
from playground.experiment.spec import Chosen, Experiment, Layer
from playground.export import replay
from playground.export.byhand import NOTHING, ByHand
from playground.export.script import script
from playground.jobs.channel import Channel
from playground.training.build import build
from playground.training.trainer import Trainer
from tests.playground.export.random_experiments import experiments
from tests.playground.export.running import long_enough, no_files, run, shortened, trained
from tests.playground.export.schedules import scheduled, schedules
from tests.playground.training.experiments import clipped

WITH_PRESET = [name for name, dataset in DATASETS.items() if dataset.source != "file"]
STEPS = 100
BLOWN_UP = 1e6
"""A loss beyond which a run is on its way to infinity, and rounding decides how fast."""

SILENT: Channel = None  # type: ignore[assignment]


def unpacked(experiment: Experiment, folder: Path, by_hand: ByHand = NOTHING) -> str:
    """Unpack the replay archive of `experiment`; the text of its script."""
    made = replay.run(replay.job(experiment, {}), SILENT)
    with zipfile.ZipFile(io.BytesIO(replay.archive(experiment, no_files, made, by_hand))) as packed:
        packed.extractall(folder)
    return next(folder.glob("*.py")).read_text(encoding="utf-8")


def in_float64(code: str) -> str:
    """The same script in double precision."""
    start = "    torch.manual_seed("
    assert start in code
    double = code.replace(start, f"    torch.set_default_dtype(torch.float64)\n{start}", 1)
    return double.replace("np.float32", "np.float64")


@pytest.mark.parametrize("name", WITH_PRESET)
def test_the_replay_of_a_preset_agrees_over_a_hundred_steps(
    name: str, torch: ModuleType, tmp_path: Path
) -> None:
    preset = long_enough(DATASETS[name].preset, STEPS)

    replayed = run(unpacked(preset, tmp_path), tmp_path)["losses"]

    np.testing.assert_allclose(replayed[:STEPS], trained(preset)[:STEPS], rtol=1e-4)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(experiment=experiments(without=("Dropout", "ReduceLROnPlateau")))
def test_the_replay_of_any_experiment_without_dropout_agrees_in_float64(
    torch: ModuleType, experiment: Experiment
) -> None:
    import engine

    with TemporaryDirectory() as name:
        folder = Path(name)
        code = in_float64(unpacked(experiment, folder))
        try:
            theirs = run(code, folder)["losses"]
            nearby = run(from_weights_nearby(code), folder)["losses"]
            ours = run(in_our_engine(code), folder)["losses"]
        except RuntimeError as error:
            assert "should be between 0 and 1" in str(error)  # a loss that refuses what has diverged
            return
        finally:
            torch.set_default_dtype(torch.float32)
            engine.set_default_dtype(engine.float32)
    assume(np.isfinite(ours).all() and max(ours) < BLOWN_UP)
    assume(np.allclose(theirs, nearby, rtol=1e-7, atol=1e-14))

    np.testing.assert_allclose(theirs, ours, rtol=1e-4, atol=1e-12)


def from_weights_nearby(code: str) -> str:
    """The same from weights with other last digits: where PyTorch disagrees with itself, a run is chaotic."""
    start = "    criterion = "
    moved = "    with torch.no_grad():\n        for p in model.parameters():\n            p.mul_(1 + 1e-13)\n"
    return code.replace(start, moved + start, 1)


def in_our_engine(code: str) -> str:
    """A torch script with the engine's imports."""
    code = code.replace("import torch\n", "import engine as torch\n").replace("from torch", "from engine")
    code = code.replace("from safetensors.torch", "from safetensors.numpy")
    read = 'load_file(REPLAY / "weights.safetensors")'
    return code.replace(read, f"{{name: torch.from_numpy(array) for name, array in {read}.items()}}")


@pytest.mark.parametrize("schedule", schedules(), ids=lambda schedule: schedule.type)
def test_the_replay_steps_its_learning_rate_as_the_run_did(
    schedule: Chosen, torch: ModuleType, tmp_path: Path
) -> None:
    experiment = scheduled(shortened(DATASETS["Moons"].preset, 8), schedule)

    code = unpacked(experiment, tmp_path)

    assert "scheduler.step(" in code
    np.testing.assert_allclose(run(code, tmp_path)["losses"], trained(experiment), rtol=1e-4)


def test_the_replay_clips_gradients_as_the_run_did(torch: ModuleType, tmp_path: Path) -> None:
    experiment = clipped(shortened(DATASETS["Moons"].preset, 4), 0.05)

    code = unpacked(experiment, tmp_path)

    assert "nn.utils.clip_grad_norm_(model.parameters(), 0.05)" in code
    np.testing.assert_allclose(run(code, tmp_path)["losses"], trained(experiment), rtol=1e-4)


def test_the_replay_weighs_classes_as_the_run_did(torch: ModuleType, tmp_path: Path) -> None:
    preset = shortened(DATASETS["Moons"].preset, 4)
    weighted = Chosen(type="CrossEntropyLoss", args={"weight": (1.0, 4.5)})
    experiment = preset.model_copy(update={"loss": weighted})

    code = unpacked(experiment, tmp_path)

    assert "criterion = nn.CrossEntropyLoss(weight=torch.tensor([1.0, 4.5]))" in code
    np.testing.assert_allclose(run(code, tmp_path)["losses"], trained(experiment), rtol=1e-4)


def test_the_weights_of_an_archive_are_those_the_run_began_with(torch: ModuleType, tmp_path: Path) -> None:
    from safetensors.torch import load_file

    preset = DATASETS["Moons"].preset
    unpacked(preset, tmp_path)

    ours = build(preset, no_files).model.state_dict()
    theirs = load_file(tmp_path / "replay" / "weights.safetensors")
    assert set(ours) == set(theirs)
    for key, weight in ours.items():
        np.testing.assert_array_equal(theirs[key].numpy(), weight.numpy())


def test_the_order_of_an_archive_is_that_of_the_run_despite_dropout(tmp_path: Path) -> None:
    preset = shortened(DATASETS["Moons"].preset, 3)
    dropping = Layer(id="drop", type="Dropout")
    experiment = preset.model_copy(update={"layers": (preset.layers[0], dropping, *preset.layers[1:])})
    trainer = Trainer(build(experiment, no_files))
    taken = []
    while not trainer.is_done:
        trainer.run_step()
        taken.append(trainer.samples)

    unpacked(experiment, tmp_path)

    order = np.load(tmp_path / "replay" / "order.npy", allow_pickle=False)
    np.testing.assert_array_equal(order.ravel(), np.concatenate(taken))


def test_an_archive_holds_what_its_script_reads_and_the_experiment(tmp_path: Path) -> None:
    preset = DATASETS["Moons"].preset

    unpacked(preset, tmp_path)

    names = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    expected = {"moons_torch.py", "experiment.json", "replay/weights.safetensors", "replay/order.npy"}
    assert names == expected
    assert Experiment.model_validate_json((tmp_path / "experiment.json").read_bytes()) == preset


def test_an_archive_of_a_long_run_holds_its_first_epochs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(replay, "MOST_POSITIONS", 1000)

    code = unpacked(DATASETS["Moons"].preset, tmp_path)

    assert np.load(tmp_path / "replay" / "order.npy").shape == (2, 350)
    assert "EPOCHS = 2\n" in code
    assert "first 2 of 60 epochs" in code


def test_a_script_with_dropout_says_that_pytorch_draws_its_own() -> None:
    preset = DATASETS["Moons"].preset
    experiment = preset.model_copy(update={"layers": (*preset.layers, Layer(id="drop", type="Dropout"))})

    assert "dropout" in script(experiment, no_files, "torch").code.partition("import")[0]


def test_an_archive_sets_the_learning_rates_that_were_set_by_hand(torch: ModuleType, tmp_path: Path) -> None:
    preset = shortened(DATASETS["Moons"].preset, 2)
    trainer = Trainer(build(preset, no_files))
    losses = []
    while not trainer.is_done:
        if trainer.step == 7:
            trainer.lr = 0.2
        losses.append(trainer.run_step())

    code = unpacked(preset, tmp_path, ByHand(learning_rates=((7, 0.2),)))

    np.testing.assert_allclose(run(code, tmp_path)["losses"], losses, rtol=1e-4)
