"""A step that breaks is taken apart: the first number that is not finite, who made it, and of what."""

import numpy as np
import pytest

import engine as torch
from engine.capture.notes.recorder import Recorder
from playground.data.registry import DATASETS
from playground.training.detective.arithmetic import arithmetic
from playground.training.detective.examine import examine
from playground.training.detective.watch import Watcher
from playground.training.trainer import PHASES
from tests.playground.training.detective.faults import FAULTS, Fault, weights
from tests.playground.training.experiments import spiral, trainer

PRESETS = [name for name, dataset in DATASETS.items() if dataset.source != "file"]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_planted_fault_is_named(fault: Fault) -> None:
    broken = trainer(fault.experiment)
    fault.plant(broken)
    step, culprit, seen = examine(broken)
    while culprit is None and not broken.is_done:
        step, culprit, seen = examine(broken)

    assert culprit is not None
    told = arithmetic(culprit)
    named = (step, culprit.phase, culprit.layer and culprit.layer.name, culprit.name)
    assert named == (fault.step, fault.phase, fault.layer, fault.op), told.text
    assert fault.words in told.text
    assert not np.isfinite(culprit.value)
    for name, array in culprit.inputs.items():
        assert culprit.part == "given" or np.isfinite(array).all(), name
    for name, place in told.marked.items():
        assert culprit.inputs[name][place] is not None
    assert (seen[-1].name, np.isfinite(seen[-1].largest)) == (fault.op, False)


@pytest.mark.parametrize("name", PRESETS)
def test_a_healthy_preset_has_no_culprit_and_is_observed_to_the_bit(name: str) -> None:
    observed, plain = (trainer(DATASETS[name].preset) for _ in range(2))
    state = torch.get_rng_state()
    for _ in range(5):
        assert examine(observed).culprit is None
    torch.set_rng_state(state)
    for _ in range(5):
        for phase in PHASES:
            plain.run_phase(phase)

    assert observed.loss == plain.loss
    for a, b in zip(observed.built.model.parameters(), plain.built.model.parameters(), strict=True):
        np.testing.assert_array_equal(a.detach().numpy(), b.detach().numpy())


def test_every_call_of_a_step_is_seen_with_its_phase_and_layer() -> None:
    calls = examine(trainer(spiral())).seen
    seen = [(call.phase, call.layer and call.layer.name, call.name) for call in calls]

    assert seen[:4] == [
        ("forward", "Linear 1", "F.linear"),
        ("forward", "ReLU 1", "F.relu"),
        ("forward", "Linear 2", "F.linear"),
        ("loss", None, "F.cross_entropy"),
    ]
    backward = [layer for phase, layer, _ in seen if phase == "backward"]
    assert backward == [None, "Linear 2", "ReLU 1", "Linear 1"]


def test_a_call_is_written_as_one_would_call_it_in_pytorch() -> None:
    preset = DATASETS["Digits"].preset
    broken = trainer(preset)
    weights(3e38)(broken)
    culprit = examine(broken).culprit

    assert culprit is not None
    assert culprit.line == "F.conv2d(input, weight, bias, padding=(1, 1))"
    assert arithmetic(culprit).marked["input"][:2] == (0, 0)


def test_all_that_the_engine_shows_is_taken() -> None:
    shown = {name for name in vars(Recorder) if not name.startswith("_")} - {"finish", "changed_modules"}
    assert {name for name in shown if not callable(getattr(Watcher, name, None))} == set()
