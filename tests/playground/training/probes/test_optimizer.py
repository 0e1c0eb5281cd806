"""The optimizer's state and step per layer, in PyTorch's numbers."""

from types import ModuleType

import numpy as np
import pytest

from playground.experiment.spec import Chosen
from tests.playground.training.experiments import spiral
from tests.playground.training.probes.looking import subject, view
from tests.playground.training.probes.peer import Twin, close


@pytest.mark.parametrize(
    ("type", "args", "kept"),
    [
        ("SGD", {"lr": 0.1}, []),
        ("SGD", {"lr": 0.1, "momentum": 0.9}, ["momentum_buffer"]),
        ("Adam", {"lr": 0.01}, ["exp_avg", "exp_avg_sq"]),
        ("RMSprop", {"lr": 0.01}, ["square_avg"]),
        ("Adagrad", {"lr": 0.01}, ["sum"]),
    ],
)
def test_state_norms_and_ratios_are_pytorchs(
    torch: ModuleType, type: str, args: dict[str, float], kept: list[str]
) -> None:
    looked_at = subject(spiral().model_copy(update={"optimizer": Chosen(type=type, args=args)}))
    twin = Twin(torch, looked_at)
    for _ in range(5):
        looked_at.trainer.run_step()
        twin.step()
    shown = view(looked_at, "optimizer")

    assert (shown["type"], shown["lr"]) == (type, args["lr"])
    for layer, linear in zip(shown["layers"], ("0", "2"), strict=True):
        parameters = {
            name: p for name, p in twin.model.named_parameters() if name.split(".")[0] == linear
        }
        assert layer["steps"] == 5
        assert list(layer["state"]) == kept
        for name, norm in layer["state"].items():
            state = [twin.optimizer.state[p][name].numpy().reshape(-1) for p in parameters.values()]
            close(norm, np.linalg.norm(np.concatenate(state)))
        before = np.concatenate([twin.before[name].reshape(-1) for name in parameters])
        after = np.concatenate([p.detach().numpy().reshape(-1) for p in parameters.values()])
        gradient = np.concatenate([p.grad.numpy().reshape(-1) for p in parameters.values()])
        np.testing.assert_allclose(
            layer["update_ratio"], np.linalg.norm(after - before) / np.linalg.norm(before), rtol=1e-3
        )
        close(layer["gradient_norm"], np.linalg.norm(gradient))
        moved = np.abs(after - before)[gradient != 0] / np.abs(gradient[gradient != 0])
        np.testing.assert_allclose(layer["effective_median"], np.median(moved), rtol=0.01)


def test_plain_descent_has_one_learning_rate_and_adam_one_for_each_element() -> None:
    for type, same in (("SGD", True), ("Adam", False)):
        looked_at = subject(spiral().model_copy(update={"optimizer": Chosen(type=type, args={"lr": 0.05})}))
        for _ in range(5):
            looked_at.trainer.run_step()
        layer = view(looked_at, "optimizer")["layers"][0]
        assert (layer["effective_high"] < 1.2 * layer["effective_median"]) == same


def test_the_options_are_the_optimizers_own() -> None:
    adam = Chosen(type="Adam", args={"lr": 0.01, "weight_decay": 0.5})
    shown = view(subject(spiral().model_copy(update={"optimizer": adam})), "optimizer")

    assert (shown["lr"], shown["options"]["weight_decay"], shown["options"]["amsgrad"]) == (0.01, 0.5, False)
    assert "foreach" not in shown["options"]
    assert "params" not in shown["options"]


def test_before_the_first_step_there_is_no_update_to_show() -> None:
    layer = view(subject(spiral()), "optimizer")["layers"][0]

    assert (layer["steps"], layer["state"]) == (0, {})
    assert (layer["update_norm"], layer["update_ratio"]) == (None, None)


def test_the_healthy_band_names_its_source() -> None:
    shown = view(subject(spiral()), "optimizer")

    assert tuple(shown["healthy"]) == (1e-4, 1e-2)
    assert "CS231n" in shown["healthy_source"]
