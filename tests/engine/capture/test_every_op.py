"""Every op on every sample, captured, while its numbers change: what eager calls give, and replayed."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import engine as torch
from engine import distributions
from engine.nn import functional as F
from tests.engine.compare import function, outputs
from tests.engine.samples.sample import Sample, s, x
from tests.engine.samples.table import CASES

# They look at values in Python.
EAGER = ("allclose", "equal", "geqrf", "histogram", "unique", "unique_consecutive")

IN_PLACE = [case for case in CASES if hasattr(torch.Tensor, f"{case.values[0]}_")]
WORDS = torch.tensor([3, 0, 2, 2, 1, 3])
CLASSES = torch.tensor([[0, -1], [1, 0]])

# Functions of a matrix m (4 × 6) that choose by position, look something up or check what they are given.
FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "rows by a list": lambda m: m[[0, 2, 2]] * m[:, [1, 3]].sum(),
    "truth values in a list": lambda m: m[[True, False, True, False]],
    "one row": lambda m: m[np.array(2)] + m[torch.arange(2)],
    "a bag of words": lambda m: F.embedding_bag(WORDS, m, torch.tensor([0, 0, 2])),
    "sums of words": lambda m: F.embedding_bag(WORDS.view(2, 3), m, mode="sum", padding_idx=2),
    "the largest of words": lambda m: F.embedding_bag(WORDS.view(3, 2), m, mode="max", padding_idx=2),
    "weighted words": lambda m: F.embedding_bag(
        WORDS, m, torch.tensor([0, 2, 6]), mode="sum", per_sample_weights=m[0], include_last_offset=True
    ),
    **{
        f"an image turned, {mode}, {padding}": lambda m, mode=mode, padding=padding: F.grid_sample(
            m.view(1, 1, 4, 6), F.affine_grid(m[:2, :3].view(1, 2, 3), (1, 1, 3, 3), False), mode, padding,
            False,
        )
        for mode in ("bilinear", "nearest", "bicubic")
        for padding in ("zeros", "border", "reflection")
    },
    "a variance": lambda m: F.gaussian_nll_loss(m[0], m[1], m[2].square()),
    "a variance that may be negative": lambda m: F.gaussian_nll_loss(m[0], m[1], m[0] + 1.6),
    "several classes": lambda m: F.multilabel_margin_loss(m[:2, :2], CLASSES),
    "a class each": lambda m: F.multi_margin_loss(m, torch.tensor([0, 5, 2, 1])),
    "labels in a row": lambda m: F.ctc_loss(m.log_softmax(1).unsqueeze(1), CLASSES[1:] + 1, (4,), (2,)),
    "shares by a number": lambda m: m.quantile(0.3, dim=1) + m.nanquantile(0.5),
    "shares that may be outside": lambda m: m.quantile(m[0, 0].sigmoid() * 1.3, dim=1),
    "windows and where they are": lambda m: F.max_pool1d(m, 2, return_indices=True),
    "parts and where they are": lambda m: F.adaptive_max_pool1d(m, 4, return_indices=True),
    "classes drawn": lambda m: torch.multinomial(m.softmax(1), 3),
    "counts drawn": lambda m: torch.poisson(m.exp()) + torch.binomial(m.detach() * 0 + 5, m.sigmoid()),
    "a code drawn": lambda m: _divergence(distributions.Normal(m[0], m[1].exp())),
    "an action drawn": lambda m: _chance(distributions.Categorical(logits=m)),
    "times drawn": lambda m: distributions.Gamma(m.exp(), 2.0).sample() + distributions.Geometric(
        m.sigmoid()
    ).sample(),
    "a vector drawn": lambda m: distributions.MultivariateNormal(m[:, 0], m @ m.t() + torch.eye(4)).rsample(),
    "a spread that may be negative": lambda m: distributions.Normal(m[0], m[0] + 1.6).log_prob(m[1]),
    "P, L and U": lambda m: torch.linalg.lu(m[:, :4]),
    "a system of equations": lambda m: torch.linalg.lu_solve(*torch.linalg.lu_factor(m[:, :4]), m),
}


def _divergence(code: Any) -> Any:
    return code.rsample().sum() + distributions.kl_divergence(code, distributions.Normal(0.0, 1.0))


def _chance(policy: Any) -> Any:
    return policy.log_prob(policy.sample()) + policy.entropy()


def changed(array: np.ndarray, turn: int) -> np.ndarray:
    """Other numbers of the same kind at each turn but the even ones."""
    if turn % 2 == 0 or not array.size:
        return array
    if array.dtype.kind == "b":
        return ~array
    other = np.roll(array.reshape(-1), turn).reshape(array.shape)
    return np.asarray(other * array.dtype.type(1.25)) if array.dtype.kind == "f" else other


def course(called: Callable[..., Any], sample: Sample, captured: bool) -> tuple[list[Any], Any]:
    """What each of some calls gives, and the gradients, the numbers changing in between; and the step."""
    torch.manual_seed(0)
    tensors: list[Any] = []

    def leaf(array: np.ndarray) -> Any:
        made = torch.from_numpy(np.array(array, np.float32 if array.dtype == np.float64 else None))
        tensors.append(made.requires_grad_() if sample.grad and array.dtype.kind == "f" else made)
        return made

    args, kwargs = sample.build(leaf)
    arrays = [tensor.detach().numpy().copy() for tensor in tensors]

    def step() -> list[Any]:
        for tensor in tensors:
            tensor.grad = None
        results = outputs(called(*args, **kwargs))
        slopes = [(r * r).sum() for r in results if getattr(r, "requires_grad", False)]
        if slopes:
            torch.stack(slopes).sum().backward()
        return [r.detach() if isinstance(r, torch.Tensor) else r for r in results]

    run: Any = torch.capture(step) if captured else step
    seen: list[Any] = []
    for turn in (0, 0, 0, 1, 2, 3):
        for tensor, array in zip(tensors, arrays, strict=True):
            with torch.no_grad():
                tensor.copy_(torch.from_numpy(changed(array, turn)))
        try:
            seen.append([_plain(r) for r in run()] + [_plain(t.grad) for t in tensors])
        except Exception as error:
            seen.append([type(error).__name__, str(error)])
    return seen, run


def _plain(value: Any) -> Any:
    return value.numpy().copy() if isinstance(value, torch.Tensor) else value


def assert_replayed(called: Callable[..., Any], sample: Sample, replays: bool = True) -> None:
    """The same from captured calls as from eager ones."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        (eager, _), (found, step) = course(called, sample, False), course(called, sample, True)
    for expected, got in zip(eager, found, strict=True):
        for a, b in zip(expected, got, strict=True):
            assert type(a) is type(b)
            assert np.asarray(a).dtype == np.asarray(b).dtype
            np.testing.assert_array_equal(b, a)
    assert (step.replays > 0) is (replays and type(eager[0][0]) is not str), step.why_eager


