"""The wheel: built here, installed into an empty environment, started, loaded, trained with."""

import json
import re
import subprocess
import sys
import tarfile
import time
import uuid
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import hatch_build
from tests.playground.processes import Playground

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "static"
# Building and installing a hundred megabytes of dependencies takes longer than other tests may, and is
# done once: one worker has all of this file.
pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("packaging")]


def build(kind: str, folder: Path) -> Path:
    command = [sys.executable, "-m", "build", f"--{kind}", "--no-isolation", "--outdir", folder, ROOT]
    subprocess.run(command, check=True, capture_output=True, text=True)
    (made,) = folder.iterdir()
    return made


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment with the wheel and what it asks for, nothing else."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    programs = folder / ("Scripts" if sys.platform == "win32" else "bin")
    install = [programs / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel]
    subprocess.run(install, check=True)
    return programs


@pytest.fixture(scope="module")
def playground(installed: Path) -> Iterator[Playground]:
    with Playground(command=(str(installed / "playground"),)) as running:
        yield running


def test_the_wheel_holds_the_page_and_nothing_of_its_making(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    built = [path for path in (STATIC / "dist").rglob("*") if path.is_file()]
    assert {f"playground/{path.relative_to(ROOT).as_posix()}" for path in built} <= names
    assert {"playground/templates/index.html", "engine/__init__.py", "playground/cli.py"} <= names
    assert not [name for name in names if re.search(r"node_modules|/src/|^tests/|^benchmarks/", name)]


def test_the_installed_program_shows_the_page_with_its_script_and_style(playground: Playground) -> None:
    session = playground.session()
    page = session.get(playground.url, timeout=30)
    assert page.status_code == 200
    files = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
    assert any(name.endswith(".js") for name in files) and any(name.endswith(".css") for name in files)
    for name in files:
        file = session.get(playground.url + name, timeout=30)
        assert file.status_code == 200, name
        assert ("immutable" in file.headers["Cache-Control"]) == name.startswith("/static/assets/")


def test_the_installed_program_trains(playground: Playground) -> None:
    session = playground.session()
    spiral = session.get(f"{playground.url}/api/catalog", timeout=30).json()["datasets"][0]["preset"]
    start = {"experiment": spiral, "request_id": uuid.uuid4().hex}
    run = session.post(f"{playground.url}/api/runs", json=start, timeout=30).json()["run"]
    until = time.monotonic() + 60
    step = 0
    while step < 1:
        assert time.monotonic() < until, "it took no step"
        answer = session.post(
            f"{playground.url}/api/runs/{run}/predict", json={"inputs": [[0.0, 0.0]]}, timeout=30
        )
        step = answer.json()["step"] if answer.status_code == 200 else 0


def test_the_installed_program_exports(installed: Path, playground: Playground, tmp_path: Path) -> None:
    catalog = playground.session().get(f"{playground.url}/api/catalog", timeout=30)
    experiment = tmp_path / "experiment.json"
    experiment.write_text(json.dumps(catalog.json()["datasets"][0]["preset"]))
    command = [installed / "playground", "export", experiment, "--to", "torch"]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=True)
    compile(ended.stdout, "script.py", "exec")
    assert "import torch" in ended.stdout


def test_the_source_archive_carries_the_built_page_so_that_it_needs_no_node(tmp_path: Path) -> None:
    archive = build("sdist", tmp_path / "sdist")
    with tarfile.open(archive) as opened:
        assert not [name for name in opened.getnames() if "node_modules" in name]
        opened.extractall(tmp_path / "unpacked", filter="data")
    (unpacked,) = (tmp_path / "unpacked").iterdir()
    assert hatch_build.is_current(unpacked / "static")


def test_a_changed_source_is_built_again(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    for name in hatch_build.SOURCES[2:]:
        (tmp_path / name).write_text("")
    source = tmp_path / "src" / "main.ts"
    source.write_text("1")
    assert not hatch_build.is_current(tmp_path)
    hatch_build.stamp(tmp_path).parent.mkdir(parents=True)
    hatch_build.stamp(tmp_path).write_text(hatch_build.digest(tmp_path, hatch_build.SOURCES))
    assert hatch_build.is_current(tmp_path)
    source.write_text("2")
    assert not hatch_build.is_current(tmp_path)


def test_the_lock_file_names_no_registry() -> None:
    """`npm ci` takes packages from whatever registry the machine is set up with; hashes hold them."""
    lock = (STATIC / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert '"integrity"' in lock
