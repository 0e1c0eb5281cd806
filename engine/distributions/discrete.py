"""Distributions of counts and of yes and no."""

from __future__ import annotations

from typing import Any, ClassVar

from engine.creation import tensor, zeros_like
from engine.distributions import constraints
from engine.distributions.constraints import Constraint
from engine.distributions.distribution import Distribution, Shape, broadcast_all, derived, holds, one_of
from engine.dtypes import finfo
from engine.nn.functional import binary_cross_entropy_with_logits
from engine.ranges import arange
from engine.sampling import bernoulli, binomial, poisson, rand
from engine.tensor import Tensor


def clamp_probs(probs: Tensor) -> Tensor:
    """Probabilities a little away from 0 and 1."""
    eps = finfo(probs.dtype).eps
    return probs.clamp(min=eps, max=1 - eps)


class _Chance(Distribution):
    """By the probability ``probs`` of a yes, or by its ``logits``: log(p / (1 − p))."""

    arg_constraints: ClassVar[dict[str, Constraint]] = {
        "probs": constraints.unit_interval, "logits": constraints.real,
    }

    def _hold(self, probs: Any, logits: Any) -> str:
        name = one_of(probs=probs, logits=logits)
        (self.__dict__[name],) = broadcast_all(probs if name == "probs" else logits)
        return name

    @derived
    def probs(self) -> Tensor:
        """The probability of a yes."""
        return self.logits.sigmoid()

    @derived
    def logits(self) -> Tensor:
        """log(p / (1 − p))."""
        clamped = clamp_probs(self.probs)
        return clamped.log() - (-clamped).log1p()

    @property
    def _given(self) -> Tensor:
        given: Tensor = self.__dict__["probs" if "probs" in self.__dict__ else "logits"]
        return given

    @property
    def param_shape(self) -> Any:
        """The shape of the parameter."""
        return self._given.shape


class Bernoulli(_Chance):
    """1 with probability ``probs``, else 0."""

    has_enumerate_support = True
    support = constraints.boolean

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        self._hold(probs, logits)
        super().__init__(self._given.shape, (), validate_args)

    @property
    def mean(self) -> Tensor:
        return self.probs

    @property
    def mode(self) -> Tensor:
        return (self.probs >= 0.5).to(self.probs).masked_fill(self.probs == 0.5, float("nan"))

    @property
    def variance(self) -> Tensor:
        return self.probs * (1 - self.probs)

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        return bernoulli(self.probs.detach().expand(self._extended_shape(sample_shape)))

    def log_prob(self, value: Tensor) -> Tensor:
        self._check(value)
        logits, value = broadcast_all(self.logits, value)
        return -binary_cross_entropy_with_logits(logits, value, reduction="none")

    def entropy(self) -> Tensor:
        return binary_cross_entropy_with_logits(self.logits, self.probs, reduction="none")

    def enumerate_support(self, expand: bool = True) -> Tensor:
        values = tensor([0, 1], dtype=self._given.dtype).view(-1, *(1,) * len(self._batch_shape))
        return values.expand((-1, *self._batch_shape)) if expand else values


class Geometric(_Chance):
    """How often there is a no before the first yes."""

    support = constraints.nonnegative_integer

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        self._hold(probs, logits)
        super().__init__(self._given.shape, (), validate_args)
        if self._validate_args and not holds(self.probs > 0):
            raise ValueError(
                f"Expected parameter probs (Tensor of shape {tuple(self.probs.shape)}) of distribution "
                f"{self!r} to be positive but found invalid values:\n{self.probs}"
            )

    @property
    def mean(self) -> Tensor:
        return 1.0 / self.probs - 1.0

    @property
    def mode(self) -> Tensor:
        return zeros_like(self.probs)

    @property
    def variance(self) -> Tensor:
        return (1.0 / self.probs - 1.0) / self.probs

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        probs = self.probs.detach().expand(self._extended_shape(sample_shape))
        even = rand(probs.shape, dtype=probs.dtype).clamp(min=finfo(probs.dtype).tiny)
        return (even.log() / (-probs).log1p()).floor()

    def log_prob(self, value: Tensor) -> Tensor:
        self._check(value)
        value, probs = broadcast_all(value, self.probs)
        probs = probs.masked_fill((probs == 1) & (value == 0), 0)
        return value * (-probs).log1p() + self.probs.log()

    def entropy(self) -> Tensor:
        return binary_cross_entropy_with_logits(self.logits, self.probs, reduction="none") / self.probs


class Binomial(_Chance):
    """How many of ``total_count`` tries are a yes."""

    arg_constraints: ClassVar[dict[str, Constraint]] = {
        "total_count": constraints.nonnegative_integer, **_Chance.arg_constraints,
    }
    has_enumerate_support = True

    def __init__(
        self, total_count: Any = 1, probs: Any = None, logits: Any = None, validate_args: bool | None = None
    ) -> None:
        name = one_of(probs=probs, logits=logits)
        given = probs if name == "probs" else logits
        self.total_count, self.__dict__[name] = broadcast_all(total_count, given)
        self.total_count = self.total_count.type_as(self._given)
        super().__init__(self._given.shape, (), validate_args)

    @property
    def support(self) -> Constraint:
        return constraints.IntegerInterval(0, self.total_count)

    @property
    def mean(self) -> Tensor:
        return self.total_count * self.probs

    @property
    def mode(self) -> Tensor:
        return ((self.total_count + 1) * self.probs).floor().clamp(max=self.total_count)

    @property
    def variance(self) -> Tensor:
        return self.total_count * self.probs * (1 - self.probs)

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        return binomial(self.total_count.expand(shape), self.probs.detach().expand(shape))

    def log_prob(self, value: Tensor) -> Tensor:
        self._check(value)
        n, logits = self.total_count, self.logits
        ways = (n + 1).lgamma() - (value + 1).lgamma() - (n - value + 1).lgamma()
        no = n * (logits.clamp(min=0) + (-logits.abs()).exp().log1p())
        return value * logits + ways - no

    def entropy(self) -> Tensor:
        found = self.log_prob(self.enumerate_support(False))
        return -(found.exp() * found).sum(0)

    def enumerate_support(self, expand: bool = True) -> Tensor:
        count = int(self.total_count.max())
        if not self.total_count.min() == count:
            raise NotImplementedError("Inhomogeneous total count not supported by `enumerate_support`.")
        values = arange(count + 1, dtype=self._given.dtype).view(-1, *(1,) * len(self._batch_shape))
        return values.expand((-1, *self._batch_shape)) if expand else values


class Poisson(Distribution):
    """How many of events that come at a ``rate`` come in a unit of time."""

    arg_constraints: ClassVar = {"rate": constraints.nonnegative}
    support = constraints.nonnegative_integer

    def __init__(self, rate: Any, validate_args: bool | None = None) -> None:
        (self.rate,) = broadcast_all(rate)
        super().__init__(self.rate.shape, (), validate_args)

    @property
    def mean(self) -> Tensor:
        return self.rate

    @property
    def mode(self) -> Tensor:
        return self.rate.floor()

    @property
    def variance(self) -> Tensor:
        return self.rate

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        return poisson(self.rate.detach().expand(self._extended_shape(sample_shape)))

    def log_prob(self, value: Tensor) -> Tensor:
        self._check(value)
        rate, value = broadcast_all(self.rate, value)
        return value.xlogy(rate) - rate - (value + 1).lgamma()
