"""The language: what runs, what is refused, where, and what is shown of a program that stopped."""

import pytest

from tests.playground.workbench.programs import HEAD, card, error, reply, run


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("x = 1 + 2 * 3", 7),
        ("x = 7 // 2 % 2", 1),
        ("a, (b, c) = 1, (2, 3)\nx = [c, b, a]", [3, 2, 1]),
        ("x = 0\nfor i in range(5):\n  if i == 3: break\n  x += i", 3),
        ("x = 0\nfor i in range(5):\n  if i % 2: continue\n  x += i", 6),
        ("x = [i * j for i in range(3) for j in range(2) if i > 0]", [0, 1, 0, 2]),
        ("i = 9\ny = [i for i in range(3)]\nx = i", 9),
        ("x = 'a' if 1 < 2 <= 2 else 'b'", "a"),
        ("x = {'a': 1}['a'] + len('abc')", 4),
        ("x = []\nx.append(3)\nx += [4]", [3, 4]),
        ("x = f'{3.14159:.2f} {7:>3} {1e-5:.1e} {[1]}'", "3.14   7 1.0e-05 [1]"),
        ("x = not (1 and 0) or 5", True),
        ("x = 2 in [1, 2] and None is None", True),
        ("x, y = max([3, 1]), min(3, 1)", 3),
        ("x = sum([1, 2]) + abs(-2) + round(2.6) + int('4')", 12),
        ("x = list(zip([1, 2], (3, 4)))", [(1, 3), (2, 4)]),
        ("x = 10\ndel x\nx = 11", 11),
        ("x: int = 3", 3),
    ],
)
def test_plain_python_runs(code: str, value: object) -> None:
    program = run(code)
    assert program.problems == []
    assert program.names["x"] == value


@pytest.mark.parametrize(
    ("code", "said", "fix"),
    [
        ("class Net: pass", "`class` is refused", "Model workspace"),
        ("def f(): pass", "`def` is refused", "Model workspace"),
        ("f = lambda x: x", "`lambda` is refused", "write the expression itself"),
        ("while True: pass", "`while` is refused", "for i in range(10)"),
        ("import os", "There is no module os", "torch.nn"),
        ("x = '{}'.format(1)", "str.format is refused", "f-string"),
        ("import torch\nx = torch.ones(2).numpy()", "numpy is refused", ".tolist()"),
        ("import torch\nx = torch.ones(2).reshpe(1)", "no attribute reshpe", "did you mean reshape?"),
        ("import torch\nx = torch.onse(2)", "torch has no onse", "did you mean ones?"),
        ("print(y)", "The name y is not defined", "give it a value"),
        ("Y = 1\nprint(y)", "The name y is not defined", "did you mean Y?"),
        ("import torch\nprint(1) % Outputs: 1", "This is no Python", "a comment begins with #"),
    ],
)
def test_what_is_refused_says_why_and_what_to_write(code: str, said: str, fix: str) -> None:
    problem = error(code)
    assert said in problem.message
    assert problem.fix is not None and fix in problem.fix


def test_a_problem_is_at_the_innermost_place() -> None:
    problem = error("import torch\nx = torch.ones(2, 3)\ny = x + (x @ x)\nz = 1")
    assert (problem.line, problem.column, problem.end_line, problem.end_column) == (3, 9, 3, 14)


def test_columns_count_as_an_editor_in_a_browser_counts() -> None:
    problem = error("x = ['é', '😀', y]")
    assert problem.column == len("x = ['é', '😀', ".encode("utf-16-le")) // 2


@pytest.mark.parametrize(
    "line",
    ["y = x.", "y = torch.ones(", "y = [1, 2", "y = x +", "for i in", "y = 'text", "y = x.nothing", "y = (x"],
)
def test_everything_above_a_line_being_typed_is_shown(line: str) -> None:
    told = reply(f"import torch\nx = torch.ones(2)\nprint(x.sum().item())\n{line}\nz = x * 2\n")
    assert card(told, "x").value.value == [[1, 1]]
    assert [printed.text for printed in told.output] == ["2.0"]
    assert told.problems[0].line == 4
    assert "z" not in {each.name for each in told.tensors}


def test_a_failed_call_is_shown_with_its_error() -> None:
    told = reply(HEAD + "a = torch.ones(2, 3)\nb = torch.ones(2, 4)\nc = a + b")
    call = told.calls[-1]
    assert (call.op, call.broadcast.clash, call.broadcast.result) == ("add", 1, None)
    assert "must match" in call.error == told.problems[0].message


def test_the_same_code_draws_the_same_numbers_until_it_seeds() -> None:
    first, second = (reply("import torch\nx = torch.rand(3)") for _ in range(2))
    other = reply("import torch\ntorch.manual_seed(5)\nx = torch.rand(3)")
    assert card(first, "x").value == card(second, "x").value != card(other, "x").value


def test_modes_of_autograd_hold_inside_their_block_only() -> None:
    code = """x = torch.ones(2, requires_grad=True)
with torch.no_grad():
    a = x * 2
    with torch.enable_grad():
        b = x * 2
with torch.set_grad_enabled(False):
    c = x * 2
with torch.inference_mode():
    d = x * 2
e = x * 2
torch.no_grad"""
    told = reply(HEAD + code)
    assert told.problems == []
    assert [card(told, name).requires_grad for name in "abcde"] == [False, True, False, False, True]


def test_a_block_that_fails_does_not_leave_its_mode_behind() -> None:
    run(HEAD + "with torch.no_grad():\n    x = torch.ones(2) @ torch.ones(3)")
    assert card(reply(HEAD + "y = torch.ones(1, requires_grad=True) * 2"), "y").requires_grad


def test_the_default_type_of_one_program_is_not_that_of_the_next() -> None:
    run("import torch\ntorch.set_default_dtype(torch.float64)")
    assert card(reply("import torch\nx = torch.ones(1)"), "x").dtype == "float32"


@pytest.mark.parametrize(
    "line",
    ["import torch", "import torch.nn as nn", "import torch.nn.functional as F",
     "from torch import nn, optim", "from torch.nn import Linear", "import numpy as np",
     "from __future__ import annotations"],
)  # fmt: skip
def test_the_usual_import_lines_are_accepted(line: str) -> None:
    assert run(line).problems == []


def test_a_warning_does_not_stop_the_program() -> None:
    told = reply(HEAD + "a = torch.zeros(3) + torch.ones(3, 1)\nb = 1")
    assert [(each.line, each.severity) for each in told.problems] == [(4, "warning")]
    assert "(3, 3)" in told.problems[0].message
    assert card(told, "b").text == "1"
