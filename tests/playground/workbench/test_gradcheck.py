"""Gradients held against finite differences, on request."""

from playground.workbench import gradcheck
from playground.workbench.program import Bounds

BOUNDS = Bounds(1_000_000, 4_000_000, 1_000_000, 5.0)


def test_gradients_agree_with_finite_differences_where_an_op_takes_the_leaves() -> None:
    code = (
        "x = torch.tensor([1., 2., 3.], requires_grad=True)\n"
        "w = torch.tensor(0.5, requires_grad=True)\n"
        "loss = (x * x + w).sum()\n"
    )

    found = gradcheck.check(code, "loss", BOUNDS)

    assert found.ok
    assert [leaf.name for leaf in found.leaves] == ["x", "w"]
