"""What is refused is refused with PyTorch's kind of error and the words people search for."""

import pytest

import engine

REFUSED = {
    "matrix shapes": (
        lambda e: e.ones(2, 3) @ e.ones(4, 5),
        RuntimeError,
        r"mat1 and mat2 shapes cannot be multiplied \(2x3 and 4x5\)",
    ),
    "matrix types": (
        lambda e: e.ones(2, 2) @ e.ones(2, 2).double(),
        RuntimeError,
        "same dtype, but got: float != double",
    ),
    "batches of matrices": (
        lambda e: e.ones(2, 3, 4) @ e.ones(2, 5, 4),
        RuntimeError,
        "Expected size for first two dimensions of batch2",
    ),
    "a product with a number": (lambda e: e.ones(2) @ e.tensor(1.0), RuntimeError, "at least 1D"),
    "vectors": (lambda e: e.ones(2).dot(e.ones(3)), RuntimeError, "inconsistent tensor size"),
    "broadcasting": (
        lambda e: e.ones(3) + e.ones(4),
        RuntimeError,
        r"The size of tensor a \(3\) must match the size of tensor b \(4\) at non-singleton dimension 0",
    ),
    "mean of integers": (
        lambda e: e.tensor([1, 2]).mean(),
        RuntimeError,
        r"mean\(\): could not infer output dtype.*Got: Long",
    ),
    "view across strides": (
        lambda e: e.ones(2, 3).t().view(6),
        RuntimeError,
        "view size is not compatible with input tensor's size",
    ),
    "view of another size": (
        lambda e: e.ones(6).view(4, 2),
        RuntimeError,
        r"shape '\[4, 2\]' is invalid for input of size 6",
    ),
    "two unknown sizes": (
        lambda e: e.ones(6).view(-1, -1),
        RuntimeError,
        "only one dimension can be inferred",
    ),
    "dimension": (
        lambda e: e.ones(3).sum(2),
        IndexError,
        r"Dimension out of range \(expected to be in range of \[-1, 0\], but got 2\)",
    ),
    "dimension twice": (
        lambda e: e.ones(3, 3).sum((0, 0)),
        RuntimeError,
        "appears multiple times in the list of dims",
    ),
    "largest of nothing": (
        lambda e: e.ones(0).max(),
        RuntimeError,
        r"max\(\): Expected reduction dim to be specified for input.numel",
    ),
    "largest along nothing": (
        lambda e: e.ones(2, 0).max(1),
        IndexError,
        r"max\(\): Expected reduction dim 1 to have non-zero size",
    ),
    "place of the largest of nothing": (
        lambda e: e.ones(0).argmax(),
        IndexError,
        r"argmax\(\): Expected reduction dim to be specified",
    ),
    "joining different ranks": (
        lambda e: e.cat([e.ones(2), e.ones(2, 2)]),
        RuntimeError,
        "Tensors must have same number of dimensions",
    ),
    "joining different sizes": (
        lambda e: e.cat([e.ones(2, 2), e.ones(2, 3)]),
        RuntimeError,
        "Sizes of tensors must match except in dimension 0. Expected size 2 but got size 3",
    ),
    "joining nothing": (lambda e: e.cat([]), ValueError, "expected a non-empty list of Tensors"),
    "stacking": (
        lambda e: e.stack([e.ones(2), e.ones(3)]),
        RuntimeError,
        r"stack expects each tensor to be equal size, but got \[2\] at entry 0 and \[3\] at entry 1",
    ),
    "expanding": (
        lambda e: e.ones(3).expand(2, 4),
        RuntimeError,
        r"The expanded size of the tensor \(4\) must match the existing",
    ),
    "permuting": (
        lambda e: e.ones(2, 3).permute(0),
        RuntimeError,
        "number of dimensions in the tensor input does not",
    ),
    "ragged lists": (
        lambda e: e.tensor([[1, 2], [3]]),
        ValueError,
        r"expected sequence of length 2 at dim 1 \(got 1\)",
    ),
    "words": (lambda e: e.tensor("a"), TypeError, "invalid data type 'str'"),
    "a function of a number": (
        lambda e: e.exp(3.0),
        TypeError,
        r"exp\(\): argument 'input' \(position 1\) must be Tensor, not float",
    ),
    "gathering": (
        lambda e: e.ones(2, 2).gather(1, e.tensor([[5], [0]])),
        RuntimeError,
        "index 5 is out of bounds for dimension 1",
    ),
    "selecting": (
        lambda e: e.ones(2).index_select(0, e.tensor([7])),
        (IndexError, RuntimeError),
        "out of range",
    ),
    "top of too few": (lambda e: e.ones(2).topk(3), RuntimeError, "selected index k out of range"),
    "a singular matrix": (lambda e: e.linalg.inv(e.zeros(2, 2)), RuntimeError, "singular"),
    "splitting": (
        lambda e: e.ones(5).split([1, 2]),
        RuntimeError,
        "split_with_sizes expects split_sizes to sum exactly",
    ),
    "narrowing": (
        lambda e: e.ones(5).narrow(0, 3, 4),
        RuntimeError,
        r"start \(3\) \+ length \(4\) exceeds dimension",
    ),
    "clamp without bounds": (lambda e: e.ones(2).clamp(), (RuntimeError, ValueError), "[Aa]t least one of"),
    "nested squeeze": (lambda e: e.ones(2, 3).squeeze(5), IndexError, "Dimension out of range"),
    "rounding mode": (
        lambda e: e.div(e.ones(2), 2, rounding_mode="up"),
        RuntimeError,
        "rounding_mode to be one of None",
    ),
    "flatten": (lambda e: e.ones(2, 3, 4).flatten(2, 1), RuntimeError, "start_dim cannot come after end_dim"),
}


@pytest.mark.parametrize("name", list(REFUSED))
def test_the_error_is_that_of_torch(torch, name):
    action, kind, words = REFUSED[name]
    for library in (torch, engine):
        with pytest.raises(kind, match=words):
            action(library)
