"""One of several: as its number, or as a vector with a 1 in its place."""

from __future__ import annotations

from typing import Any, ClassVar

from engine.creation import eye
from engine.distributions import constraints
from engine.distributions.constraints import Constraint
from engine.distributions.discrete import clamp_probs
from engine.distributions.distribution import Distribution, Shape, derived, one_of
from engine.dtypes import finfo
from engine.facts import Size
from engine.nn.functional import one_hot
from engine.queries import broadcast_shapes
from engine.ranges import arange
from engine.sampling import multinomial
from engine.tensor import Tensor


class Categorical(Distribution):
    """A number from 0 up, with the shares in the last dimension of ``probs``, or by their logarithms."""

    arg_constraints: ClassVar[dict[str, Constraint]] = {
        "probs": constraints.simplex, "logits": constraints.real_vector,
    }
    has_enumerate_support = True

    def __init__(
        self, probs: Tensor | None = None, logits: Tensor | None = None, validate_args: bool | None = None
    ) -> None:
        name = one_of(probs=probs, logits=logits)
        given: Any = probs if name == "probs" else logits
        if given.dim() < 1:
            raise ValueError(f"`{name}` parameter must be at least one-dimensional.")
        if name == "probs":
            self.__dict__[name] = given / given.sum(-1, keepdim=True)
        else:
            self.__dict__[name] = given - given.logsumexp(dim=-1, keepdim=True)
        self._num_events = given.shape[-1]
        super().__init__(given.shape[:-1], (), validate_args)

    @derived
    def probs(self) -> Tensor:
        """The share of each."""
        return self.logits.softmax(-1)

    @derived
    def logits(self) -> Tensor:
        """The logarithm of each share."""
        return clamp_probs(self.probs).log()

    @property
    def _given(self) -> Tensor:
        given: Tensor = self.__dict__["probs" if "probs" in self.__dict__ else "logits"]
        return given

    @property
    def param_shape(self) -> Size:
        """The shape of the parameter."""
        return self._given.shape

    @property
    def support(self) -> Constraint:
        return constraints.IntegerInterval(0, self._num_events - 1)

    @property
    def mean(self) -> Tensor:
        return self.probs.new_full(self.probs.shape[:-1], float("nan"))

    @property
    def mode(self) -> Tensor:
        return self.probs.argmax(dim=-1)

    @property
    def variance(self) -> Tensor:
        return self.mean

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        shape = Size(sample_shape)
        rows = self.probs.detach().reshape(-1, self._num_events)
        drawn = multinomial(rows, max(shape.numel(), 1), True).T if shape.numel() else rows[:0, :0]
        return drawn.reshape(self._extended_shape(shape))

    def log_prob(self, value: Tensor) -> Tensor:
        self._check(value)
        shape = broadcast_shapes(tuple(value.shape), tuple(self._batch_shape))
        place = value.long().expand(shape).unsqueeze(-1)
        return self.logits.expand((*shape, self._num_events)).gather(-1, place).squeeze(-1)

    def entropy(self) -> Tensor:
        least = self.logits.clamp(min=finfo(self.logits.dtype).min)
        return -(least * self.probs).sum(-1)

    def enumerate_support(self, expand: bool = True) -> Tensor:
        values = arange(self._num_events).view(-1, *(1,) * len(self._batch_shape))
        return values.expand((-1, *self._batch_shape)) if expand else values


class OneHotCategorical(Distribution):
    """As ``Categorical``, drawn as vectors with a 1 in the place of the number."""

    arg_constraints: ClassVar[dict[str, Constraint]] = Categorical.arg_constraints
    support = constraints.one_hot
    has_enumerate_support = True

    def __init__(
        self, probs: Tensor | None = None, logits: Tensor | None = None, validate_args: bool | None = None
    ) -> None:
        self._number = Categorical(probs, logits, validate_args)
        super().__init__(self._number.batch_shape, self._number.param_shape[-1:], validate_args)

    @property
    def probs(self) -> Tensor:
        """The share of each."""
        return self._number.probs

    @property
    def logits(self) -> Tensor:
        """The logarithm of each share."""
        return self._number.logits

    @property
    def mean(self) -> Tensor:
        return self.probs

    @property
    def mode(self) -> Tensor:
        return one_hot(self._number.mode, self._event_shape[0]).to(self.probs)

    @property
    def variance(self) -> Tensor:
        return self.probs * (1 - self.probs)

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        return one_hot(self._number.sample(sample_shape), self._event_shape[0]).to(self.probs.dtype)

    def log_prob(self, value: Tensor) -> Tensor:
        self._check(value)
        return self._number.log_prob(value.max(-1)[1])

    def entropy(self) -> Tensor:
        return self._number.entropy()

    def enumerate_support(self, expand: bool = True) -> Tensor:
        count = self._event_shape[0]
        values = eye(count, dtype=self.probs.dtype).view(count, *(1,) * len(self._batch_shape), count)
        return values.expand((count, *self._batch_shape, count)) if expand else values


class OneHotCategoricalStraightThrough(OneHotCategorical):
    """As ``OneHotCategorical``; gradients pass through a draw as if it were the shares."""

    has_rsample = True

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        return self.sample(sample_shape) + (self.probs - self.probs.detach())
