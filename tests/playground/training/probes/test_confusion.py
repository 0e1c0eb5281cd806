"""The confusion matrix is the one that PyTorch's answers give."""

from types import ModuleType

import numpy as np
import pytest

from playground.data.registry import DATASETS
from tests.playground.training.probes.looking import subject, view
from tests.playground.training.probes.peer import Twin


@pytest.mark.parametrize("name", ["Spiral", "Digits", "Breast cancer"])
def test_it_counts_pytorchs_answers_after_the_same_steps(torch: ModuleType, name: str) -> None:
    looked_at = subject(DATASETS[name].preset)
    twin = Twin(torch, looked_at)
    for _ in range(10):
        looked_at.trainer.run_step()
        twin.step()
    built = looked_at.built
    twin.model.eval()
    output = twin.forward(torch.tensor(built.x_held.numpy())).detach().numpy()

    said = output.argmax(axis=1) if output.shape[1] > 1 else (output[:, 0] > 0).astype(int)
    truth = built.y_held.numpy().reshape(-1).astype(int)
    classes = len(built.prepared.facts.classes)
    expected = np.zeros((classes, classes), int)
    np.add.at(expected, (truth, said), 1)
    np.testing.assert_array_equal(view(looked_at, "confusion")["counts"], expected)
