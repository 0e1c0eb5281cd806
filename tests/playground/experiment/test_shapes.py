"""Folding shapes through a stack: no allocation, and an error is the fault of one layer."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import engine as torch
from engine import nn
from playground.experiment.catalog import LAYERS, layer_class
from playground.experiment.shapes import equation, fold, infer, layer_names
from tests.playground.experiment.experiments import layer
from tests.playground.export.random_experiments import chosen

IMAGE, ROW = (4, 3, 8, 8), (4, 6)


def test_sizes_are_inferred_from_what_comes_in():
    folded = fold(
        [
            layer("Conv2d", out_channels=8, kernel_size=3, padding=1),
            layer("BatchNorm2d"),
            layer("ReLU"),
            layer("MaxPool2d", kernel_size=2),
            layer("Flatten"),
            layer("Linear", out_features=10),
        ],
        (32, 1, 8, 8),
    )

    assert folded.problems == []
    assert [fact.output_shape for fact in folded.facts] == [
        [32, 8, 8, 8], [32, 8, 8, 8], [32, 8, 8, 8], [32, 8, 4, 4], [32, 128], [32, 10],
    ]  # fmt: skip
    assert folded.facts[0].inferred == {"in_channels": 1}
    assert folded.facts[1].inferred == {"num_features": 8}
    assert folded.facts[5].inferred == {"in_features": 128}
    assert [fact.parameters for fact in folded.facts] == [80, 16, 0, 0, 0, 1290]
    assert folded.output_shape == (32, 10)


def test_counts_are_written_as_equations():
    stack = [layer("Linear", out_features=16), layer("Tanh"), layer("Linear", out_features=2, bias=False)]
    folded = fold(stack, (32, 2))

    assert [fact.equation for fact in folded.facts] == ["16 × 2 + 16 = 48", "", "2 × 16 = 32"]
    assert equation([(8, 1, 3, 3), (8,)]) == "8 × 1 × 3 × 3 + 8 = 80"
    assert equation([(1000, 1000)]) == "1,000 × 1,000 = 1,000,000"


def test_names_count_per_type_and_muted_layers_count():
    stack = [layer("Linear"), layer("Tanh"), layer("Linear", muted=True), layer("Linear")]

    assert layer_names(stack) == ["Linear 1", "Tanh 1", "Linear 2", "Linear 3"]


def test_a_muted_layer_is_absent():
    stack = [layer("Linear", out_features=4), layer("Linear", muted=True, out_features=99), layer("Tanh")]
    folded = fold(stack, (32, 2))

    assert [fact.name for fact in folded.facts] == ["Linear 1", "Tanh 1"]
    assert folded.positions == [0, 2]
    assert folded.output_shape == (32, 4)


def test_a_muted_layer_may_be_wrong():
    stack = [layer("Conv2d", muted=True, kernel_size=-1), layer("Linear", out_features=2)]

    assert fold(stack, (32, 2)).problems == []


def test_a_shape_error_is_the_layers_own_with_both_shapes_and_a_fix():
    folded = fold([layer("Linear", out_features=4), layer("Conv2d", out_channels=8, kernel_size=3)], (32, 2))
    (problem,) = folded.problems

    assert problem.where == "layers/1"
    assert "Conv2d 1" in problem.message and "(32, 4)" in problem.message
    assert problem.fix


def test_what_comes_after_a_layer_at_fault_is_not_guessed_at():
    stack = [layer("Tanh"), layer("MaxPool2d", kernel_size=2), layer("Linear", out_features=2), layer("Tanh")]
    folded = fold(stack, (32, 2))

    assert [fact.name for fact in folded.facts] == ["Tanh 1"]
    assert len(folded.problems) == 1
    assert folded.output_shape is None


def test_wrong_arguments_are_reported_for_every_layer():
    stack = [layer("Linear", out_features=0), layer("Dropout", p=2.0), layer("Linear", out_features=2)]

    wheres = [problem.where for problem in fold(stack, (32, 2)).problems]
    assert wheres == ["layers/0/args/out_features", "layers/1/args/p"]


def test_an_unknown_layer_is_named():
    (problem,) = fold([layer("Attention")], (32, 2)).problems

    assert problem.where == "layers/0" and "'Attention'" in problem.message


def test_a_million_by_a_million_costs_no_memory():
    stack = [layer("Linear", out_features=1_000_000), layer("Linear", out_features=1_000_000)]
    tracemalloc.start()
    folded = fold(stack, (32, 2))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert folded.parameters == 1_000_000 * 3 + 1_000_000 * 1_000_001
    assert peak < 1_000_000


def test_folding_leaves_the_random_numbers_alone():
    torch.manual_seed(0)
    expected = torch.rand(3).tolist()
    torch.manual_seed(0)
    fold([layer("Linear", out_features=100), layer("Dropout")], (32, 2))

    assert torch.rand(3).tolist() == expected


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("shape", [ROW, IMAGE], ids=["row", "image"])
def test_every_shape_rule_agrees_with_a_real_forward(name, shape):
    stack = [layer(name, **LAYERS[name].starts)]
    folded = fold(stack, shape)
    if folded.problems:
        assert name.endswith(("2d", "1d")), "only layers for images or rows refuse the other"
        return
    (fact,) = folded.facts
    module = layer_class(name)(**fact.inferred, **stack[0].args)
    output = module(torch.from_numpy(np.ones(shape, np.float32)))

    assert list(output.shape) == fact.output_shape
    assert sum(p.numel() for p in module.parameters()) == fact.parameters
    assert isinstance(module, nn.Module)


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=200, deadline=None)
@given(
    st.lists(chosen(st.sampled_from(list(LAYERS))), min_size=1, max_size=4),
    st.sampled_from([ROW, IMAGE]),
)
def test_a_stack_has_a_problem_exactly_where_a_real_forward_fails(parts, shape):
    stack = [layer(part.type, **part.args) for part in parts]
    folded = fold(stack, shape)
    output = torch.from_numpy(np.ones(shape, np.float32))
    for fact, row in zip(folded.facts, stack, strict=False):
        output = layer_class(row.type)(**fact.inferred, **row.args)(output)
        assert list(output.shape) == fact.output_shape
    if folded.problems:
        row = stack[len(folded.facts)]
        with pytest.raises((RuntimeError, ValueError, IndexError, TypeError)):
            inferred = infer(row, "it", tuple(output.shape))
            layer_class(row.type)(**inferred, **row.args)(output)
