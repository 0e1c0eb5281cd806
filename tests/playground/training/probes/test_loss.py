"""The loss written out: each sample's part is PyTorch's, and the sum is the loss."""

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from playground.experiment.spec import Chosen, Experiment
from tests.playground.training.experiments import CLASSIFIER, line, spiral
from tests.playground.training.probes.looking import subject, view
from tests.playground.training.probes.peer import close


def with_loss(experiment: Experiment, type: str, **args: Any) -> Experiment:
    return experiment.model_copy(update={"loss": Chosen(type=type, args=args)})


ONE = (("Linear", {"out_features": 1}),)
LOG = ("LogSoftmax", {"dim": 1})
LOSSES = {
    "cross entropy": with_loss(spiral(), "CrossEntropyLoss"),
    "smoothed": with_loss(spiral(), "CrossEntropyLoss", label_smoothing=0.2),
    "summed": with_loss(spiral(), "CrossEntropyLoss", reduction="sum"),
    "weighted": with_loss(spiral(), "CrossEntropyLoss", weight=(1.0, 4.5)),
    "weighted and smoothed": with_loss(spiral(), "CrossEntropyLoss", weight=(0.5, 2.0), label_smoothing=0.2),
    "weighted and summed": with_loss(spiral(), "CrossEntropyLoss", weight=(1.0, 4.5), reduction="sum"),
    "weighted logits": with_loss(spiral(*ONE), "BCEWithLogitsLoss", pos_weight=(3.0,)),
    "log-probabilities": with_loss(spiral(*CLASSIFIER, LOG), "NLLLoss", weight=(1.0, 4.5)),
    "probabilities": with_loss(spiral(*ONE, ("Sigmoid", {})), "BCELoss"),
    "logits": with_loss(spiral(*ONE), "BCEWithLogitsLoss"),
    "squares": with_loss(line(), "MSELoss"),
    "summed squares": with_loss(line(), "MSELoss", reduction="sum"),
    "absolute": with_loss(line(), "L1Loss"),
}


@pytest.mark.parametrize("name", LOSSES)
def test_each_samples_part_is_pytorchs_and_together_they_are_the_loss(torch: ModuleType, name: str) -> None:
    looked_at = subject(LOSSES[name])
    for phase in ("zero_grad", "forward", "loss"):
        looked_at.trainer.run_phase(phase)
    shown = view(looked_at, "step")["loss"]
    record = looked_at.recorder.latest
    assert record is not None
    assert record.output is not None

    chosen = looked_at.built.experiment.loss
    numbers = {name: torch.tensor(value) for name, value in chosen.args.items() if isinstance(value, tuple)}
    args = chosen.args | numbers
    criterion = getattr(torch.nn, chosen.type)(**{**args, "reduction": "none"})
    theirs = criterion(torch.tensor(record.output.detach().numpy()), torch.tensor(record.y.numpy()))
    close(shown["values"], theirs.reshape(-1))
    counts = args["weight"].numpy()[record.y.numpy()].sum() if "weight" in args else 8
    divisor = 1 if shown["reduction"] == "sum" else counts
    assert np.sum(shown["values"]) / divisor == pytest.approx(looked_at.trainer.loss, rel=1e-5)
    assert shown["value"] == looked_at.trainer.loss
    assert shown["count"] == 8
    heaviest = looked_at.trainer.samples[np.argsort(-theirs.reshape(-1).numpy(), kind="stable")]
    assert [term["sample"] for term in shown["terms"]] == heaviest.tolist()


def written(experiment: Experiment) -> list[str]:
    looked_at = subject(experiment)
    looked_at.trainer.run_phase("forward")
    looked_at.trainer.run_phase("loss")
    return [term["written"] for term in view(looked_at, "step")["loss"]["terms"]]


def test_the_numbers_put_into_the_formula_give_its_value() -> None:
    for text in written(LOSSES["cross entropy"]):
        probability, value = text.removeprefix("−log(").split(") = ")
        assert -np.log(float(probability)) == pytest.approx(float(value), rel=2e-3)
    for text in (*written(LOSSES["logits"]), *written(LOSSES["probabilities"])):
        inner, value = text.removeprefix("−log(").split(") = ")
        probability = 1 - float(inner[4:]) if inner.startswith("1 − ") else float(inner)
        assert -np.log(probability) == pytest.approx(float(value), rel=2e-3)
    for text in written(LOSSES["log-probabilities"]):
        inner, value = text.replace("−", "-").split(") = ")
        weight = 4.5 if text.startswith("4.5 · ") else 1
        chosen = float(inner.removeprefix("4.5 · ").removeprefix("-("))
        assert -weight * chosen == pytest.approx(float(value), rel=2e-3)
    for text in written(LOSSES["squares"]):
        assert text.startswith("(")
        difference, value = text.replace("−", "-").removeprefix("(").split(")² = ")
        left, sign, right = difference.split(" ")
        assert (float(left) + float(sign + right)) ** 2 == pytest.approx(float(value), rel=0.02, abs=1e-5)


def test_a_mean_is_written_as_a_sum_over_its_count() -> None:
    looked_at = subject(LOSSES["cross entropy"])
    looked_at.trainer.run_step()
    shown = view(looked_at, "step")["loss"]

    first = f"{shown['values'][0]:.4g}"
    assert shown["sum"].startswith(f"({first} + ")
    assert shown["sum"].endswith(f"+ …) / 8 = {shown['value']:.4g}")


def test_a_weighted_mean_is_written_as_a_sum_over_the_weights_of_its_targets() -> None:
    looked_at = subject(LOSSES["weighted"])
    looked_at.trainer.run_phase("forward")
    looked_at.trainer.run_phase("loss")
    shown = view(looked_at, "step")["loss"]
    y = looked_at.trainer.y

    assert y is not None
    weights = [("1", "4.5")[label] for label in y.tolist()]
    assert shown["formula"] == "weight[target] · −log(softmax(output)[target])"
    assert shown["sum"].endswith(f"+ …) / ({' + '.join(weights[:3])} + …) = {shown['value']:.4g}")
    for term in shown["terms"]:
        probability, value = term["written"].removeprefix("4.5 · ").removeprefix("−log(").split(") = ")
        weight = 4.5 if term["written"].startswith("4.5 · ") else 1
        assert weight == (1, 4.5)[int(term["target"])]
        assert -weight * np.log(float(probability)) == pytest.approx(float(value), rel=2e-3)


def test_a_yes_is_written_with_its_weight() -> None:
    looked_at = subject(LOSSES["weighted logits"])
    looked_at.trainer.run_phase("forward")
    looked_at.trainer.run_phase("loss")
    shown = view(looked_at, "step")["loss"]

    assert shown["formula"] == "pos_weight · −log(σ(output)) for 1, −log(1 − σ(output)) for 0"
    assert shown["sum"].endswith(f"+ …) / 8 = {shown['value']:.4g}")
    starts = {term["target"]: term["written"].partition("−log")[0] for term in shown["terms"]}
    assert starts == {1.0: "3 · ", 0.0: ""}


def test_an_extreme_output_is_written_out_too() -> None:
    looked_at = subject(LOSSES["logits"])
    looked_at.built.model[0].weight.detach().fill_(1e6)
    looked_at.trainer.run_phase("forward")
    looked_at.trainer.run_phase("loss")

    assert len(view(looked_at, "step")["loss"]["terms"]) == 8
