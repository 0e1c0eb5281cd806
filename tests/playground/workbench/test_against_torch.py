"""Every card of well-known programs against PyTorch: values, strides, versions, memory, gradients."""

import contextlib
import io
import warnings
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from playground.protocol.tensors import TensorCard
from tests.playground.workbench.programs import reply, run
from tests.playground.workbench.snippets import SNIPPETS

WARNED = {"broadcast"}


def executed(code: str) -> tuple[dict[str, Any], str]:
    """The names a program leaves behind in PyTorch, and what it printed."""
    names: dict[str, Any] = {}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(code, names)
    return names, printed.getvalue()


def real(names: dict[str, Any], name: str) -> Any:
    first, _, inner = name.partition(".")
    return getattr(names[first], inner) if inner else names[first]


def grad_of(tensor: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # asking a tensor that is no leaf warns
        return tensor.grad


def facts(tensor: Any) -> dict[str, Any]:
    return {
        "shape": list(tensor.shape), "stride": list(tensor.stride()), "offset": tensor.storage_offset(),
        "dtype": str(tensor.dtype).removeprefix("torch."), "contiguous": tensor.is_contiguous(),
        "version": tensor._version, "requires_grad": tensor.requires_grad, "is_leaf": tensor.is_leaf,
        "grad_fn": None if tensor.grad_fn is None else tensor.grad_fn.name(),
    }  # fmt: skip


def window(tensor: Any) -> Any:
    matrix = tensor.detach().reshape(1, -1) if tensor.ndim < 2 else tensor.detach()
    return matrix[(0,) * (matrix.ndim - 2)][:16, :16].numpy()


def shared(cards: list[TensorCard], key: Any) -> list[list[str]]:
    groups: dict[Any, list[str]] = {}
    for card in cards:
        groups.setdefault(key(card), []).append(card.name)
    return sorted(map(sorted, groups.values()))


@pytest.mark.parametrize("name", SNIPPETS)
def test_every_card_says_what_pytorch_says(name: str, torch: ModuleType) -> None:
    told = reply(SNIPPETS[name])
    assert [each.message for each in told.problems if each.severity == "error"] == []
    assert bool(told.problems) == (name in WARNED)
    names, printed = executed(SNIPPETS[name])
    assert "".join(each.text + "\n" for each in told.output) == printed
    tensors = [card for card in told.tensors if card.kind in ("tensor", "parameter")]
    for card in tensors:
        expected = real(names, card.name)
        assert {key: getattr(card, key) for key in facts(expected)} == facts(expected), card.name
        if expected.numel():
            np.testing.assert_allclose(np.array(card.value.value, float), window(expected), rtol=1e-6)
        grad = grad_of(expected)
        assert (card.grad is None) == (grad is None), card.name
        if grad is not None:
            np.testing.assert_allclose(np.array(card.grad.value, float), window(grad), rtol=1e-6)
        if card.kind == "tensor":
            assert card.text == repr(expected)
    named = [card for card in tensors if card.kind == "tensor" and card.storage_size]
    ours = shared(named, lambda card: card.storage)
    theirs = shared(named, lambda card: real(names, card.name).untyped_storage().data_ptr())
    assert ours == theirs


@pytest.mark.parametrize("name", SNIPPETS)
def test_the_script_of_a_program_runs_in_pytorch(name: str, torch: ModuleType) -> None:
    script = run(SNIPPETS[name].replace("import torch\n", "", 1))
    told = reply(script.source.code)
    names, _ = executed(told.script)
    assert "torch.manual_seed(0)" in told.script
    assert {card.name.partition(".")[0] for card in told.tensors} <= set(names)
