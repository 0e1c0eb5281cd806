"""What a tensor can be made of, and the type it then has."""

from __future__ import annotations

import collections
from typing import Any

import numpy as np
import pytest

import engine

MIXED: dict[str, Any] = {
    "numpy's floats": lambda t: [np.float64(1.0)],
    "numpy's narrow floats and numbers": lambda t: [np.float32(1), 2],
    "numbers, then numpy's": lambda t: [1.0, np.float64(2)],
    "numpy's integers and floats": lambda t: [np.int64(1), 1.5],
    "two of numpy's types": lambda t: [np.float32(1), np.float64(1)],
    "numpy's bytes and numbers": lambda t: [np.uint8(1), 2],
    "truth values and numbers": lambda t: [True, 2],
    "tensors and numbers": lambda t: [t.tensor(1), 2.5],
    "tensors of two types": lambda t: [t.tensor(1, dtype=t.int32), t.tensor(2.0)],
    "wide tensors and numbers": lambda t: [t.tensor(1.0, dtype=t.float64), 2],
    "arrays and lists": lambda t: [np.array([1.0]), [2.0]],
    "nested": lambda t: [[np.float64(1)], [np.float64(2)]],
    "nothing": lambda t: [[], []],
    "a range": lambda t: range(3),
    "another sequence": lambda t: collections.deque([1.0, 2.0]),
    "tuples": lambda t: ((1, 2), (3, 4.0)),
}


@pytest.mark.parametrize("case", MIXED)
def test_the_type_is_that_which_holds_all_numbers(torch: Any, case: str) -> None:
    ours, theirs = (t.tensor(MIXED[case](t)) for t in (engine, torch))
    assert (str(ours.dtype), ours.tolist(), tuple(ours.shape)) == (
        str(theirs.dtype), theirs.tolist(), tuple(theirs.shape)
    )


REFUSED: dict[str, Any] = {
    "text": "a", "a list of text": ["a"], "text among numbers": [1, "a"], "None": None,
    "a list of None": [None], "a dictionary": {}, "an object": object(), "numbers too large": [3, 10**30],
    "a number too large": 2**63, "rows of two lengths": [[1, 2], [3]],
    "an array gone through backwards": np.ones(3)[::-1],
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_tensor_is_refused_in_torchs_words(torch: Any, case: str) -> None:
    with pytest.raises((TypeError, ValueError, RuntimeError)) as theirs:
        torch.tensor(REFUSED[case])
    with pytest.raises(theirs.type) as ours:
        engine.tensor(REFUSED[case])
    assert str(ours.value) == str(theirs.value)


def test_a_copy_of_a_tensor_and_memory_that_cannot_be_written_are_warned_of() -> None:
    with pytest.warns(UserWarning, match="To copy construct from a tensor"):
        engine.tensor(engine.ones(2))
    array = np.ones(2)
    array.flags.writeable = False
    with pytest.warns(UserWarning, match="NumPy array is not writable"):
        x = engine.from_numpy(array)
    with pytest.raises(RuntimeError, match="read-only"):
        x.add_(1)
