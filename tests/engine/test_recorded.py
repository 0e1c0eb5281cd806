"""Every op on every sample against PyTorch's recorded results: needs no PyTorch."""

import numpy as np
import pytest

import engine

from .recording import read, results
from .samples.table import CASES

RECORDED = read()


def test_every_case_is_recorded():
    assert {case.id for case in CASES} == set(RECORDED), "run: python -m tests.engine.recording"


@pytest.mark.parametrize(("name", "sample"), CASES)
def test_results_and_gradients_are_those_recorded(request, name, sample):
    recorded = RECORDED[request.node.callspec.id]
    ours = results(name, sample, engine)
    assert len(ours) == len(recorded)
    for mine, theirs in zip(ours, recorded, strict=True):
        assert (mine is None) == (theirs is None)
        if mine is not None:
            assert (mine[0], mine[1]) == (theirs[0], list(theirs[1]))
            tolerance = 1e-5 if theirs[0] == "torch.float32" else 1e-9
            np.testing.assert_allclose(mine[2], theirs[2], rtol=tolerance, atol=tolerance / 10)
