"""The PyTorch text of each part, as one would write it."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.experiment.code import layer_code, loader_code, loss_code, model_code, optimizer_code
from playground.experiment.spec import Chosen, Data
from tests.playground.experiment.experiments import checked, experiment, layer


@pytest.mark.parametrize(
    ("given", "inferred", "expected"),
    [
        (layer("Linear", out_features=16), {"in_features": 2}, "nn.Linear(2, 16)"),
        (layer("Linear", out_features=16, bias=True), {"in_features": 2}, "nn.Linear(2, 16)"),
        (layer("Linear", bias=False, out_features=16), {"in_features": 2}, "nn.Linear(2, 16, bias=False)"),
        (
            layer("Conv2d", padding=1, kernel_size=3, out_channels=8),
            {"in_channels": 1},
            "nn.Conv2d(1, 8, 3, padding=1)",
        ),
        (layer("MaxPool2d", kernel_size=2), {}, "nn.MaxPool2d(2)"),
        (layer("Dropout", p=0.3), {}, "nn.Dropout(p=0.3)"),
        (layer("Dropout", p=0.5), {}, "nn.Dropout()"),
        (layer("Softmax", dim=1), {}, "nn.Softmax(dim=1)"),
        (layer("GELU", approximate="tanh"), {}, 'nn.GELU(approximate="tanh")'),
        (layer("BatchNorm1d"), {"num_features": 4}, "nn.BatchNorm1d(4)"),
        (layer("LayerNorm"), {"normalized_shape": 4}, "nn.LayerNorm(4)"),
        (layer("ReLU"), {}, "nn.ReLU()"),
    ],
)
def test_a_layer_is_written_without_its_defaults(given, inferred, expected):
    assert layer_code(given, inferred) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (Chosen(type="Adam", args={"lr": 0.03}), "optimizer = torch.optim.Adam(model.parameters(), lr=0.03)"),
        (Chosen(type="Adam", args={"lr": 0.001}), "optimizer = torch.optim.Adam(model.parameters())"),
        (
            Chosen(type="SGD", args={"momentum": 0.9, "nesterov": True, "lr": 0.1}),
            "optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, nesterov=True)",
        ),
    ],
)
def test_an_optimizer_is_written_in_the_order_of_its_signature(given, expected):
    assert optimizer_code(given) == expected


def test_a_loss_is_written():
    assert loss_code(Chosen(type="CrossEntropyLoss")) == "criterion = nn.CrossEntropyLoss()"
    summed = Chosen(type="MSELoss", args={"reduction": "sum"})
    assert loss_code(summed) == 'criterion = nn.MSELoss(reduction="sum")'
    weighted = Chosen(type="CrossEntropyLoss", args={"weight": (1.0, 4.5)})
    assert loss_code(weighted) == "criterion = nn.CrossEntropyLoss(weight=torch.tensor([1.0, 4.5]))"


def test_a_model_has_a_line_for_each_layer():
    assert model_code(["nn.Linear(2, 3)", "nn.Tanh()"]) == (
        "model = nn.Sequential(\n    nn.Linear(2, 3),\n    nn.Tanh(),\n)"
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "batch_size=32, shuffle=True, generator=torch.Generator().manual_seed(7))"),
        ({"shuffle": False, "drop_last": True}, "DataLoader(training_set, batch_size=32, drop_last=True)"),
        ({"shuffle": False, "num_workers": 2}, "DataLoader(training_set, batch_size=32, num_workers=2)"),
        ({"shuffle": False, "style": "iterable"}, "training_set = Rows(x_train, y_train)"),
    ],
)
def test_a_loader_is_written_with_what_was_chosen(changes, words):
    assert words in loader_code(Data(name="Spiral", **changes), False, 7)


def test_a_stream_has_its_own_data_set():
    data = Data(name="Stream", seed=3, style="iterable", shuffle=False)

    assert "training_set = Stream(draw, seed=3)" in loader_code(data, True, 0)


def test_every_part_of_a_valid_experiment_has_code_that_parses():
    code = checked(experiment()).code

    assert set(code) == {"data", "loader", "model", "loss", "optimizer"}
    for text in code.values():
        ast.parse(text)


@given(st.text(max_size=30), st.sampled_from(["GELU", "Conv2d"]))
def test_any_string_stays_a_literal(text, kind):
    argument = {"GELU": "approximate", "Conv2d": "padding_mode"}[kind]
    tree = ast.parse(layer_code(layer(kind, **{argument: text}), {}), mode="eval")

    assert isinstance(tree.body, ast.Call)
    assert all(isinstance(keyword.value, ast.Constant) for keyword in tree.body.keywords)


def test_a_pair_is_written_as_a_tuple() -> None:
    optimizer = Chosen(type="Adam", args={"lr": 0.01, "betas": (0.8, 0.99)})

    assert optimizer_code(optimizer) == (
        "optimizer = torch.optim.Adam(model.parameters(), lr=0.01, betas=(0.8, 0.99))"
    )
