"""Functions made of functions, and modules called with other tensors: as in torch.func."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import engine

from .compare import assert_same, outputs
from .side_by_side import numbers

DATA = numbers(3, 2)


def x_of(library: Any) -> Any:
    return library.tensor(DATA)


def cubes(x: Any) -> Any:
    return (x**3).sum()


DERIVED: dict[str, Callable[[Any], Any]] = {
    "grad": lambda m: m.func.grad(cubes)(x_of(m)),
    "grad of grad": lambda m: m.func.grad(lambda x: m.func.grad(cubes)(x).pow(2).sum())(x_of(m)),
    "grad by the second": lambda m: m.func.grad(lambda a, b: (a * b).sum(), argnums=1)(x_of(m), x_of(m) + 1),
    "grad by both": lambda m: m.func.grad(lambda a, b: (a * b).sum(), argnums=(0, 1))(x_of(m), x_of(m) + 1),
    "grad of a dictionary": lambda m: list(m.func.grad(
        lambda p, y: (p["a"] * y + p["b"]).sum())({"a": x_of(m), "b": x_of(m)}, x_of(m)).values()),
    "grad of nothing": lambda m: m.func.grad(lambda x: m.tensor(1.0, dtype=m.float64))(x_of(m)),
    "grad with more": lambda m: m.func.grad(lambda x: (cubes(x), x + 1), has_aux=True)(x_of(m)),
    "grad and value": lambda m: m.func.grad_and_value(cubes)(x_of(m)),
    "vjp": lambda m: [r for made in [m.func.vjp(lambda x: x.sin(), x_of(m))]
                      for r in (made[0], *made[1](x_of(m)))],
    "jacrev": lambda m: m.func.jacrev(lambda x: x.sin())(x_of(m)),
    "hessian": lambda m: m.func.hessian(cubes)(x_of(m)),
}


@pytest.mark.parametrize("name", DERIVED)
def test_functions_of_functions_give_torchs_numbers(torch: Any, name: str) -> None:
    found = [DERIVED[name](library) for library in (engine, torch)]
    assert_same(*found, rtol=1e-9)
    flat = outputs(found[0]) if isinstance(found[0], (tuple, list)) else [found[0]]
    assert not any(t.requires_grad for t in flat if isinstance(t, engine.Tensor))


@pytest.mark.parametrize("func", [
    lambda x: x * 2, lambda x: (cubes(x), 1, 2), lambda x: 3.0,
], ids=["several numbers", "a triple", "no tensor"])
def test_what_has_no_gradient_is_refused(torch: Any, func: Any) -> None:
    said = []
    for library in (engine, torch):
        with pytest.raises(RuntimeError) as caught:
            library.func.grad(func)(x_of(library))
        said.append(str(caught.value))
    assert said[0] == said[1]


def model(library: Any) -> Any:
    nn = library.nn
    made = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Tanh()).double()
    for number, value in enumerate(made.parameters()):
        value.data = library.tensor(numbers(*value.shape, seed=number))
    return made


def test_a_module_is_called_with_other_parameters_and_keeps_its_own(torch: Any) -> None:
    found = []
    for library in (engine, torch):
        module = model(library)
        own = {name: value.detach().clone() for name, value in module.named_parameters()}
        given = {name: (value * 2).requires_grad_() for name, value in own.items()}
        out = library.func.functional_call(module, given, (x_of(library),))
        out.sum().backward()
        kept = [library.equal(own[name], value) for name, value in module.named_parameters()]
        assert kept == [True] * 4 and all(value.grad is None for value in module.parameters())
        found.append([out, *(value.grad for value in given.values()), *module.buffers()])
    assert_same(*found, rtol=1e-7, atol=1e-9)


def test_tied_names_are_exchanged_together(torch: Any) -> None:
    found = []
    for library in (engine, torch):
        layers = [library.nn.Linear(2, 2, bias=False) for _ in range(2)]
        module = library.nn.Sequential(*layers)
        module[1].weight = module[0].weight
        other = {"0.weight": library.eye(2) * 3}
        found.append(library.func.functional_call(module, other, library.ones(1, 2)))
    assert_same(*found)


def test_names_that_do_not_fit_are_refused(torch: Any) -> None:
    for library in (engine, torch):
        module = model(library)
        call = library.func.functional_call
        with pytest.raises(RuntimeError, match="Missing key"):
            call(module, {"0.weight": module[0].weight}, x_of(library), strict=True)
        with pytest.raises(ValueError, match="appeared in multiple dictionaries"):
            call(module, ({"0.bias": module[0].bias}, {"0.bias": module[0].bias}), x_of(library))


def test_a_step_of_maml_by_functional_call(torch: Any) -> None:
    found = []
    for library in (engine, torch):
        module = model(library).eval()
        x, y = x_of(library), library.tensor(numbers(3, 3, seed=9))
        params = dict(module.named_parameters())

        def loss(p: Any, module: Any = module, x: Any = x, y: Any = y, library: Any = library) -> Any:
            return ((library.func.functional_call(module, p, (x,)) - y) ** 2).mean()

        slopes = library.autograd.grad(loss(params), list(params.values()), create_graph=True)
        moved = {name: p - 0.1 * g for (name, p), g in zip(params.items(), slopes, strict=True)}
        loss(moved).backward()
        found.append([p.grad for p in module.parameters()])
    assert_same(*found, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("pair", [
    ([1.0, 2.0], [1.0, 2.0 + 1e-3]), ([1.0], [1.0, 2.0]), ([1.0, np.nan], [1.0, np.nan]), ([1], [1.0]),
], ids=["apart", "shapes", "NaN", "types"])
def test_results_apart_are_told_in_torchs_words(torch: Any, pair: Any) -> None:
    said = []
    for library in (engine, torch):
        with pytest.raises(AssertionError) as caught:
            library.testing.assert_close(*(library.tensor(part) for part in pair))
        said.append(str(caught.value).split("Greatest")[0])
    assert said[0] == said[1]


def test_results_alike_pass() -> None:
    engine.testing.assert_close({"a": [engine.ones(2)]}, {"a": [engine.ones(2) + 1e-7]})
    engine.testing.assert_close(engine.tensor([np.nan]), engine.tensor([np.nan]), equal_nan=True)
    engine.testing.assert_close(1.0, 1.0 + 1e-9)
