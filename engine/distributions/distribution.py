"""Distribution: what all of them share. A shape of independent ones (batch), each of events of one shape."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, ClassVar

from engine.creation import tensor
from engine.distributions.constraints import Constraint
from engine.dtypes import get_default_dtype
from engine.facts import Size
from engine.grad_mode import enable_grad, no_grad
from engine.queries import broadcast_shapes
from engine.repeat import check, is_any_false
from engine.tensor import Tensor

Shape = Sequence[int]


class derived(cached_property):  # noqa: N801 - a kind of property
    """A parameter worked out from another one when it is first asked for, and kept."""

    def __init__(self, func: Callable[..., Any]) -> None:
        super().__init__(enable_grad()(func))


def broadcast_all(*values: Any) -> tuple[Tensor, ...]:
    """Numbers and tensors as tensors of one shape."""
    if not all(isinstance(value, (Tensor, int, float)) for value in values):
        raise ValueError(
            "Input arguments must all be instances of Number, torch.Tensor or objects implementing "
            "__torch_function__."
        )
    kinds = [value.dtype for value in values if isinstance(value, Tensor)]
    dtype = kinds[0] if kinds else get_default_dtype()
    made = [value if isinstance(value, Tensor) else tensor(value, dtype=dtype) for value in values]
    shape = broadcast_shapes(*(tuple(value.shape) for value in made))
    return tuple(value.expand(shape) for value in made)


class Distribution:
    """Base class.

    A distribution says its ``log_prob`` and draws: ``rsample`` lets gradients through to the parameters,
    ``sample`` does not. ``arg_constraints`` names the parameters and what they have to be.
    """

    has_rsample = False
    has_enumerate_support = False
    arg_constraints: ClassVar[dict[str, Constraint]] = {}
    _validate_args = True

    def __init__(self, batch_shape: Shape = (), event_shape: Shape = (), validate_args: bool | None = None):
        self._batch_shape, self._event_shape = Size(batch_shape), Size(event_shape)
        if validate_args is not None:
            self._validate_args = validate_args
        if self._validate_args:
            self._check_parameters()

    def _bounds(self) -> dict[str, Constraint]:
        """What each parameter has to be, where that depends on others, too."""
        return self.arg_constraints

    def _check_parameters(self) -> None:
        for name, constraint in self._bounds().items():
            if name not in self.__dict__ and isinstance(getattr(type(self), name, None), derived):
                continue
            value = getattr(self, name)
            if not holds(constraint.check(value)):
                raise ValueError(
                    f"Expected parameter {name} ({type(value).__name__} of shape {tuple(value.shape)}) of "
                    f"distribution {self!r} to satisfy the constraint {constraint!r}, but found invalid "
                    f"values:\n{value}"
                )

    @staticmethod
    def set_default_validate_args(value: bool) -> None:
        """Whether distributions check their parameters and values unless told otherwise."""
        Distribution._validate_args = value

    @property
    def batch_shape(self) -> Size:
        """The shape of the independent distributions."""
        return self._batch_shape

    @property
    def event_shape(self) -> Size:
        """The shape of one event."""
        return self._event_shape

    @property
    def support(self) -> Constraint:
        """The values that can be drawn."""
        raise NotImplementedError

    @property
    def mean(self) -> Tensor:
        """The mean."""
        raise NotImplementedError

    @property
    def mode(self) -> Tensor:
        """The most probable value."""
        raise NotImplementedError(f"{type(self)} does not implement mode")

    @property
    def variance(self) -> Tensor:
        """The variance."""
        raise NotImplementedError

    @property
    def stddev(self) -> Tensor:
        """The standard deviation."""
        return self.variance.sqrt()

    def expand(self, batch_shape: Shape, _instance: Any = None) -> Any:
        """The same distribution repeated over a larger batch shape."""
        made = type(self).__new__(type(self))
        kept = len(self.batch_shape)
        for name, value in self.__dict__.items():
            if isinstance(value, Tensor):
                value = value.expand((*batch_shape, *value.shape[kept:]))
            elif isinstance(value, Distribution):
                value = value.expand((*batch_shape, *value.batch_shape[kept:]))
            made.__dict__[name] = value
        made._batch_shape = Size(batch_shape)
        return made

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        """Draw events, of the shape given followed by the batch's and the event's."""
        with no_grad():
            return self.rsample(sample_shape)

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        """Draw as ``sample``, as a function of the parameters: gradients flow to them."""
        raise NotImplementedError(
            f"{type(self).__name__}.rsample(): its draws have no gradient here; use sample() and log_prob()"
        )

    def sample_n(self, n: int) -> Tensor:
        """``sample((n,))``."""
        return self.sample((n,))

    def log_prob(self, value: Tensor) -> Tensor:
        """The logarithm of the probability, or of its density, of each event."""
        raise NotImplementedError

    def cdf(self, value: Tensor) -> Tensor:
        """The probability of an event up to ``value``."""
        raise NotImplementedError

    def icdf(self, value: Tensor) -> Tensor:
        """The value up to which an event has this probability."""
        raise NotImplementedError

    def enumerate_support(self, expand: bool = True) -> Tensor:
        """All values that can be drawn, along the first dimension."""
        raise NotImplementedError

    def entropy(self) -> Tensor:
        """The mean of −log_prob."""
        raise NotImplementedError

    def perplexity(self) -> Tensor:
        """The exponential of the entropy."""
        return self.entropy().exp()

    def _extended_shape(self, sample_shape: Shape = ()) -> Size:
        return Size((*sample_shape, *self._batch_shape, *self._event_shape))

    def _validate_sample(self, value: Tensor) -> None:
        """ValueError for values that this distribution cannot have."""
        if not isinstance(value, Tensor):
            raise ValueError("The value argument to log_prob must be a Tensor")
        within = value.ndim - len(self._event_shape)
        if tuple(value.shape[max(within, 0) :]) != tuple(self._event_shape):
            raise ValueError(
                f"The right-most size of value must match event_shape: {value.shape} vs {self._event_shape}."
            )
        wanted = self._extended_shape()
        pairs = zip(reversed(value.shape), reversed(wanted), strict=False)
        if any(i not in (1, j) and j != 1 for i, j in pairs):
            raise ValueError(
                f"Value is not broadcastable with batch_shape+event_shape: {value.shape} vs {wanted}."
            )
        try:
            support = self.support
        except NotImplementedError:
            return
        if not holds(support.check(value)):
            raise ValueError(
                f"Expected value argument ({type(value).__name__} of shape {tuple(value.shape)}) to be "
                f"within the support ({support!r}) of the distribution {self!r}, but found invalid "
                f"values:\n{value}"
            )

    def _check(self, value: Tensor) -> None:
        if self._validate_args:
            self._validate_sample(value)

    def __repr__(self) -> str:
        shown = {name: self.__dict__[name] for name in self.arg_constraints if name in self.__dict__}
        words = ", ".join(
            f"{name}: {value if value.numel() == 1 else value.size()}" for name, value in shown.items()
        )
        return f"{type(self).__name__}({words})"


def holds(true: Tensor) -> bool:
    """Whether all are true; a replay in which they are not is no replay, but calls the step again."""
    try:
        check(is_any_false, ValueError, "a distribution has invalid parameters or values", true)
    except ValueError:
        return False
    return True


def one_of(**given: Any) -> str:
    """Which of two parameters that say the same was given; ValueError unless it is exactly one."""
    names = [name for name, value in given.items() if value is not None]
    if len(names) != 1:
        either = " or ".join(f"`{name}`" for name in given)
        raise ValueError(f"Either {either} must be specified, but not both.")
    return names[0]
