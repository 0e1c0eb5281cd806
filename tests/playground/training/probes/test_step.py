"""What a step changed, in PyTorch's numbers, and in words where it is out of the ordinary."""

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from playground.data.registry import DATASETS
from playground.experiment.spec import Chosen, Experiment
from playground.training.norms import Norms
from playground.training.probes import Recorder, Subject
from playground.training.probes.update import terms
from tests.playground.training.experiments import spiral, trainer
from tests.playground.training.probes.looking import PHASES, subject, view
from tests.playground.training.probes.peer import Twin, close

DEEP = (
    ("Linear", {"out_features": 8}),
    ("BatchNorm1d", {}),
    ("Tanh", {}),
    ("Linear", {"out_features": 2}),
)
OPTIMIZERS: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.01}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
    ("SGD", {"lr": 0.1, "momentum": 0.5, "dampening": 0.3, "maximize": True}),
    ("Adam", {"lr": 0.01}),
    ("Adam", {"lr": 0.01, "weight_decay": 0.1, "amsgrad": True}),
    ("AdamW", {"lr": 0.01, "weight_decay": 0.1}),
    ("RMSprop", {"lr": 0.01}),
    ("RMSprop", {"lr": 0.01, "centered": True, "momentum": 0.5}),
    ("Adagrad", {"lr": 0.1, "lr_decay": 0.1}),
]


def with_optimizer(type: str, args: dict[str, Any], *rows: Any) -> Experiment:
    return spiral(*rows).model_copy(update={"optimizer": Chosen(type=type, args=args)})


@pytest.mark.parametrize(
    "experiment", [spiral(*DEEP), DATASETS["Digits"].preset], ids=["dense with batch norm", "convolution"]
)
def test_activations_and_gradients_are_pytorchs(torch: ModuleType, experiment: Experiment) -> None:
    looked_at = subject(experiment)
    twin = Twin(torch, looked_at)
    for _ in range(3):
        looked_at.trainer.run_step()
        twin.step()
    shown = view(looked_at, "step")

    gradients = iter(twin.model.parameters())
    for layer, output in zip(shown["layers"], twin.outputs, strict=True):
        assert layer["output"]["shape"] == list(output.shape)
        rows, columns = layer["output"]["values"].shape
        for corner, tensor in ((layer["output"], output), (layer["output_gradient"], output.grad)):
            if corner is not None:
                close(corner["values"], tensor.detach().numpy().reshape(len(output), -1)[:rows, :columns])
                close(corner["mean"], tensor.mean())
                close(corner["std"], tensor.std(unbiased=False))
        for each in layer["gradients"]:
            close(each["gradient"]["low"], next(gradients).grad.min())
    assert next(gradients, None) is None


@pytest.mark.parametrize(("type", "args"), OPTIMIZERS)
def test_an_update_is_explained_in_pytorchs_numbers(
    torch: ModuleType, type: str, args: dict[str, Any]
) -> None:
    looked_at = subject(with_optimizer(type, args))
    twin = Twin(torch, looked_at)
    for _ in range(4):
        looked_at.trainer.run_step()
        twin.step()
        theirs = list(twin.model.named_parameters())
        for update, (name, parameter) in zip(view(looked_at, "step")["updates"], theirs, strict=True):
            index = tuple(update["index"])
            said = {term["name"]: term["value"] for term in update["terms"]}
            close(update["old"], twin.before[name][index])
            close(update["new"], parameter[index])
            close(said["gradient"], parameter.grad[index])
            for kept in ("exp_avg", "exp_avg_sq", "max_exp_avg_sq", "momentum_buffer", "square_avg", "sum"):
                if kept in twin.optimizer.state[parameter]:
                    close(said[kept], twin.optimizer.state[parameter][kept][index])
            explained = said["step"] + said.get("decay of the weight", 0.0)
            np.testing.assert_allclose(explained, said["change"], rtol=1e-3, atol=1e-7)


def test_adams_terms_lead_from_the_gradient_to_the_step() -> None:
    looked_at = subject(with_optimizer("Adam", {"lr": 0.01}))
    looked_at.trainer.run_step()
    terms = view(looked_at, "step")["updates"][0]["terms"]
    said = {term["name"]: term["value"] for term in terms}

    assert list(said) == [
        "gradient", "exp_avg", "exp_avg_sq", "steps", "m̂", "v̂", "divisor", "effective lr", "step", "change"
    ]  # fmt: skip
    assert said["m̂"] == pytest.approx(said["gradient"], rel=1e-5)
    assert said["step"] == pytest.approx(-0.01 * np.sign(said["gradient"]), rel=1e-4)
    assert terms[1]["numbers"].startswith("0.9 · 0 + 0.1 · ")


def test_an_optimizer_without_a_rule_here_shows_what_it_keeps() -> None:
    looked_at = subject(with_optimizer("Adam", {"lr": 0.01}))
    looked_at.trainer.run_step()
    record = looked_at.recorder.latest
    assert record is not None

    names = [term["name"] for term in terms("Newest", record.parameters[0], (0, 0), record.options)]
    assert names == ["gradient", "step", "exp_avg", "exp_avg_sq", "lr", "change"]


