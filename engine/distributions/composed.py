"""Distributions made of others: events of several numbers, mixtures, and what a function makes of draws."""

from __future__ import annotations

from typing import Any, ClassVar

from engine.distributions import constraints
from engine.distributions.categorical import Categorical
from engine.distributions.constraints import Constraint
from engine.distributions.distribution import Distribution, Shape
from engine.distributions.normal import Normal
from engine.distributions.transforms import ComposeTransform, ExpTransform, Transform
from engine.grad_mode import no_grad
from engine.tensor import Tensor


def sum_rightmost(value: Tensor, dims: int) -> Tensor:
    """The sum over the last dimensions."""
    return value.sum(tuple(range(-dims, 0))) if dims else value


class Independent(Distribution):
    """The last dimensions of a distribution's batch taken as one event."""

    def __init__(
        self, base_distribution: Distribution, reinterpreted_batch_ndims: int,
        validate_args: bool | None = None,
    ) -> None:
        shape = base_distribution.batch_shape
        if reinterpreted_batch_ndims > len(shape):
            raise ValueError(
                "Expected reinterpreted_batch_ndims <= len(base_distribution.batch_shape), actual "
                f"{reinterpreted_batch_ndims} vs {len(shape)}"
            )
        self.base_dist, self.reinterpreted_batch_ndims = base_distribution, reinterpreted_batch_ndims
        kept = len(shape) - reinterpreted_batch_ndims
        super().__init__(shape[:kept], (*shape[kept:], *base_distribution.event_shape), validate_args)

    @property
    def has_rsample(self) -> bool:  # type: ignore[override]
        """Whether draws have gradients."""
        return self.base_dist.has_rsample

    @property
    def support(self) -> Constraint:
        inner, dims = self.base_dist.support, self.reinterpreted_batch_ndims
        return constraints.IndependentConstraint(inner, dims) if dims else inner

    @property
    def mean(self) -> Tensor:
        return self.base_dist.mean

    @property
    def mode(self) -> Tensor:
        return self.base_dist.mode

    @property
    def variance(self) -> Tensor:
        return self.base_dist.variance

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        return self.base_dist.sample(sample_shape)

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        return self.base_dist.rsample(sample_shape)

    def log_prob(self, value: Tensor) -> Tensor:
        return sum_rightmost(self.base_dist.log_prob(value), self.reinterpreted_batch_ndims)

    def entropy(self) -> Tensor:
        return sum_rightmost(self.base_dist.entropy(), self.reinterpreted_batch_ndims)

    def __repr__(self) -> str:
        return f"Independent({self.base_dist!r}, {self.reinterpreted_batch_ndims})"


class MixtureSameFamily(Distribution):
    """One of several distributions of a kind, along the last dimension of their batch, chosen by shares."""

    def __init__(
        self, mixture_distribution: Categorical, component_distribution: Distribution,
        validate_args: bool | None = None,
    ) -> None:
        if not isinstance(mixture_distribution, Categorical):
            raise ValueError(
                " The Mixture distribution needs to be an instance of torch.distributions.Categorical"
            )
        if not isinstance(component_distribution, Distribution):
            raise ValueError(
                "The Component distribution need to be an instance of torch.distributions.Distribution"
            )
        self._shares, self._parts = mixture_distribution, component_distribution
        count = mixture_distribution.logits.shape[-1]
        if count != component_distribution.batch_shape[-1]:
            raise ValueError(
                f"`mixture_distribution component` ({count}) does not equal "
                f"`component_distribution.batch_shape[-1]` ({component_distribution.batch_shape[-1]})"
            )
        self._events = len(component_distribution.event_shape)
        super().__init__(
            component_distribution.batch_shape[:-1], component_distribution.event_shape, validate_args
        )

    @property
    def mixture_distribution(self) -> Categorical:
        """The shares."""
        return self._shares

    @property
    def component_distribution(self) -> Distribution:
        """The parts."""
        return self._parts

    @property
    def support(self) -> Constraint:
        return self._parts.support

    @property
    def _weights(self) -> Tensor:
        return self._shares.probs.reshape((*self._shares.probs.shape, *(1,) * self._events))

    @property
    def mean(self) -> Tensor:
        return (self._weights * self._parts.mean).sum(-1 - self._events)

    @property
    def variance(self) -> Tensor:
        dim = -1 - self._events
        within = (self._weights * self._parts.variance).sum(dim)
        apart = (self._parts.mean - self.mean.unsqueeze(dim)).pow(2)
        return within + (self._weights * apart).sum(dim)

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        with no_grad():
            drawn, place = self._parts.sample(sample_shape), self._shares.sample(sample_shape)
            dim = -1 - self._events
            index = place.reshape((*place.shape, 1, *(1,) * self._events))
            shape = list(drawn.shape)
            shape[dim] = 1
            return drawn.gather(drawn.ndim + dim, index.expand(shape)).squeeze(dim)

    def log_prob(self, value: Tensor) -> Tensor:
        self._check(value)
        of_parts = self._parts.log_prob(value.unsqueeze(-1 - self._events))
        return (of_parts + self._shares.logits.log_softmax(-1)).logsumexp(-1)

    def cdf(self, value: Tensor) -> Tensor:
        return (self._parts.cdf(value.unsqueeze(-1)) * self._shares.probs).sum(-1)

    def __repr__(self) -> str:
        return f"MixtureSameFamily(\n  {self._shares!r},\n  {self._parts!r})"


