"""What parameters and values a distribution has: sets of numbers, or of vectors and matrices."""

from __future__ import annotations

from typing import Any

from engine.tensor import Tensor


class Constraint:
    """A set: ``check`` says of each element, or of each whole vector or matrix, whether it is in it."""

    is_discrete = False
    event_dim = 0

    def check(self, value: Tensor) -> Tensor:
        """True where ``value`` is in the set."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class Real(Constraint):
    """Every number but NaN."""

    def check(self, value: Tensor) -> Tensor:
        return value.eq(value)


class Boolean(Constraint):
    """0 and 1."""

    is_discrete = True

    def check(self, value: Tensor) -> Tensor:
        return value.eq(0) | value.eq(1)


class Interval(Constraint):
    """The numbers from one bound to the other."""

    def __init__(self, lower_bound: Any, upper_bound: Any) -> None:
        self.lower_bound, self.upper_bound = lower_bound, upper_bound

    def check(self, value: Tensor) -> Tensor:
        return (self.lower_bound <= value) & (value <= self.upper_bound)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(lower_bound={self.lower_bound}, upper_bound={self.upper_bound})"


class IntegerInterval(Interval):
    """The whole numbers from one bound to the other."""

    is_discrete = True

    def check(self, value: Tensor) -> Tensor:
        return (value % 1).eq(0) & super().check(value)


class GreaterThan(Constraint):
    """The numbers above a bound."""

    def __init__(self, lower_bound: Any) -> None:
        self.lower_bound = lower_bound

    def check(self, value: Tensor) -> Tensor:
        return self.lower_bound < value

    def __repr__(self) -> str:
        return f"{type(self).__name__}(lower_bound={self.lower_bound})"


class GreaterThanEq(GreaterThan):
    """The numbers from a bound on."""

    def check(self, value: Tensor) -> Tensor:
        return self.lower_bound <= value


class IntegerGreaterThan(GreaterThan):
    """The whole numbers from a bound on."""

    is_discrete = True

    def check(self, value: Tensor) -> Tensor:
        return (value % 1).eq(0) & (value >= self.lower_bound)


class LessThan(Constraint):
    """The numbers below a bound."""

    def __init__(self, upper_bound: Any) -> None:
        self.upper_bound = upper_bound

    def check(self, value: Tensor) -> Tensor:
        return value < self.upper_bound

    def __repr__(self) -> str:
        return f"LessThan(upper_bound={self.upper_bound})"


class Simplex(Constraint):
    """Vectors of shares that sum to 1."""

    event_dim = 1

    def check(self, value: Tensor) -> Tensor:
        return (value >= 0).all(-1) & ((value.sum(-1) - 1).abs() < 1e-6)


class OneHot(Constraint):
    """Vectors with one 1 among zeros."""

    is_discrete = True
    event_dim = 1

    def check(self, value: Tensor) -> Tensor:
        return (value.eq(0) | value.eq(1)).all(-1) & value.sum(-1).eq(1)


class PositiveDefinite(Constraint):
    """Symmetric matrices with eigenvalues above 0."""

    event_dim = 2

    def check(self, value: Tensor) -> Tensor:
        from engine.linalg import cholesky_ex

        symmetric = value.isclose(value.mT, atol=1e-6).all(-2).all(-1)
        return symmetric & cholesky_ex(value)[1].eq(0)


class LowerCholesky(Constraint):
    """Lower triangular matrices with a positive diagonal."""

    event_dim = 2

    def check(self, value: Tensor) -> Tensor:
        lower = value.tril().eq(value).flatten(-2).all(-1)
        return lower & (value.diagonal(dim1=-2, dim2=-1) > 0).all(-1)


class IndependentConstraint(Constraint):
    """Blocks, of as many dimensions as are said, all of whose elements are in a set."""

    def __init__(self, base_constraint: Constraint, reinterpreted_batch_ndims: int) -> None:
        self.base_constraint = base_constraint
        self.reinterpreted_batch_ndims = reinterpreted_batch_ndims
        self.is_discrete = base_constraint.is_discrete
        self.event_dim = base_constraint.event_dim + reinterpreted_batch_ndims

    def check(self, value: Tensor) -> Tensor:
        inside = self.base_constraint.check(value)
        for _ in range(self.reinterpreted_batch_ndims):
            inside = inside.all(-1)
        return inside

    def __repr__(self) -> str:
        return f"IndependentConstraint({self.base_constraint!r}, {self.reinterpreted_batch_ndims})"


real = Real()
boolean = Boolean()
simplex = Simplex()
one_hot = OneHot()
positive_definite = PositiveDefinite()
lower_cholesky = LowerCholesky()
unit_interval = Interval(0.0, 1.0)
positive = GreaterThan(0.0)
nonnegative = GreaterThanEq(0.0)
nonnegative_integer = IntegerGreaterThan(0)
positive_integer = IntegerGreaterThan(1)
real_vector = IndependentConstraint(real, 1)
integer_interval, interval, independent = IntegerInterval, Interval, IndependentConstraint
greater_than, greater_than_eq, less_than = GreaterThan, GreaterThanEq, LessThan
