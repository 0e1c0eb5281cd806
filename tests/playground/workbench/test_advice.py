"""Ways out of shapes that clash: each of them works where it is followed."""

import pytest

from playground.protocol.tensors import CodeProblem
from playground.workbench.program import Bounds, Program

BOUNDS = Bounds(1_000_000, 4_000_000, 1_000_000, 5.0)


def problems(a: str, b: str, what: str) -> list[CodeProblem]:
    return Program(f"a = torch.ones({a})\nb = torch.ones({b})\nc = {what}\n", BOUNDS).start().problems


@pytest.mark.parametrize(
    ("a", "b", "what", "fix", "repaired"),
    [
        ("2, 3", "2", "a + b", "b.unsqueeze(1) has shape [2, 1], which fits", "a + b.unsqueeze(1)"),
        ("4", "5, 4, 6", "a * b", "a.unsqueeze(1) has shape [4, 1], which fits", "a.unsqueeze(1) * b"),
        ("2, 3", "3, 2", "a - b", "b.T has shape [2, 3], which fits", "a - b.T"),
        ("2, 6", "12", "a + b", "both have 12 elements: b.reshape(2, 6) fits", "a + b.reshape(2, 6)"),
        ("2, 3", "2, 3", "a @ b", "b.mT has shape [3, 2], which fits", "a @ b.mT"),
        ("3, 2", "3, 4", "torch.matmul(a, b)", "a.mT has shape [2, 3], which fits", "torch.matmul(a.mT, b)"),
    ],
)
def test_the_way_out_is_named_and_works(a: str, b: str, what: str, fix: str, repaired: str) -> None:
    assert problems(a, b, what)[0].fix == fix
    assert problems(a, b, repaired) == []


def test_where_no_rearrangement_fits_every_pair_is_offered() -> None:
    assert problems("2, 3", "4", "a * b")[0].fix == (
        "make the sizes equal; or let every element meet every other: a.unsqueeze(-1) has shape [2, 3, 1]"
    )
    assert problems("2, 3", "4, 5", "a + b")[0].fix == "make the sizes equal, or one of them 1"


def test_a_tensor_without_a_name_is_called_by_its_place() -> None:
    program = Program("c = torch.ones(2, 3) + torch.ones(2)\n", BOUNDS).start()

    assert program.problems[0].fix == ".unsqueeze(1) of the second tensor has shape [2, 1], which fits"


def test_only_what_a_write_reached_has_changed() -> None:
    program = Program(
        "x = torch.arange(12.).view(3, 4)\nfirst = x[0]\nsecond = x[1]\nturned = x.T\nsecond[0] = 9\n", BOUNDS
    ).start()

    assert program.trace.calls[-1].wrote == ["x", "second", "turned"]
