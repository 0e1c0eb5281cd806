"""The palette and what fits: every op of the registry, as a line that runs."""

import pytest

from engine.op import REGISTRY
from playground.workbench.errors import NotThereError
from playground.workbench.fit import fits
from playground.workbench.palette import palette
from tests.playground.workbench.programs import BOUNDS, HEAD, run

OPS = [op for group in palette().groups for op in group.ops]
TENSORS = ("torch.rand(3, 3)", "torch.rand(3)", "torch.randint(1, 4, (3, 3))", "torch.randint(1, 3, (3,))",
           "torch.rand(1, 1, 4, 4)", "torch.rand(2, 3, 3)")  # fmt: skip
MIXED = {
    "addbmm": ("torch.rand(3, 3)", "torch.rand(2, 3, 3)", "torch.rand(2, 3, 3)"),
    "mv": ("torch.rand(2, 3)", "torch.rand(3)"),
    "addmv": ("torch.rand(2)", "torch.rand(2, 3)", "torch.rand(3)"),
    "nll_loss": ("torch.rand(4, 3)", "torch.tensor([0, 1, 2, 0])"),
    "cross_entropy": ("torch.rand(4, 3)", "torch.tensor([0, 1, 2, 0])"),
    "embedding": ("torch.tensor([0, 1])", "torch.rand(3, 2)"),
    "prelu": ("torch.rand(3, 3)", "torch.rand(1)"),
    "conv1d": ("torch.rand(1, 2, 5)", "torch.rand(3, 2, 2)"),
}


def test_every_op_that_pytorch_has_is_in_it() -> None:
    missing = {name for name, op in REGISTRY.items() if not op.internal} - {op.name for op in OPS}
    assert missing == set()


@pytest.mark.parametrize("op", OPS, ids=lambda op: op.name)
def test_its_line_runs(op: object) -> None:
    tried = []
    for chosen in [MIXED[op.name]] if op.name in MIXED else [(each,) * 3 for each in TENSORS]:
        lines = [f"{name} = {made}" for name, made in zip("abc", chosen, strict=False)]
        code = op.code.replace("{0}", "a").replace("{1}", "b").replace("{2}", "c")
        program = run(HEAD + "\n".join([*lines, f"r = {code}"]))
        errors = [each.message for each in program.problems if each.severity == "error"]
        if not errors:
            return
        tried += errors
    raise AssertionError(tried)


def test_what_fits_two_tensors_is_told_with_the_reason_for_the_rest() -> None:
    program = run(HEAD + "a = torch.ones(2, 3)\nb = torch.ones(3, 4)")
    found = {op.name: op for op in fits(program, ["a", "b"], BOUNDS).ops}
    assert found["matmul"].fits and found["mm"].fits
    assert not found["add"].fits and "(3) must match" in found["add"].reason
    assert "sum" not in found


def test_large_tensors_are_tried_at_another_size() -> None:
    program = run(HEAD + "a = torch.ones(1000, 300)\nb = torch.ones(300, 700)")
    found = {op.name: op for op in fits(program, ["a", "b"], BOUNDS).ops}
    assert found["mm"].fits and not found["mul"].fits
    assert "300" not in found["mul"].reason or "1000" in found["mul"].reason


def test_a_name_that_is_not_there_is_refused() -> None:
    with pytest.raises(NotThereError):
        fits(run(HEAD), ["a"], BOUNDS)


@pytest.mark.parametrize("a, b", [((2, 3), (4,)), ((2, 3), (2, 3)), ((3,), (3,))])
def test_a_reason_is_never_what_numpy_or_python_say_of_it(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    program = run(f"import torch\na = torch.ones({a})\nb = torch.ones({b})")
    reasons = {op.name: op.reason for op in fits(program, ["a", "b"], BOUNDS).ops if not op.fits}
    assert reasons["gcd"] == "This op does not take tensors of these types."
    raw = ("ufunc", "tuple index", "unpack", "for axis", "arrays used")
    assert not [reason for reason in reasons.values() if any(words in reason for words in raw)]
