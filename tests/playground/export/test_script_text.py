"""A script is text that holds what a user typed as literals only, and reads as one would write it."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from playground.data.files import Files
from playground.data.registry import DATASETS
from playground.experiment.spec import Experiment
from playground.experiment.syntax import parse
from playground.export.byhand import ByHand
from playground.export.imports import Library
from playground.export.script import script
from tests.playground.export.csv_experiments import HOSTILE, NAMES, csv_experiment
from tests.playground.export.random_experiments import experiments
from tests.playground.export.running import no_files, run, trained

WITH_PRESET = [name for name, dataset in DATASETS.items() if dataset.source != "file"]
HARMLESS = ["width", "height", "colour", "kind", "left", "right"]


@pytest.fixture(scope="module")
def files() -> Iterator[Files]:
    made = Files()
    yield made
    made.close()


def structure(code: str) -> str:
    """The syntax tree with every text replaced by one and the same."""
    tree = parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = "text"
    return ast.dump(tree)


def lint(code: str, folder: Path) -> str:
    """What ruff finds in a script: unused or undefined names, imports out of order, long lines."""
    path = folder / "script.py"
    path.write_text(code, encoding="utf-8")
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--select=E,F,W,I,B,N,UP"]
    options = ["--line-length=110", "--output-format=concise", path.name]
    return subprocess.run(
        [*command, *options], cwd=folder, capture_output=True, text=True, check=False
    ).stdout


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(names=NAMES, file_name=HOSTILE)
def test_hostile_names_change_no_structure_of_a_script(
    files: Files, names: list[str], file_name: str
) -> None:
    find = partial(files.get, "me")
    hostile = csv_experiment(files, names, file_name)
    harmless = csv_experiment(files, HARMLESS, "table.csv")

    for flavour in ("torch", "engine"):
        code = script(hostile, find, flavour).code
        assert structure(code) == structure(script(harmless, find, flavour).code)


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(names=NAMES)
def test_a_script_over_hostile_names_repeats_its_run(
    files: Files, tmp_path_factory: pytest.TempPathFactory, names: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("script")
    find = partial(files.get, "me")
    experiment = csv_experiment(files, names, "table.csv")
    source = find(experiment.data.csv.sha256 if experiment.data.csv else "")
    assert source is not None
    (folder / "table.csv").write_bytes(source.read_bytes())

    assert run(script(experiment, find, "engine").code, folder)["losses"] == trained(experiment, find)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(experiments())
def test_both_scripts_of_any_experiment_differ_in_their_imports_only(experiment: Experiment) -> None:
    def body(flavour: Library) -> list[str]:
        tree = parse(script(experiment, no_files, flavour).code)
        return [ast.dump(s) for s in tree.body[1:] if not isinstance(s, ast.Import | ast.ImportFrom)]

    assert body("torch") == body("engine")


@pytest.mark.parametrize("flavour", ["torch", "engine"])
@pytest.mark.parametrize("name", WITH_PRESET)
def test_a_script_has_nothing_that_a_linter_would_point_at(
    name: str, flavour: Library, tmp_path: Path
) -> None:
    code = script(DATASETS[name].preset, no_files, flavour).code

    assert lint(code, tmp_path) == "All checks passed!\n"


def test_a_script_without_held_out_samples_has_no_unused_set(tmp_path: Path) -> None:
    preset = DATASETS["Moons"].preset
    experiment = preset.model_copy(update={"data": preset.data.model_copy(update={"validation_share": 0})})

    assert lint(script(experiment, no_files, "torch").code, tmp_path) == "All checks passed!\n"


def test_the_torch_script_says_what_to_install() -> None:
    assert "pip install torch numpy scikit-learn" in script(DATASETS["Iris"].preset, no_files, "torch").code


def test_the_engine_script_says_how_to_install_the_engine() -> None:
    head = ast.get_docstring(parse(script(DATASETS["Iris"].preset, no_files, "engine").code))

    assert head is not None
    assert "pip install ." in head


def test_what_cannot_be_replayed_is_named_at_the_head() -> None:
    done = ByHand(notes=("After step 7 the phases of a step were run in another order.",), equal_until=7)

    made = script(DATASETS["Moons"].preset, no_files, "torch", done)

    head = ast.get_docstring(parse(made.code))
    assert head is not None
    assert "After step 7 the phases" in head
    assert "Up to step 7" in head
    assert made.equal_until == 7


def test_muted_layers_are_absent() -> None:
    preset = DATASETS["Moons"].preset
    layers = [layer.model_copy(update={"muted": layer.type == "ReLU"}) for layer in preset.layers]

    code = script(preset.model_copy(update={"layers": tuple(layers)}), no_files, "torch").code

    assert "nn.ReLU" not in code
