"""Autograd, copies and modes as programs written for PyTorch rely on them."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest

import engine
from engine.autograd import Function
from engine.autograd.function import once_differentiable


def test_a_generator_under_no_grad_leaves_the_mode_to_its_caller_in_between() -> None:
    @engine.no_grad()
    def modes() -> Any:
        sent = yield engine.is_grad_enabled()
        yield sent
        return "end"

    running = modes()
    assert next(running) is False
    assert engine.is_grad_enabled()
    assert running.send("hello") == "hello"
    with pytest.raises(StopIteration, match="end"):
        next(running)


def test_an_error_thrown_into_a_generator_under_no_grad_arrives_in_it() -> None:
    @engine.no_grad()
    def careful() -> Any:
        try:
            yield 1
        except KeyError:
            yield engine.is_grad_enabled()

    running = careful()
    next(running)
    assert running.throw(KeyError()) is False


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_a_copy_of_a_model_in_training_has_no_gradients(duplicate: Any) -> None:
    model = engine.nn.Sequential(engine.nn.Linear(2, 3), engine.nn.ReLU())
    model(engine.ones(1, 2)).sum().backward()
    made = duplicate(model)
    assert all(p.grad is None and p.requires_grad for p in made.parameters())
    assert all(p.grad is not None for p in model.parameters())
    np.testing.assert_array_equal(made[0].weight.detach().numpy(), model[0].weight.detach().numpy())


def test_a_function_whose_gradient_has_a_wrong_shape_is_told_so() -> None:
    class Wrong(Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x + 1

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return g.sum().expand(5)

    words = r"invalid gradient at index 0 - got \[5\] but expected shape compatible with \[2\]"
    with pytest.raises(RuntimeError, match=words):
        Wrong.apply(engine.ones(2, requires_grad=True)).sum().backward()


def test_once_differentiable_gives_a_gradient_but_not_a_second() -> None:
    class Cube(Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        @once_differentiable
        def backward(ctx: Any, g: Any) -> Any:
            return 3 * ctx.saved_tensors[0] ** 2 * g

    x = engine.tensor(2.0, requires_grad=True)
    assert engine.autograd.grad(Cube.apply(x), x)[0].item() == 12
    (slope,) = engine.autograd.grad(Cube.apply(x) ** 2, x, create_graph=True)
    assert slope.item() == 192
    with pytest.raises(RuntimeError, match="trying to differentiate twice"):
        slope.backward()


REFUSED = {
    "GroupNorm, other channels": lambda t: t.nn.GroupNorm(1, 4)(t.ones(2, 3, 3)),
    "RMSNorm, other size": lambda t: t.nn.RMSNorm(3)(t.ones(2, 4)),
    "InstanceNorm, other channels": lambda t: t.nn.InstanceNorm1d(3, 1e-5, 0.1, True, True)(t.ones(2, 4, 5)),
    "Dropout1d of images": lambda t: t.nn.Dropout1d()(t.ones(2, 3, 4, 5)),
    "KLDivLoss of integers": lambda t: t.nn.KLDivLoss()(t.ones(3), t.ones(3).long()),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_layer_refuses_in_pytorchs_words(torch: Any, case: str) -> None:
    with pytest.raises((RuntimeError, ValueError)) as theirs:
        REFUSED[case](torch)
    with pytest.raises(theirs.type) as ours:
        REFUSED[case](engine)
    assert str(theirs.value) in str(ours.value)


@pytest.mark.parametrize("weight", [None, [0.0, 0.0, 0.0], [1.0, 2.0, 0.5]])
@pytest.mark.parametrize("targets", [[1, 1], [0, 2], [1, 2]])
def test_the_gradient_of_the_mean_over_no_targets_is_pytorchs(torch: Any, weight: Any, targets: Any) -> None:
    slopes = []
    for t in (torch, engine):
        x = t.tensor([[1.0, 2.0, 3.0]] * 2, requires_grad=True)
        weights = None if weight is None else t.tensor(weight)
        t.nn.functional.nll_loss(x, t.tensor(targets), weight=weights, ignore_index=1).backward()
        slopes.append(x.grad.numpy())
    np.testing.assert_array_equal(slopes[1], slopes[0])


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
@pytest.mark.parametrize("value", [3.0, float("nan"), float("inf")])
def test_softmax_of_one_number_is_nan_where_that_is_not_finite(torch: Any, name: str, value: float) -> None:
    ours, theirs = (getattr(t, name)(t.tensor(value), 0).item() for t in (engine, torch))
    assert ours == pytest.approx(theirs, nan_ok=True)


@pytest.mark.parametrize("pos_weight", [None, 2.0])
def test_binary_cross_entropy_with_logits_has_the_type_of_its_target(torch: Any, pos_weight: Any) -> None:
    kinds = []
    for t in (engine, torch):
        weight = None if pos_weight is None else t.tensor(pos_weight)
        loss = t.nn.BCEWithLogitsLoss(pos_weight=weight)(t.zeros(3, dtype=t.float64), t.ones(3))
        kinds.append(str(loss.dtype))
    assert kinds[0] == kinds[1]


@pytest.mark.parametrize("rows", [range(2), (1, 0), [0, 1]])
def test_rows_and_columns_can_be_chosen_by_any_sequence(rows: Any) -> None:
    x = engine.arange(6.0).reshape(2, 3).requires_grad_()
    x[rows, engine.tensor([2, 1])].sum().backward()
    assert x.grad is not None and x.grad.sum().item() == 2
    assert x[rows, [2, 1]].tolist() == [x[r, c].item() for r, c in zip(rows, (2, 1), strict=True)]


def test_without_replacement_what_has_no_weight_is_drawn_last() -> None:
    for _ in range(5):
        drawn = engine.multinomial(engine.tensor([0.0, 2.0, 0.0, 1.0]), 4).tolist()
        assert set(drawn[:2]) == {1, 3}
        assert set(drawn[2:]) == {0, 2}


def test_a_buffer_is_registered_by_assignment() -> None:
    model = engine.nn.Linear(1, 1)
    model.mean = engine.nn.Buffer(engine.ones(2))
    model.cache = engine.nn.Buffer(engine.zeros(3), persistent=False)
    model.mean = engine.zeros(2)
    assert [name for name, _ in model.named_buffers()] == ["mean", "cache"]
    assert list(model.state_dict()) == ["weight", "bias", "mean"]
    assert copy.deepcopy(model).double().mean.dtype == engine.float64


@pytest.mark.parametrize("kind", [engine.int64, engine.LongTensor, "torch.LongTensor"])
def test_a_tensor_takes_a_type_in_each_of_its_spellings(kind: Any) -> None:
    assert engine.tensor([1.7, 2.0]).type(kind).tolist() == [1, 2]


def test_a_type_that_is_none_is_named() -> None:
    with pytest.raises(ValueError, match=r"invalid type: 'torch\.Tall'"):
        engine.ones(1).type("torch.Tall")


def test_a_number_that_is_none_stays_in_its_own_part_of_an_adaptive_mean(torch: Any) -> None:
    rows = [[1.0, float("inf"), 2.0, 3.0, float("nan")]] * 5
    ours, theirs = (t.nn.AdaptiveAvgPool2d((2, 3))(t.tensor([rows])).numpy() for t in (engine, torch))
    np.testing.assert_allclose(ours, theirs)
