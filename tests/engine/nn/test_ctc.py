"""The CTC loss: values and gradients as PyTorch has them, in every layout of labels and lengths."""

import numpy as np
import pytest

import engine

RNG = np.random.default_rng(0)
SCORES = RNG.standard_normal((7, 3, 5))
PADDED = np.array([[1, 2, 2, 3], [4, 1, 0, 0], [3, 3, 3, 3]])
CASES = {
    "padded": ((SCORES, PADDED, (7, 6, 7), (4, 2, 3)), {}),
    "one after the other": ((SCORES, np.array([1, 2, 2, 4, 3, 3]), (7, 6, 7), (3, 1, 2)), {}),
    "another blank": ((SCORES, np.array([[1, 2], [0, 1], [3, 0]]), (7, 7, 5), (2, 2, 1)), {"blank": 4}),
    "no labels": ((SCORES, PADDED, (7, 7, 7), (0, 1, 2)), {}),
    "one sample": ((SCORES[:, 0], np.array([1, 2]), (7,), (2,)), {}),
    "too long": ((SCORES, PADDED, (3, 6, 3), (4, 2, 3)), {"zero_infinity": True}),
}


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("name", CASES)
def test_values_and_gradients_are_torchs(torch, name, reduction):
    (scores, labels, inputs, counts), options = CASES[name]
    found = []
    for library in (engine, torch):
        x = library.tensor(scores, requires_grad=True)
        loss = library.nn.functional.ctc_loss(
            library.nn.functional.log_softmax(x, -1), library.tensor(labels), inputs, counts,
            reduction=reduction, **options,
        )
        loss.sum().backward()
        found.append((loss.detach().numpy(), x.grad.numpy()))
    np.testing.assert_allclose(found[0][0], found[1][0], rtol=1e-10)
    np.testing.assert_allclose(found[0][1], found[1][1], atol=1e-10)


def test_the_module_takes_lengths_as_tensors(torch):
    values = [
        library.nn.CTCLoss(blank=0)(
            library.nn.functional.log_softmax(library.tensor(SCORES), -1), library.tensor(PADDED),
            library.tensor([7, 6, 7]), library.tensor([4, 2, 3]),
        ).item()
        for library in (engine, torch)
    ]
    assert abs(values[0] - values[1]) < 1e-10


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"blank": 9}, "blank must be in label range"),
        ({"inputs": (9, 6, 7)}, "Expected input_lengths to have value at most 7, but got value 9"),
        ({"inputs": (7, 6)}, "input_lengths must be of size batch_size"),
        ({"counts": (5, 2, 3)}, "Expected tensor to have size at least 5 at dimension 1"),
    ],
)
def test_what_does_not_fit_is_refused_in_torchs_words(options, words):
    inputs, counts = options.get("inputs", (7, 6, 7)), options.get("counts", (4, 2, 3))
    with pytest.raises(RuntimeError, match=words):
        engine.nn.functional.ctc_loss(
            engine.tensor(SCORES), engine.tensor(PADDED), inputs, counts, options.get("blank", 0)
        )
