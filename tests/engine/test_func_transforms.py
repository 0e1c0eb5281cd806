"""Batches of calls, directions, ensembles, and transforms inside transforms: as in torch.func."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import engine

from .compare import assert_same, outputs
from .side_by_side import numbers

DATA, MORE = numbers(4, 3), numbers(4, 3, seed=1)


def x_of(m: Any) -> Any:
    return m.tensor(DATA)


def y_of(m: Any) -> Any:
    return m.tensor(MORE)


def energy(m: Any) -> Callable[..., Any]:
    return lambda q, v: 0.5 * (v**2).sum() * (1 + q[0] ** 2) - m.cos(q).sum()


CASES: dict[str, Callable[[Any], Any]] = {
    "vmap": lambda m: m.vmap(m.dot)(x_of(m), y_of(m)),
    "vmap over columns": lambda m: m.vmap(m.dot, in_dims=(1, 0))(x_of(m), y_of(m).T),
    "vmap with a whole input": lambda m: m.vmap(lambda a, b: a @ b, in_dims=(0, None))(x_of(m), y_of(m).T),
    "vmap of vmap": lambda m: m.vmap(m.vmap(m.dot))(x_of(m)[None], y_of(m)[None]),
    "vmap to places": lambda m: m.vmap(lambda x: (x.sum(), x * 2), out_dims=(0, 1))(x_of(m)),
    "vmap of a dictionary": lambda m: m.vmap(lambda d: d["a"] * d["b"])({"a": x_of(m), "b": y_of(m)}),
    "gradients per sample": lambda m: m.vmap(
        m.func.grad(lambda w, x: (w * x).sin().sum()), in_dims=(None, 0))(x_of(m)[0], y_of(m)),
    "jvp": lambda m: m.func.jvp(lambda a, b: a * b.sin(), (x_of(m), y_of(m)), (y_of(m), x_of(m))),
    "jvp of a constant": lambda m: m.func.jvp(lambda a: m.ones(2), (x_of(m),), (x_of(m),)),
    "jacfwd": lambda m: m.func.jacfwd(lambda x: x.sin() * x.sum())(x_of(m)[0]),
    "jacrev by both": lambda m: m.func.jacrev(lambda a, b: a * b, argnums=(0, 1))(x_of(m)[0], y_of(m)[0]),
    "jacrev of two": lambda m: m.func.jacrev(lambda x: (x, x * x))(x_of(m)[0]),
    "jacrev of a dictionary": lambda m: m.func.jacrev(lambda p: p["w"].sin())({"w": x_of(m)[0]})["w"],
    "jacrev with more": lambda m: m.func.jacrev(lambda x: (x.sin(), x.sum()), has_aux=True)(x_of(m)[0]),
    "hessian of several": lambda m: m.func.hessian(lambda x: x**3)(x_of(m)[0]),
    "a mixed derivative by what is closed over": lambda m: m.func.jacrev(
        lambda q: m.func.grad(lambda v: energy(m)(q, v))(y_of(m)[0]))(x_of(m)[0]),
    "grad in grad": lambda m: m.func.grad(lambda a: m.func.grad(lambda b: a * b**2)(m.tensor(3.0)))(
        m.tensor(1.0)),
}


@pytest.mark.parametrize("name", CASES)
def test_transforms_give_torchs_numbers(torch: Any, name: str) -> None:
    found = [CASES[name](library) for library in (engine, torch)]
    assert_same(*found, rtol=1e-9)
    assert not any(t.requires_grad for t in outputs(found[0]) if isinstance(t, engine.Tensor))


def test_a_gradient_can_be_differentiated_by_what_the_function_closes_over(torch: Any) -> None:
    found = []
    for m in (engine, torch):
        w = m.tensor(DATA).requires_grad_()
        slope = m.func.grad(lambda x, w=w: (x**2 * w).sum())(m.tensor(MORE))
        slope.sum().backward()
        batch = m.vmap(lambda x, w=w: (w * x).sum())(m.tensor(MORE))
        batch.sum().backward()
        found.append([slope, batch, w.grad])
    assert_same(*found, rtol=1e-12)


def test_an_ensemble_is_called_as_one_batch(torch: Any) -> None:
    found = []
    for m in (engine, torch):
        models = [m.nn.Sequential(m.nn.Linear(3, 2), m.nn.BatchNorm1d(2)).eval().double() for _ in range(2)]
        for number, model in enumerate(models):
            for value in model.parameters():
                value.data = m.tensor(numbers(*value.shape, seed=number))
        params, buffers = m.func.stack_module_state(models)
        assert all(p.is_leaf and p.requires_grad for p in params.values())

        def call(p: Any, b: Any, x: Any, m: Any = m, base: Any = models[0]) -> Any:
            return m.func.functional_call(base, (p, b), (x,))

        found.append([m.vmap(call, in_dims=(0, 0, None))(params, buffers, x_of(m)), *params.values()])
    assert_same(*found, rtol=1e-7)


@pytest.mark.parametrize("wrong", [
    lambda m: m.vmap(m.dot)(m.ones(4, 3), m.ones(5, 3)),
    lambda m: m.vmap(lambda x: x)(3),
    lambda m: m.vmap(lambda x: x, in_dims=3)(m.ones(2)),
    lambda m: m.vmap(lambda x: x, in_dims=[0])(m.ones(2)),
    lambda m: m.vmap(lambda: 1)(),
    lambda m: m.func.stack_module_state([]),
    lambda m: m.func.jvp(m.sin, m.ones(2), (m.ones(2),)),
])
def test_what_does_not_fit_is_refused_in_torchs_words(torch: Any, wrong: Any) -> None:
    said = []
    for m in (torch, engine):
        with pytest.raises((ValueError, RuntimeError)) as caught:
            wrong(m)
        said.append((caught.type, str(caught.value).replace("engine.tensor", "torch")))
    assert said[0] == said[1]


def test_random_numbers_in_a_batch_are_refused_the_same_or_different() -> None:
    def noisy(x: Any) -> Any:
        return x + engine.rand(())

    with pytest.raises(RuntimeError, match="randomness error mode"):
        engine.vmap(noisy)(engine.zeros(3))
    assert len(set(engine.vmap(noisy, randomness="same")(engine.zeros(3)).tolist())) == 1
    assert len(set(engine.vmap(noisy, randomness="different")(engine.zeros(3)).tolist())) == 3


def test_linearize_gives_the_change_along_any_direction(torch: Any) -> None:
    found = []
    for m in (engine, torch):
        value, change = m.func.linearize(lambda x: x.sin(), x_of(m))
        found.append([value, change(y_of(m)), change(x_of(m))])
    assert_same(*found, rtol=1e-12)
