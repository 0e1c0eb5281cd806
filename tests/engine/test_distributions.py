"""Distributions: what torch.distributions says of the same parameters, and what draws are like."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import engine

from .compare import assert_same
from .side_by_side import numbers

X = numbers(4, 3, seed=9)
POSITIVE, SHARES = np.abs(X) + 0.1, 1 / (1 + np.exp(-X))
COUNTS = np.array([[0.0, 1, 2], [3, 0, 1], [2, 2, 0], [5, 1, 1]])
PLACES = np.array([0, 1, 2, 1])

Made = Callable[[Any, Any, Any], Any]
KINDS: dict[str, tuple[Made, Any]] = {     # of the library, any numbers (4, 3) and positive ones
    "Normal": (lambda m, x, p: m.distributions.Normal(x, p), X),
    "LogNormal": (lambda m, x, p: m.distributions.LogNormal(x, p), POSITIVE),
    "HalfNormal": (lambda m, x, p: m.distributions.HalfNormal(p), POSITIVE),
    "Laplace": (lambda m, x, p: m.distributions.Laplace(x, p), X),
    "Cauchy": (lambda m, x, p: m.distributions.Cauchy(x, p), X),
    "Gumbel": (lambda m, x, p: m.distributions.Gumbel(x, p), X),
    "Exponential": (lambda m, x, p: m.distributions.Exponential(p), POSITIVE),
    "Uniform": (lambda m, x, p: m.distributions.Uniform(x - 5, x + 5), X),
    "Gamma": (lambda m, x, p: m.distributions.Gamma(p, p + 1), POSITIVE),
    "Chi2": (lambda m, x, p: m.distributions.Chi2(p), POSITIVE),
    "Beta": (lambda m, x, p: m.distributions.Beta(p, p + 1), SHARES),
    "StudentT": (lambda m, x, p: m.distributions.StudentT(p + 2, x, p), X),
    "Dirichlet": (lambda m, x, p: m.distributions.Dirichlet(p), POSITIVE / POSITIVE.sum(1, keepdims=True)),
    "Bernoulli": (lambda m, x, p: m.distributions.Bernoulli(logits=x), (X > 0).astype(float)),
    "Geometric": (lambda m, x, p: m.distributions.Geometric(m.sigmoid(x)), COUNTS),
    "Binomial": (lambda m, x, p: m.distributions.Binomial(5, logits=x), COUNTS),
    "Poisson": (lambda m, x, p: m.distributions.Poisson(p), COUNTS),
    "Categorical": (lambda m, x, p: m.distributions.Categorical(p), PLACES),
    "Categorical of logits": (lambda m, x, p: m.distributions.Categorical(logits=x), PLACES),
    "OneHotCategorical": (lambda m, x, p: m.distributions.OneHotCategorical(logits=x), np.eye(3)[PLACES]),
    "MultivariateNormal": (
        lambda m, x, p: m.distributions.MultivariateNormal(x, m.diag_embed(p) + 0.3), X),
    "MultivariateNormal of a precision": (
        lambda m, x, p: m.distributions.MultivariateNormal(x, precision_matrix=m.diag_embed(p) + 0.3), X),
    "Independent": (lambda m, x, p: m.distributions.Independent(m.distributions.Normal(x, p), 1), X),
    "a mixture": (lambda m, x, p: m.distributions.MixtureSameFamily(
        m.distributions.Categorical(p), m.distributions.Normal(x, p)), X[:, 0]),
    "squashed": (lambda m, x, p: m.distributions.TransformedDistribution(
        m.distributions.Normal(x, p), [m.distributions.transforms.TanhTransform()]), np.tanh(X)),
    "moved": (lambda m, x, p: m.distributions.TransformedDistribution(
        m.distributions.Normal(x, p),
        [m.distributions.AffineTransform(1.0, 2.0), m.distributions.SigmoidTransform()]), SHARES),
}
SAID = ("mean", "variance", "stddev", "mode", "entropy", "perplexity")


def said(m: Any, name: str) -> list[Any]:
    """All that a distribution says of itself and of a value, None where it does not; and the gradients."""
    make, value = KINDS[name]
    x, p = m.tensor(X).requires_grad_(), m.tensor(POSITIVE).requires_grad_()
    made = make(m, x, p)
    results: list[Any] = [made.log_prob(m.tensor(value))]
    for what in (*SAID, "cdf", "icdf"):
        try:
            found = getattr(made, what)
            if callable(found):
                given = {"cdf": (m.tensor(value),), "icdf": (m.tensor(SHARES),)}.get(what, ())
                found = found(*given)
        except NotImplementedError:
            found = None
        results.append(found)
    wanted = [results[0], *([] if results[5] is None else [results[5]])]
    sum(part.sum() for part in wanted).backward()
    seen = [repr(made), str(made.batch_shape), str(made.event_shape), str(made.sample((5,)).shape)]
    return [*results, x.grad, p.grad, *seen]


@pytest.mark.parametrize("name", KINDS)
def test_a_distribution_says_torchs_numbers(torch: Any, name: str) -> None:
    assert_same(said(engine, name), said(torch, name), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("name", [n for n in KINDS if n not in (
    "a mixture", "squashed", "moved", "Chi2", "StudentT", "Cauchy", "Gumbel",
)])
def test_the_divergence_of_two_is_torchs(torch: Any, name: str) -> None:
    found = []
    for m in (engine, torch):
        make = KINDS[name][0]
        pair = [make(m, m.tensor(X + k), m.tensor(POSITIVE + k)) for k in (0, 0.5)]
        found.append(m.distributions.kl_divergence(*pair))
    assert_same(*found, rtol=1e-7, atol=1e-9)


WRONG = {
    "a scale below 0": lambda d, t: d.Normal(t.zeros(2), t.tensor([1.0, -1.0])),
    "a value that is no tensor": lambda d, t: d.Normal(0.0, 1.0).log_prob(3),
    "a value outside": lambda d, t: d.Bernoulli(0.3).log_prob(t.tensor([0.5])),
    "a place outside": lambda d, t: d.Categorical(t.ones(3)).log_prob(t.tensor(5)),
    "nothing given": lambda d, t: d.Categorical(),
    "shares that are NaN": lambda d, t: d.Categorical(logits=t.tensor([float("nan"), 1.0])),
    "a value of another shape": lambda d, t: d.Normal(t.zeros(2), 1.0).log_prob(t.zeros(3)),
    "an event of another shape": lambda d, t: d.MultivariateNormal(t.zeros(2), t.eye(2)).log_prob(t.zeros(3)),
    "no positive matrix": lambda d, t: d.MultivariateNormal(t.zeros(2), t.ones(2, 2)),
    "bounds the wrong way round": lambda d, t: d.Uniform(1.0, 0.0),
    "dimensions that are not there": lambda d, t: d.Independent(d.Normal(0.0, 1.0), 1),
    "no formula": lambda d, t: d.kl_divergence(d.Categorical(t.ones(2)), d.Uniform(0.0, 1.0)),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_makes_no_sense_is_refused_in_torchs_words(torch: Any, case: str) -> None:
    with pytest.raises((ValueError, NotImplementedError)) as theirs:
        WRONG[case](torch.distributions, torch)
    with pytest.raises(theirs.type) as ours:
        WRONG[case](engine.distributions, engine)
    assert str(ours.value) == str(theirs.value)


@pytest.mark.parametrize("name", [n for n in KINDS if n != "Cauchy"])
def test_draws_have_the_mean_that_is_said(name: str) -> None:
    engine.manual_seed(0)
    made = KINDS[name][0](engine, engine.tensor(X), engine.tensor(POSITIVE) + 1)
    drawn = made.sample((20_000,)).double()
    assert not drawn.requires_grad
    try:
        mean, spread = made.mean, made.stddev
    except NotImplementedError:
        mean, spread = made.rsample((20_000,)).mean(0), drawn.std(0)
    if not name.startswith("Categorical"):
        assert ((drawn.mean(0) - mean).abs() < 6 * spread / 20_000**0.5 + 1e-3).all()
    else:
        assert (drawn == 0).double().mean(0).allclose(made.probs[:, 0], atol=0.02)


def test_gradients_flow_through_draws_where_that_is_said() -> None:
    mean, scale = engine.zeros(3, requires_grad=True), engine.ones(3, requires_grad=True)
    drawn = engine.distributions.Normal(mean, scale).rsample((5,))
    drawn.sum().backward()
    assert mean.grad.tolist() == [5.0] * 3
    assert scale.grad.allclose(drawn.detach().sum(0))
    with pytest.raises(NotImplementedError, match="use sample"):
        engine.distributions.Gamma(1.0, 1.0).rsample()


def test_a_batch_can_be_repeated_and_its_values_listed() -> None:
    shares = engine.distributions.Categorical(engine.ones(3)).expand((2,))
    assert shares.batch_shape == (2,) and shares.sample((4,)).shape == (4, 2)
    assert shares.enumerate_support().tolist() == [[0, 0], [1, 1], [2, 2]]
    assert engine.distributions.Normal(0.0, 1.0).expand((2, 3)).log_prob(engine.zeros(3)).shape == (2, 3)
