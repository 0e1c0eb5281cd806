"""One sample's way through the model: values, loss and gradient are PyTorch's for the same weights."""

from types import ModuleType
from typing import Any

import numpy as np
import pytest

import engine
from playground.data.registry import DATASETS
from playground.experiment.spec import Experiment
from playground.protocol.answers import SampleReply
from playground.training.sample import follow
from playground.training.session import Session
from playground.training.trainer import Trainer
from tests.playground.training.experiments import Row, line, spiral, trainer

NORMED: tuple[Row, ...] = (
    ("Linear", {"out_features": 6}),
    ("BatchNorm1d", {}),
    ("Dropout", {"p": 0.5}),
    ("GELU", {}),
    ("LayerNorm", {}),
    ("Linear", {"out_features": 2}),
)
EXPERIMENTS = [spiral(), spiral(*NORMED), line(), DATASETS["Digits"].preset]


def trained(experiment: Experiment, steps: int = 6) -> Trainer:
    made = trainer(experiment)
    for _ in range(steps):
        made.run_step()
    return made


def asked(of: Trainer, index: int = 0, split: str = "training", **units: int) -> SampleReply:
    return SampleReply.model_validate(follow(of, index, split, units))


def in_pytorch(torch: ModuleType, made: Trainer) -> tuple[Any, Any]:
    """The same model with the same weights in evaluation mode, and the same loss."""
    built = made.built
    modules = []
    for layer in built.layers:
        args = dict(built.experiment.layers[layer.position].args)
        weight = getattr(layer.module, "weight", None)
        match type(layer.module).__name__:
            case "Linear":
                args["in_features"] = weight.shape[1]
            case "Conv2d":
                args["in_channels"] = weight.shape[1]
            case "BatchNorm1d" | "BatchNorm2d":
                args["num_features"] = weight.shape[0]
            case "LayerNorm":
                args["normalized_shape"] = tuple(weight.shape)
        modules.append(getattr(torch.nn, type(layer.module).__name__)(**args))
    model = torch.nn.Sequential(*modules)
    model.load_state_dict({k: torch.tensor(v.numpy()) for k, v in built.model.state_dict().items()})
    return model.eval(), getattr(torch.nn, type(built.criterion).__name__)()


def tensors(torch: ModuleType, made: Trainer, index: int) -> tuple[Any, Any]:
    data = made.built.prepared
    return torch.tensor(data.x_train[index : index + 1]), torch.tensor(data.y_train[index : index + 1])


def gradient_norm(torch: ModuleType, model: Any, loss: Any, part: Any = None) -> float:
    model.zero_grad()
    loss.backward(retain_graph=True)
    gradients = [p.grad.reshape(-1) for p in (part or model).parameters()]
    return float(torch.cat(gradients).norm())


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=["spiral", "norms", "line", "digits"])
def test_values_loss_and_gradient_are_pytorchs(experiment: Experiment, torch: ModuleType) -> None:
    made = trained(experiment)
    reply = asked(made, 3)
    model, criterion = in_pytorch(torch, made)
    x, y = tensors(torch, made, 3)

    passed = x
    for stage, layer in zip(reply.stages, model, strict=True):
        passed = layer(passed)
        values = passed.detach().numpy()
        assert stage.shape == list(values.shape[1:])
        np.testing.assert_allclose(stage.values, values.reshape(-1)[:4096], rtol=1e-4, atol=1e-5)
    loss = criterion(passed, y)
    assert reply.loss == pytest.approx(loss.item(), rel=1e-4, abs=1e-6)
    assert reply.gradient_norm == pytest.approx(gradient_norm(torch, model, loss), rel=1e-3)
    for stage, layer in zip(reply.stages, model, strict=True):
        has_parameters = bool(list(layer.parameters()))
        assert (stage.gradient_norm is not None) == has_parameters
        if has_parameters:
            expected = gradient_norm(torch, model, loss, layer)
            assert stage.gradient_norm == pytest.approx(expected, rel=1e-3, abs=1e-6)


