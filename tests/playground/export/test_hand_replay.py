"""What a person changed in a model during a run is done again by the script, at the same steps."""

from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from playground.data.registry import DATASETS
from playground.experiment.spec import Experiment
from playground.export.byhand import ByHand, by_hand
from playground.export.script import script
from playground.training.build import build
from playground.training.log import Deed
from playground.training.session import Session
from playground.training.trainer import Trainer
from tests.playground.export.running import no_files, run, shortened
from tests.playground.export.schedules import scheduled, schedules
from tests.playground.export.test_torch_script import unpacked

Command = dict[str, Any]
STEPS = 12


def edit(parameter: str, index: list[int], value: float) -> Command:
    return {"do": "edit", "parameter": parameter, "index": index, "value": value}


def mute(experiment: Experiment, place: int, unit: int, on: bool = True) -> Command:
    return {"do": "mute", "layer": experiment.layers[place].id, "unit": unit, "on": on}


def led(experiment: Experiment, commands: dict[int, list[Command]]) -> tuple[list[float], ByHand]:
    """The losses of a run with commands after so many steps, and what a script makes of these."""
    with threadpool_limits(1), np.errstate(all="ignore"):
        session = Session(Trainer(build(experiment, no_files)), None)
        losses = []
        for step in range(STEPS):
            for command in commands.get(step, []):
                assert session.obey(command) == {}
            if session.obey({"do": "step_batch"}) or session.trainer.loss is None:
                break
            losses.append(session.trainer.loss)
    return losses, by_hand([Deed.read(fields) for fields in session.record.drain()["log"]])


def moons() -> Experiment:
    return shortened(DATASETS["Moons"].preset, 3)


CHANGES = {
    2: [edit("0.weight", [1, 0], -1.25)],
    4: [mute(moons(), 0, 3), mute(moons(), 1, 5)],
    7: [mute(moons(), 1, 5, False), edit("0.bias", [2], 0.5), {"do": "set_lr", "lr": 0.05}],
    9: [mute(moons(), 0, 1)],
}


def test_the_engine_script_repeats_the_run_exactly(tmp_path: Path) -> None:
    losses, done = led(moons(), CHANGES)
    untouched, _ = led(moons(), {})

    code = script(moons(), no_files, "engine", done).code

    assert done.equal_until is None
    assert run(code, tmp_path)["losses"][:STEPS] == losses != untouched


def test_the_pytorch_replay_agrees(torch: ModuleType, tmp_path: Path) -> None:
    losses, done = led(moons(), CHANGES)

    code = unpacked(moons(), tmp_path, done)

    np.testing.assert_allclose(run(code, tmp_path)["losses"][:STEPS], losses, rtol=1e-4)


def test_channels_of_images_can_be_silent_and_a_schedule_goes_on(tmp_path: Path) -> None:
    digits = scheduled(shortened(DATASETS["Digits"].preset, 1), schedules()[-2])
    place = next(i for i, layer in enumerate(digits.layers) if layer.type == "Conv2d")
    losses, done = led(digits, {1: [mute(digits, place, 2)], 3: [edit(f"{place}.weight", [0, 0, 1, 1], 3.0)]})

    repeated = run(script(digits, no_files, "engine", done, epochs=1).code, tmp_path)["losses"]

    assert repeated[:STEPS] == losses


@st.composite
def deeds(draw: st.DrawFn) -> dict[int, list[Command]]:
    one = st.one_of(
        st.builds(
            edit,
            st.just("0.weight"),
            st.tuples(st.integers(0, 7), st.integers(0, 1)).map(list),
            st.floats(-4, 4, width=32),
        ),
        st.builds(edit, st.just("0.bias"), st.integers(0, 7).map(lambda i: [i]), st.floats(-4, 4)),
        st.builds(mute, st.just(moons()), st.integers(0, 1), st.integers(0, 7), st.booleans()),
        st.builds(lambda lr: {"do": "set_lr", "lr": lr}, st.floats(1e-4, 1)),
    )
    return draw(st.dictionaries(st.integers(0, STEPS - 1), st.lists(one, max_size=3), max_size=4))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(deeds())
def test_whatever_was_changed_is_repeated(commands: dict[int, list[Command]]) -> None:
    losses, done = led(moons(), commands)

    with TemporaryDirectory() as folder:
        repeated = run(script(moons(), no_files, "engine", done, epochs=2).code, Path(folder))["losses"]

    assert repeated[: len(losses)] == losses


@pytest.mark.parametrize("phases", [["zero_grad", "forward"], ["zero_grad", "forward", "loss", "backward"]])
def test_a_change_in_the_middle_of_a_step_ends_the_equality_and_says_so(phases: list[str]) -> None:
    _, done = led(moons(), {3: [*({"do": "phase", "phase": p} for p in phases), edit("0.bias", [0], 1.0)]})

    assert done.equal_until == 3
    assert "Phases of a step were run in another order after step 3" in " ".join(done.notes)
