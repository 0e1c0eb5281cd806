"""`playground train` and `playground export`, without the page."""

from pathlib import Path

import pytest

from playground.cli import main
from playground.data.files import Files
from playground.data.registry import DATASETS
from playground.experiment.spec import Experiment, Layer
from playground.export.script import script
from tests.playground.export.csv_experiments import csv_experiment
from tests.playground.export.running import no_files, shortened

NAMES = ["width", "height", "colour", "kind", "left", "right"]


def written(experiment: Experiment, folder: Path) -> Path:
    path = folder / "experiment.json"
    path.write_text(experiment.model_dump_json(), encoding="utf-8")
    return path


@pytest.mark.parametrize("to", ["torch", "engine"])
def test_export_prints_the_script(to: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    preset = DATASETS["Moons"].preset

    status = main(["export", str(written(preset, tmp_path)), "--to", to])

    assert status == 0
    assert capsys.readouterr().out == script(preset, no_files, to).code  # type: ignore[arg-type]


def test_train_shows_its_progress_and_ends_with_the_scores(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["train", str(written(shortened(DATASETS["Moons"].preset, 2), tmp_path))])

    shown = capsys.readouterr()
    assert status == 0
    assert "22/22" in shown.err
    assert "validation accuracy" in shown.out


def test_a_csv_is_found_beside_the_experiment(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = Files()
    experiment = csv_experiment(files, NAMES, "table.csv")
    source = files.get("me", experiment.data.csv.sha256 if experiment.data.csv else "")
    assert source is not None
    (tmp_path / "table.csv").write_bytes(source.read_bytes())
    files.close()

    assert main(["train", str(written(experiment, tmp_path))]) == 0
    assert "accuracy" in capsys.readouterr().out


def test_a_csv_that_is_not_there_is_asked_for_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = Files()
    experiment = csv_experiment(files, NAMES, "table.csv")
    files.close()

    assert main(["train", str(written(experiment, tmp_path))]) == 1
    assert "table.csv" in capsys.readouterr().err


def test_another_csv_of_that_name_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = Files()
    experiment = csv_experiment(files, NAMES, "table.csv")
    files.close()
    (tmp_path / "table.csv").write_text("another,one\n1,2\n", encoding="utf-8")

    assert main(["train", str(written(experiment, tmp_path))]) == 1
    assert "another file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "no JSON"),
        ("[]", "experiment.json"),
        ("{}", "data: data is missing."),
        ("\udc80", "no JSON"),
        ("[" * 100_000, "no JSON"),
    ],
)
def test_what_is_no_experiment_is_refused_in_words(
    content: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "experiment.json"
    path.write_bytes(content.encode(errors="surrogateescape"))

    assert main(["train", str(path)]) == 1
    assert words in capsys.readouterr().err


def test_a_file_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", str(tmp_path / "nothing.json"), "--to", "torch"]) == 1
    assert "nothing.json" in capsys.readouterr().err


def test_an_impossible_stack_is_named_at_its_layer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    preset = DATASETS["Moons"].preset
    wrong = Layer(id="conv", type="Conv2d", args={"out_channels": 2, "kernel_size": 3})

    path = written(preset.model_copy(update={"layers": (wrong, *preset.layers)}), tmp_path)

    assert main(["train", str(path)]) == 1
    assert "layers/0" in capsys.readouterr().err


def test_a_run_that_diverges_says_so_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    preset = DATASETS["Linear regression"].preset
    wild = preset.optimizer.model_copy(update={"args": {"lr": 9.0}})

    assert main(["train", str(written(preset.model_copy(update={"optimizer": wild}), tmp_path))]) == 1
    assert "In step" in capsys.readouterr().err