def test_the_share_is_the_samples_part_of_its_batchs_norms(torch: ModuleType) -> None:
    made = trained(spiral())
    index = int(made.built.order.positions[11])  # type: ignore[union-attr]
    reply = asked(made, index)
    model, criterion = in_pytorch(torch, made)
    norms = {}
    for other in made.built.order.batch(1).tolist():  # type: ignore[union-attr]
        x, y = tensors(torch, made, other)
        norms[other] = gradient_norm(torch, model, criterion(model(x), y))

    assert reply.place is not None
    assert (reply.place.batch, reply.place.batches, reply.place.place, reply.place.size) == (1, 4, 3, 8)
    assert reply.gradient_share == pytest.approx(norms[index] / sum(norms.values()), rel=1e-3)
    shares = [asked(made, other).gradient_share for other in norms]
    assert sum(share for share in shares if share is not None) == pytest.approx(1)


def test_the_gradient_of_a_sample_counts_as_much_as_its_class() -> None:
    plain, weighted = trainer(spiral()), trainer(spiral(loss_args={"weight": (1.0, 4.5)}))
    for index in range(4):
        one, other = asked(plain, index), asked(weighted, index)
        factor = (1.0, 4.5)[int(one.truth)]

        assert other.loss == pytest.approx(factor * one.loss, rel=1e-5)
        assert other.gradient_norm == pytest.approx(factor * one.gradient_norm, rel=1e-5)


def test_before_the_first_step_and_for_held_out_samples_there_is_no_place() -> None:
    assert asked(trainer(spiral())).place is None
    held_out = asked(trained(spiral()), 2, "validation")

    assert (held_out.place, held_out.gradient_share) == (None, None)
    assert held_out.gradient_norm is not None


def test_classes_come_with_probabilities_and_a_regression_in_the_units_of_the_data() -> None:
    spirals, lines = asked(trained(spiral())), trained(line())
    reply = asked(lines, 5)

    assert spirals.probabilities is not None
    assert sum(p for p in spirals.probabilities if p is not None) == pytest.approx(1)
    assert spirals.predicted in (0, 1)
    prepared = lines.built.prepared
    assert reply.truth == pytest.approx(float(prepared.values(prepared.y_train[5])[0]))
    assert reply.probabilities is None


def test_asking_changes_nothing_of_the_run() -> None:
    def led(asks: bool) -> list[Any]:
        session = Session(trainer(spiral(*NORMED)), None)
        for _ in range(6):
            session.obey({"do": "phase", "phase": "zero_grad"})
            session.obey({"do": "phase", "phase": "forward"})
            for split in ("training", "validation") if asks else ():
                session.obey({"do": "sample", "index": 1, "split": split, "units": {}})
            session.obey({"do": "step_batch"})
        return list(session.trainer.built.model.state_dict().values())

    for one, other in zip(led(True), led(False), strict=True):
        assert engine.equal(one, other)


@pytest.mark.parametrize(
    ("split", "index", "words"),
    [("training", 32, "32 training samples"), ("validation", 8, "8 validation samples")],
)
def test_a_sample_that_is_not_there_is_refused_in_words(split: str, index: int, words: str) -> None:
    assert words in follow(trainer(spiral()), index, split, {})["error"]


def test_a_layer_that_takes_no_single_sample_refuses_in_its_words() -> None:
    rows: tuple[Row, ...] = (
        ("Linear", {"out_features": 4}),
        ("BatchNorm1d", {"track_running_stats": False}),
        ("Linear", {"out_features": 2}),
    )
    asked_of = Session(trainer(spiral(*rows)), None)
    answer = asked_of.obey({"do": "sample", "index": 0, "split": "training", "units": {}})

    assert "Expected more than 1 value per channel" in answer["error"]
    assert asked_of.obey({"do": "step_batch"}) == {}


def test_a_streams_training_samples_are_gone() -> None:
    assert "drawn on the way" in follow(trainer(DATASETS["Stream"].preset), 0, "training", {})["error"]
