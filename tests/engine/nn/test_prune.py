"""Pruned parameters: masks, what is left of them, and their gradients, as torch.nn.utils.prune has them."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import pytest

import engine

from ..compare import assert_same
from ..side_by_side import numbers


def prune_of(library: Any) -> Any:
    return importlib.import_module(f"{library.__name__}.nn.utils.prune")


def net(m: Any) -> Any:
    made = m.nn.Sequential(m.nn.Linear(4, 5), m.nn.Tanh(), m.nn.Linear(5, 2)).double()
    for number, value in enumerate(made.parameters()):
        value.data = m.tensor(numbers(*value.shape, seed=number))
    return made


def everywhere(m: Any, model: Any) -> None:
    prune_of(m).global_unstructured(
        [(model[0], "weight"), (model[2], "weight")], pruning_method=prune_of(m).L1Unstructured,
        amount=0.4,
    )


WAYS: dict[str, Callable[[Any, Any], Any]] = {
    "a share": lambda m, model: prune_of(m).l1_unstructured(model[0], "weight", 0.3),
    "a number": lambda m, model: prune_of(m).l1_unstructured(model[0], "bias", 2),
    "rows": lambda m, model: prune_of(m).ln_structured(model[0], "weight", 0.4, n=2, dim=0),
    "columns": lambda m, model: prune_of(m).ln_structured(model[0], "weight", 1, n=1, dim=1),
    "a mask": lambda m, model: prune_of(m).custom_from_mask(model[2], "bias", m.tensor([1.0, 0.0])),
    "nothing": lambda m, model: prune_of(m).identity(model[0], "weight"),
    "by scores": lambda m, model: prune_of(m).l1_unstructured(
        model[0], "bias", 2, importance_scores=m.arange(5.0)),
    "everywhere": everywhere,
}


@pytest.mark.parametrize("first", WAYS)
@pytest.mark.parametrize("second", [None, "a share", "rows", "everywhere"])
def test_what_is_left_is_torchs(torch: Any, first: str, second: str | None) -> None:
    found = []
    for m in (engine, torch):
        model = net(m)
        assert not prune_of(m).is_pruned(model)
        WAYS[first](m, model)
        if second is not None:
            WAYS[second](m, model)
        assert prune_of(m).is_pruned(model)
        out = model(m.tensor(numbers(3, 4, seed=8)))
        out.sum().backward()
        state = model.state_dict()
        names = [name for name, _ in model.named_parameters()]
        found.append([out, *state.values(), *(p.grad for p in model.parameters()), list(state), names])
    assert_same(*found, rtol=1e-9)


def test_once_removed_the_parameter_is_what_was_left(torch: Any) -> None:
    found = []
    for m in (engine, torch):
        model = net(m)
        WAYS["a share"](m, model)
        prune_of(m).remove(model[0], "weight")
        assert not prune_of(m).is_pruned(model) and model[0].weight.is_leaf
        found.append([*model.state_dict().values(), [name for name, _ in model.named_parameters()]])
    assert_same(*found)


def test_at_random_as_many_go_as_are_asked_for() -> None:
    prune = prune_of(engine)
    layer = prune.random_unstructured(engine.nn.Linear(4, 5), "weight", 7)
    assert (layer.weight_mask == 0).sum() == 7
    layer = prune.random_structured(engine.nn.Linear(4, 5), "weight", 2, dim=0)
    assert (layer.weight_mask.sum(1) == 0).sum() == 2


WRONG: dict[str, Callable[[Any, Any], Any]] = {
    "more than there are": lambda p, layer: p.l1_unstructured(layer, "weight", 99),
    "a share above 1": lambda p, layer: p.l1_unstructured(layer, "weight", 1.5),
    "no number": lambda p, layer: p.l1_unstructured(layer, "weight", "a"),
    "no parameter": lambda p, layer: p.l1_unstructured(layer, "foo", 0.5),
    "not pruned": lambda p, layer: p.remove(layer, "bias"),
    "rows of a vector": lambda p, layer: p.ln_structured(layer, "bias", 0.5, 2, 0),
    "no such dimension": lambda p, layer: p.ln_structured(layer, "weight", 0.5, 2, 3),
    "no list": lambda p, layer: p.global_unstructured(3, p.L1Unstructured, amount=0.2),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_pruned_is_refused_in_torchs_words(torch: Any, case: str) -> None:
    said = []
    for m in (torch, engine):
        with pytest.raises(Exception) as caught:
            WRONG[case](prune_of(m), m.nn.Linear(4, 3))
        said.append((caught.type, str(caught.value)))
    assert said[0] == said[1]