@pytest.mark.parametrize(("name", "sample"), CASES)
def test_an_op_gives_the_numbers_and_gradients_of_eager_calls(name: str, sample: Sample) -> None:
    assert_replayed(function(name, torch), sample, name not in EAGER)


@pytest.mark.parametrize(("name", "sample"), IN_PLACE)
def test_an_op_in_place_gives_the_numbers_and_gradients_of_eager_calls(name: str, sample: Sample) -> None:
    def called(first: Any, *others: Any, **options: Any) -> Any:
        copy = first.clone()
        getattr(copy, f"{name}_")(*others, **options)
        return copy

    assert_replayed(called, sample)


@pytest.mark.parametrize("momentum", [0.1, None])
def test_a_batch_norm_moves_its_statistics_by_the_number_of_batches(momentum: float | None) -> None:
    layers = [torch.nn.BatchNorm1d(6, momentum=momentum) for _ in range(2)]
    step = torch.capture(lambda m: layers[0](m).detach())
    for seed in range(6):
        batch = torch.from_numpy(x(4, 6, seed=seed))
        assert step(batch.float()).tolist() == layers[1](batch.float()).tolist()
        assert all(map(torch.equal, layers[0].buffers(), layers[1].buffers()))
    assert step.replays == 4


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_gives_the_numbers_and_gradients_of_eager_calls(name: str) -> None:
    assert_replayed(FUNCTIONS[name], s(x(4, 6)))
