"""The formula of one output, with numbers in it, gives that output."""

import re

import numpy as np
import pytest

import engine as torch
from engine import nn
from playground.experiment.catalog import LAYERS
from playground.training.formulas import EXPLAINED, explain

CASES: list[tuple[nn.Module, tuple[int, ...]]] = [
    (nn.Linear(3, 2), (3,)),
    (nn.Linear(12, 2, bias=False), (12,)),
    (nn.Conv2d(2, 4, 3, padding=1, stride=2, groups=2), (2, 5, 5)),
    (nn.Conv2d(1, 2, (2, 1), dilation=2), (1, 6, 6)),
    (nn.MaxPool2d(2), (2, 4, 4)),
    (nn.AvgPool2d((2, 1), stride=2), (2, 4, 4)),
    (nn.MaxPool2d(3, padding=1), (1, 6, 6)),
    (nn.ReLU(), (4,)),
    (nn.LeakyReLU(0.1), (4,)),
    (nn.Tanh(), (4,)),
    (nn.Sigmoid(), (4,)),
    (nn.GELU(), (4,)),
    (nn.Softmax(dim=1), (4,)),
    (nn.LogSoftmax(dim=1), (4,)),
    (nn.BatchNorm1d(4), (4,)),
    (nn.BatchNorm2d(2, affine=False), (2, 3, 3)),
    (nn.LayerNorm(4), (4,)),
    (nn.LayerNorm((3, 3), elementwise_affine=False), (2, 3, 3)),
    (nn.Dropout(0.5), (4,)),
    (nn.Flatten(), (2, 2, 2)),
]


def made(layer: nn.Module, shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    torch.manual_seed(3)
    x = torch.randn(1, *shape)
    return x.numpy()[0], layer.eval()(x).detach().numpy()[0]


def evaluated(numbers: str) -> float:
    """What the written numbers come to."""
    from math import erf, exp, sqrt, tanh

    code = numbers.replace("−", "-").replace("·", "*").replace("√", "sqrt")
    names = {
        "exp": exp,
        "tanh": tanh,
        "sqrt": sqrt,
        "max": max,
        "min": min,
        "mean": lambda *values: sum(values) / len(values),
        "Φ": lambda value: 0.5 * (1 + erf(value / sqrt(2))),
    }
    return float(eval(code, {"__builtins__": {}}, names))


@pytest.mark.parametrize(("layer", "shape"), CASES, ids=lambda case: str(case))
def test_the_written_numbers_give_the_output(layer: nn.Module, shape: tuple[int, ...]) -> None:
    x, y = made(layer, shape)
    for unit in (0, y.size - 1):
        _, text = explain(layer, x, y, unit)
        left, _, right = text.rpartition(" = ")

        assert evaluated(right) == pytest.approx(float(y.reshape(-1)[unit]), rel=1e-3, abs=1e-6)
        if "…" not in left:
            assert evaluated(left) == pytest.approx(float(y.reshape(-1)[unit]), rel=5e-3, abs=2e-3)


def test_a_long_sum_shows_its_largest_products_and_says_how_many_are_left_out() -> None:
    layer = nn.Linear(20, 3)
    x, y = made(layer, (20,))

    formula, text = explain(layer, x, y, 1)

    assert formula == "y[1] = Σᵢ weight[1, i] · x[i] + bias[1]"
    assert "(16 smaller)" in text
    largest = np.abs(layer.weight.detach().numpy()[1] * x).max()
    first = re.match(r"−?([\d.e−]+)·\(?(−?[\d.e]+)\)?", text)
    assert first is not None
    assert abs(evaluated(first[1]) * evaluated(first[2])) == pytest.approx(largest, rel=1e-2)


def test_every_layer_of_the_palette_is_explained() -> None:
    assert set(LAYERS) <= {layer.__name__ for layer in EXPLAINED}