def test_each_phase_fills_in_what_it_made() -> None:
    looked_at = subject(spiral())
    filled = []
    for phase in PHASES:
        looked_at.trainer.run_phase(phase)
        shown = view(looked_at, "step")
        assert (shown["step"], shown["phase"], shown["recorded"]) == (1, phase, True)
        first = shown["layers"][0]
        filled.append(
            (
                first["output"] is not None,
                shown["loss"] is not None,
                bool(first["gradients"]),
                bool(shown["updates"]),
            )
        )

    assert filled == [
        (False, False, False, False),
        (True, False, False, False),
        (True, True, False, False),
        (True, True, True, False),
        (True, True, True, True),
    ]


def test_gradients_pile_up_without_zero_grad_and_the_view_says_so() -> None:
    looked_at = subject(spiral())
    for phase in ("forward", "loss", "backward"):
        looked_at.trainer.run_phase(phase)
    once = view(looked_at, "step")["layers"][0]["gradients"][0]["gradient"]["values"]
    for phase in ("forward", "loss", "backward"):
        looked_at.trainer.run_phase(phase)
    twice = view(looked_at, "step")

    np.testing.assert_allclose(twice["layers"][0]["gradients"][0]["gradient"]["values"], 2 * once, rtol=1e-5)
    assert twice["backwards"] == 2
    assert twice["note"].startswith("The gradients of 2 backwards have piled up")


def test_step_before_backward_changes_nothing_and_says_why() -> None:
    looked_at = subject(spiral())
    for phase in ("zero_grad", "forward", "step"):
        looked_at.trainer.run_phase(phase)
    shown = view(looked_at, "step")

    assert shown["updates"] == []
    assert shown["note"].startswith("step found no gradients")


def test_a_step_taken_unseen_is_said_to_be_unrecorded() -> None:
    looked_at = subject(spiral())
    looked_at.recorder.disarm()
    looked_at.trainer.run_step()
    shown = view(looked_at, "step")

    assert (shown["recorded"], shown["loss"], shown["updates"]) == (False, None, [])
    assert shown["layers"][0]["gradients"]


def test_before_and_after_are_the_same_corner_of_the_parameter() -> None:
    looked_at = subject(spiral())
    before = looked_at.built.model[0].weight.detach().numpy().copy()
    looked_at.trainer.run_step()
    update = view(looked_at, "step")["updates"][0]
    after = looked_at.built.model[0].weight.detach().numpy()

    np.testing.assert_array_equal(update["before"], before)
    np.testing.assert_array_equal(update["after"], after)
    assert update["moved"] == pytest.approx(np.linalg.norm(after - before), rel=1e-5)
    assert tuple(update["index"]) == np.unravel_index(np.abs(after - before).argmax(), after.shape)


def test_a_step_without_a_forward_shows_what_it_changed() -> None:
    looked_at = subject(spiral())
    looked_at.trainer.run_step()
    looked_at.trainer.run_phase("step")
    shown = view(looked_at, "step")

    assert (shown["step"], shown["phase"], shown["loss"]) == (2, "step", None)
    assert shown["layers"][0]["output"] is None
    change = shown["updates"][0]
    assert {term["name"]: term["value"] for term in change["terms"]}["step"] == pytest.approx(
        change["new"] - change["old"], rel=1e-4
    )


def test_only_the_parameters_that_changed_most_are_explained() -> None:
    layers = tuple(("Linear", {"out_features": 4}) for _ in range(30))
    looked_at = subject(spiral(*layers, ("Linear", {"out_features": 2}), optimizer="Adam"))
    looked_at.trainer.run_step()
    updates = view(looked_at, "step")["updates"]
    change = {bool(each["terms"]): [] for each in updates}
    for each in updates:
        change[bool(each["terms"])].append(abs(each["new"] - each["old"]))

    assert (len(change[True]), len(change[False])) == (32, 30)
    assert min(change[True]) >= max(change[False])


def test_after_steps_at_full_speed_the_last_recorded_one_is_shown_whole_and_named() -> None:
    states = ["running"]
    trained = trainer(spiral())
    recorder = Recorder(trained, running=lambda: states[-1] == "running")
    looked_at = Subject(trained, Norms(trained), recorder)
    recorder.arm()
    for _ in range(3):
        trained.run_step()
    for state in ("running", "paused"):
        states.append(state)
        shown = view(looked_at, "step")
        assert (shown["step"], shown["phase"], shown["recorded"]) == (1, "step", True)
        assert shown["note"] == "Step 1 is the last that was recorded; the run is at step 3."
        assert len(shown["updates"]) == 4

    trained.run_phase("zero_grad")
    shown = view(looked_at, "step")
    assert (shown["step"], shown["phase"], shown["loss"], shown["note"]) == (4, "zero_grad", None, "")


def test_a_step_that_begins_again_shows_nothing_of_its_first_try() -> None:
    looked_at = subject(spiral())
    looked_at.trainer.run_phase("forward")
    looked_at.trainer.begin_step_again()
    shown = view(looked_at, "step")

    assert (shown["phase"], shown["layers"][0]["output"]) == (None, None)
