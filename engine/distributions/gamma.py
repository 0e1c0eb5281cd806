"""The gamma distribution and those made of it. Draws have no gradient: there is no ``rsample``."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from engine.distributions import constraints
from engine.distributions.distribution import Distribution, Shape, broadcast_all
from engine.dtypes import finfo
from engine.nn.functional import one_hot
from engine.ops.join import stack
from engine.random import rng_of
from engine.repeat import compute
from engine.sampling import randn
from engine.tensor import Tensor


def draw_gamma(concentration: Tensor, shape: Shape) -> Tensor:
    """Draws of rate 1, above 0."""
    drawn: Tensor = compute(_draws, concentration, tuple(shape), finfo(concentration.dtype).tiny)
    return drawn


def _draws(concentration: np.ndarray, shape: tuple[int, ...], least: float) -> np.ndarray:
    drawn = rng_of(None).standard_gamma(concentration, shape).astype(concentration.dtype)
    return np.maximum(drawn, least)


class Gamma(Distribution):
    """The time until as many events as ``concentration`` says have come at a ``rate``."""

    arg_constraints: ClassVar = {"concentration": constraints.positive, "rate": constraints.positive}
    support = constraints.nonnegative

    def __init__(self, concentration: Any, rate: Any, validate_args: bool | None = None) -> None:
        self.concentration, self.rate = broadcast_all(concentration, rate)
        super().__init__(self.concentration.shape, (), validate_args)

    @property
    def mean(self) -> Tensor:
        return self.concentration / self.rate

    @property
    def mode(self) -> Tensor:
        return ((self.concentration - 1) / self.rate).clamp(min=0)

    @property
    def variance(self) -> Tensor:
        return self.concentration / self.rate.pow(2)

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        return draw_gamma(self.concentration, self._extended_shape(sample_shape)) / self.rate.detach()

    def log_prob(self, value: Tensor) -> Tensor:
        self._check(value)
        a, rate = self.concentration, self.rate
        return a.xlogy(rate) + (a - 1).xlogy(value) - rate * value - a.lgamma()

    def cdf(self, value: Tensor) -> Tensor:
        self._check(value)
        return self.concentration.igamma(self.rate * value)

    def entropy(self) -> Tensor:
        a = self.concentration
        return a - self.rate.log() + a.lgamma() + (1 - a) * a.digamma()


class Chi2(Gamma):
    """The sum of the squares of ``df`` normal numbers."""

    arg_constraints: ClassVar = {"df": constraints.positive}

    def __init__(self, df: Any, validate_args: bool | None = None) -> None:
        (given,) = broadcast_all(df)
        super().__init__(0.5 * given, 0.5, validate_args)

    @property
    def df(self) -> Tensor:
        """How many numbers."""
        return self.concentration * 2

    def __repr__(self) -> str:
        return "Chi2()"


class Dirichlet(Distribution):
    """Shares that sum to 1; ``concentration`` says how large each tends to be."""

    arg_constraints: ClassVar = {
        "concentration": constraints.IndependentConstraint(constraints.positive, 1),
    }
    support = constraints.simplex

    def __init__(self, concentration: Tensor, validate_args: bool | None = None) -> None:
        if concentration.dim() < 1:
            raise ValueError("`concentration` parameter must be at least one-dimensional.")
        self.concentration = concentration
        super().__init__(concentration.shape[:-1], concentration.shape[-1:], validate_args)

    @property
    def mean(self) -> Tensor:
        return self.concentration / self.concentration.sum(-1, keepdim=True)

    @property
    def mode(self) -> Tensor:
        above = (self.concentration - 1).clamp(min=0.0)
        corner = one_hot(above.argmax(-1), above.shape[-1]).to(above)
        small = (self.concentration < 1).all(-1, keepdim=True)
        return corner.where(small, above / above.sum(-1, keepdim=True))

    @property
    def variance(self) -> Tensor:
        whole = self.concentration.sum(-1, keepdim=True)
        return self.concentration * (whole - self.concentration) / (whole.pow(2) * (whole + 1))

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        drawn = draw_gamma(self.concentration, self._extended_shape(sample_shape))
        return drawn / drawn.sum(-1, keepdim=True)

    def log_prob(self, value: Tensor) -> Tensor:
        self._check(value)
        a = self.concentration
        return (a - 1).xlogy(value).sum(-1) + a.sum(-1).lgamma() - a.lgamma().sum(-1)

    def entropy(self) -> Tensor:
        a, whole = self.concentration, self.concentration.sum(-1)
        spread = (whole - a.shape[-1]) * whole.digamma() - ((a - 1) * a.digamma()).sum(-1)
        return a.lgamma().sum(-1) - whole.lgamma() + spread


class Beta(Distribution):
    """A share: of the first of two, drawn from a Dirichlet distribution."""

    arg_constraints: ClassVar = {
        "concentration1": constraints.positive, "concentration0": constraints.positive,
    }
    support = constraints.unit_interval

    def __init__(self, concentration1: Any, concentration0: Any, validate_args: bool | None = None) -> None:
        self._pair = Dirichlet(stack(broadcast_all(concentration1, concentration0), -1), validate_args)
        super().__init__(self._pair.batch_shape, (), validate_args)

    @property
    def concentration1(self) -> Tensor:
        """How large the share tends to be."""
        return self._pair.concentration[..., 0]

    @property
    def concentration0(self) -> Tensor:
        """How large the rest tends to be."""
        return self._pair.concentration[..., 1]

    @property
    def mean(self) -> Tensor:
        return self.concentration1 / (self.concentration1 + self.concentration0)

    @property
    def mode(self) -> Tensor:
        return self._pair.mode[..., 0]

    @property
    def variance(self) -> Tensor:
        whole = self.concentration1 + self.concentration0
        return self.concentration1 * self.concentration0 / (whole.pow(2) * (whole + 1))

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        return self._pair.sample(sample_shape)[..., 0]

    def log_prob(self, value: Tensor) -> Tensor:
        self._check(value)
        return self._pair.log_prob(stack([value, 1.0 - value], -1))

    def entropy(self) -> Tensor:
        return self._pair.entropy()


class StudentT(Distribution):
    """A normal number over the square root of a mean square of ``df`` others."""

    arg_constraints: ClassVar = {
        "df": constraints.positive, "loc": constraints.real, "scale": constraints.positive,
    }
    support = constraints.real

    def __init__(self, df: Any, loc: Any = 0.0, scale: Any = 1.0, validate_args: bool | None = None) -> None:
        self.df, self.loc, self.scale = broadcast_all(df, loc, scale)
        super().__init__(self.df.shape, (), validate_args)

    @property
    def mean(self) -> Tensor:
        return self.loc.where(self.df > 1, math.nan)

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def variance(self) -> Tensor:
        spread = (self.scale.pow(2) * self.df / (self.df - 2)).where(self.df > 2, math.inf)
        return spread.where(self.df > 1, math.nan)

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        shape, df = self._extended_shape(sample_shape), self.df.detach()
        squares = 2 * draw_gamma(df / 2, shape)
        drawn = randn(shape, dtype=self.df.dtype) * (squares / df).rsqrt()
        return self.loc.detach() + self.scale.detach() * drawn

    def log_prob(self, value: Tensor) -> Tensor:
        self._check(value)
        df, y = self.df, (value - self.loc) / self.scale
        whole = self.scale.log() + 0.5 * (df.log() + math.log(math.pi))
        whole = whole + (df / 2).lgamma() - ((df + 1) / 2).lgamma()
        return -0.5 * (df + 1) * (y**2 / df).log1p() - whole

    def entropy(self) -> Tensor:
        half, more = self.df / 2, (self.df + 1) / 2
        beta = half.lgamma() + math.log(math.pi) / 2 - more.lgamma()
        return self.scale.log() + more * (more.digamma() - half.digamma()) + self.df.log() / 2 + beta
