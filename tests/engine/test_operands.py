"""What may stand where in a call: tensors, numbers, truth values, nothing; refused in PyTorch's words."""

import pytest

import engine

TENSORS_ONLY = (
    "maximum",
    "minimum",
    "fmax",
    "fmin",
    "atan2",
    "hypot",
    "nextafter",
    "logaddexp",
    "logaddexp2",
    "heaviside",
    "gcd",
    "lcm",
    "ldexp",
    "logical_and",
    "logical_or",
    "logical_xor",
)
TENSOR_FIRST = ("clamp_min", "clamp_max", "eq", "ne", "lt", "le", "gt", "ge", "fmod", "copysign", "rsub")
REFUSED = {
    "a sum with a word": (lambda t: t.add(t.ones(2), "a"), TypeError, "'other' .* must be Tensor, not str"),
    "a difference with nothing": (
        lambda t: t.sub(t.ones(2), None),
        TypeError,
        "must be Tensor, not NoneType",
    ),
    "a product with a number": (
        lambda t: t.mm(t.ones(2, 2), 3),
        TypeError,
        "'mat2' .* must be Tensor, not int",
    ),
    "matmul of a number": (
        lambda t: t.matmul(2.0, t.ones(2)),
        TypeError,
        "'input' .* must be Tensor, not float",
    ),
    "a number among tensors": (
        lambda t: t.stack([t.ones(2), None]),
        TypeError,
        "expected Tensor as element 1 in argument 0, but got NoneT",
    ),
    "a power of two numbers": (lambda t: t.float_power(2, 3), TypeError, "invalid combination of arguments"),
    "lerp to a number": (
        lambda t: t.lerp(t.ones(2), 1.0, 0.5),
        TypeError,
        "invalid combination of arguments",
    ),
    "addcmul with a number": (
        lambda t: t.addcmul(t.ones(2), 1.0, t.ones(2)),
        TypeError,
        "'tensor1' .* must be Tensor, not float",
    ),
    "truth value less truth value": (
        lambda t: t.ones(2, dtype=t.bool) - t.ones(2, dtype=t.bool),
        RuntimeError,
        "with two bool tensors",
    ),
    "truth value less number": (
        lambda t: t.ones(2, dtype=t.bool) - 1,
        RuntimeError,
        "with a bool tensor is not",
    ),
    "number less truth value": (
        lambda t: 1 - t.ones(2, dtype=t.bool),
        RuntimeError,
        "with a bool tensor is not",
    ),
    "True off numbers": (lambda t: t.ones(2).sub_(True), RuntimeError, "with a bool tensor is not"),
    "a truth value as factor": (
        lambda t: t.sub(t.ones(2), 1, alpha=True),
        RuntimeError,
        "Boolean alpha only supported for Boolean",
    ),
    "a truth value as factor, in place": (
        lambda t: t.ones(2).add_(1, alpha=True),
        RuntimeError,
        "Boolean alpha only supported for Boolean",
    ),
    "a fraction of whole numbers, in place": (
        lambda t: t.ones(2, dtype=t.int64).add_(1, alpha=1.5),
        RuntimeError,
        "alpha must not be a floating point",
    ),
    "powers of float32 in place": (
        lambda t: t.ones(2).float_power_(2),
        RuntimeError,
        "has dtype Float but the operation's result requires",
    ),
    "a word as size": (lambda t: t.zeros("a"), TypeError, "must be tuple of ints, not str"),
    "a fraction as size": (lambda t: t.zeros(2, 2.0), TypeError, "failed to unpack the object at pos 2"),
    "a word as in_features": (lambda t: t.nn.Linear("a", 2), TypeError, "must be tuple of ints,but got str"),
    "a fraction as features": (
        lambda t: t.nn.Linear(2, 3.0),
        TypeError,
        "found element of type float at pos 0",
    ),
    "an empty row": (lambda t: t.nn.Linear(2, 3)(t.ones(0)), RuntimeError, r"multiplied \(1x0 and 2x3\)"),
    "lerp of two types": (
        lambda t: t.lerp(t.ones(2), t.ones(2).double(), 0.5),
        RuntimeError,
        "expected dtype float for `end`",
    ),
    "lerp of whole numbers": (
        lambda t: t.lerp(t.ones(2).long(), t.ones(2).long(), 0.5),
        NotImplementedError,
        "lerp_kernel_scalar",
    ),
    "addcdiv of whole numbers": (
        lambda t: t.addcdiv(t.ones(2), t.ones(2).long(), t.ones(2).long()),
        RuntimeError,
        "Integer division with",
    ),
    "addmm of two types": (
        lambda t: t.addmm(t.ones(2, 2).long(), t.ones(2, 2), t.ones(2, 2)),
        RuntimeError,
        "self and mat2 must have",
    ),
    "a product of truth values": (
        lambda t: t.mm(t.ones(2, 2).bool(), t.ones(2, 2).bool()),
        NotImplementedError,
        "not implemented for 'Bool'",
    ),
    "cdist of whole numbers": (
        lambda t: t.cdist(t.ones(2, 3).long(), t.ones(2, 3)),
        RuntimeError,
        "floating-point dtypes, X1 got: Long",
    ),
    "bilinear of two types": (
        lambda t: t.nn.functional.bilinear(t.ones(2, 3), t.ones(2, 4), t.ones(5, 3, 4).double()),
        RuntimeError,
        "same dtype, got input1: float, input2: float, weight: double",
    ),
    "whole numbers as log-probabilities": (
        lambda t: t.nn.functional.nll_loss(t.ones(2, 3).long(), t.tensor([0, 1])),
        NotImplementedError,
        "for 'Long'",
    ),
    "the norm of order 0 has no way back": (
        lambda t: t.autograd.grad((x := t.ones(2, requires_grad=True)).norm(0), x),
        RuntimeError,
        "index 0 appears to not have been used",
    ),
    "windows that do not move": (
        lambda t: t.ones(4).unfold(0, 2, 0),
        RuntimeError,
        "step is 0 but must be > 0",
    ),
    "the trace of a vector": (
        lambda t: t.trace(t.ones(2)),
        RuntimeError,
        "expected a matrix, but got tensor with dim 1",
    ),
    "heaviside of two types": (
        lambda t: t.heaviside(t.ones(2), t.tensor([1, 2])),
        RuntimeError,
        "not yet implemented for tensors with different dtypes",
    ),
    "a weight larger than the losses": (
        lambda t: t.nn.functional.binary_cross_entropy(t.ones(1, 2), t.ones(1, 2), weight=t.ones(3, 1, 2)),
        RuntimeError,
        r"doesn't match the broadcast shape \[3, 1, 2\]",
    ),
    "no eps to divide by": (
        lambda t: t.nn.BatchNorm1d(3, eps=-1e-5)(t.ones(2, 3)),
        ValueError,
        "eps must be positive during training",
    ),
    "a variance below 0": (
        lambda t: t.nn.BatchNorm1d(3, eps=-1.0).eval()(t.ones(2, 3)),
        ValueError,
        "eps must be non-negative",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_fit_is_refused_in_torchs_words(torch, name):
    action, kind, words = REFUSED[name]
    for library in (engine, torch):
        with pytest.raises(kind, match=words):
            action(library)


@pytest.mark.parametrize("name", TENSORS_ONLY)
def test_two_tensors_are_asked_for_where_torch_asks_for_two(torch, name):
    for library in (engine, torch):
        with pytest.raises(TypeError, match="must be Tensor, not int"):
            getattr(library, name)(library.tensor([2]), 2)


@pytest.mark.parametrize("name", TENSOR_FIRST)
def test_a_number_cannot_come_first_where_torch_has_no_such_form(torch, name):
    for library in (engine, torch):
        with pytest.raises(TypeError, match=r"invalid combination of arguments - got .int, Tensor."):
            getattr(library, name)(2, library.ones(2))
        assert getattr(library, name)(library.ones(2), 2).shape == (2,)


@pytest.mark.parametrize("name", ["add", "sub", "mul", "div", "floor_divide"])
@pytest.mark.parametrize("numbers", [(7, 2), (7.5, 2), (True, 2)], ids=str)
def test_arithmetic_takes_two_numbers(torch, name, numbers):
    if name == "sub" and numbers[0] is True:
        numbers = (3, 2)
    ours, theirs = (getattr(library, name)(*numbers) for library in (engine, torch))
    assert (ours.item(), str(ours.dtype), tuple(ours.shape)) == (theirs.item(), str(theirs.dtype), ())