class TransformedDistribution(Distribution):
    """What functions that can be undone make of another distribution's draws."""

    arg_constraints: ClassVar[dict[str, Constraint]] = {}

    def __init__(
        self, base_distribution: Distribution, transforms: Transform | list[Transform],
        validate_args: bool | None = None,
    ) -> None:
        self.transforms = [transforms] if isinstance(transforms, Transform) else list(transforms)
        if not all(isinstance(part, Transform) for part in self.transforms):
            raise ValueError("transforms must be a Transform or a list of Transforms")
        self.base_dist = base_distribution
        super().__init__(base_distribution.batch_shape, base_distribution.event_shape, validate_args)

    @property
    def has_rsample(self) -> bool:  # type: ignore[override]
        """Whether draws have gradients."""
        return self.base_dist.has_rsample

    @property
    def support(self) -> Constraint:
        return self.transforms[-1].codomain if self.transforms else self.base_dist.support

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        with no_grad():
            return ComposeTransform(self.transforms)(self.base_dist.sample(sample_shape))

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        return ComposeTransform(self.transforms)(self.base_dist.rsample(sample_shape))

    def log_prob(self, value: Tensor) -> Tensor:
        self._check(value)
        found: Any = 0.0
        y = value
        dims = len(self.event_shape)
        for part in reversed(self.transforms):
            x = part.inv(y)
            stretched = part.log_abs_det_jacobian(x, y)
            found = found - sum_rightmost(stretched, dims - getattr(part, "event_dim", 0))
            y = x
        return found + self.base_dist.log_prob(y)

    def cdf(self, value: Tensor) -> Tensor:
        return self.base_dist.cdf(ComposeTransform(self.transforms).inv(value))

    def icdf(self, value: Tensor) -> Tensor:
        return ComposeTransform(self.transforms)(self.base_dist.icdf(value))


class LogNormal(TransformedDistribution):
    """Numbers whose logarithm is normal, with mean ``loc`` and standard deviation ``scale``."""

    arg_constraints: ClassVar = {"loc": constraints.real, "scale": constraints.positive}
    base_dist: Normal

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        super().__init__(Normal(loc, scale, validate_args), ExpTransform(), validate_args)

    @property
    def loc(self) -> Tensor:
        """The mean of the logarithm."""
        return self.base_dist.loc

    @property
    def scale(self) -> Tensor:
        """The standard deviation of the logarithm."""
        return self.base_dist.scale

    @property
    def mean(self) -> Tensor:
        return (self.loc + self.scale.pow(2) / 2).exp()

    @property
    def mode(self) -> Tensor:
        return (self.loc - self.scale.square()).exp()

    @property
    def variance(self) -> Tensor:
        square = self.scale.pow(2)
        return square.expm1() * (2 * self.loc + square).exp()

    def entropy(self) -> Tensor:
        return self.base_dist.entropy() + self.loc

