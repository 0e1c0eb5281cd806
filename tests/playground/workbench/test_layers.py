"""Layers in a program: asked for their result's size before they make it, with the whole batch."""

from playground.workbench.program import Bounds, Program
from tests.playground.workbench.programs import reply

BOUNDS = Bounds(1_000_000, 4_000_000, 1_000_000, 5.0)


def shapes(code: str) -> dict[str, tuple[int, ...]]:
    program = Program(code, BOUNDS).start()
    assert program.problems == []
    return {name: tuple(tensor.shape) for name, tensor in program.named_tensors()}


def test_layers_that_look_at_the_batch_get_it() -> None:
    found = shapes(
        "x = torch.randn(2, 3, 8, 8)\n"
        "y = torch.nn.Conv2d(3, 4, 3, padding=1)(x)\n"
        "one = torch.nn.Conv2d(3, 4, 3)(x[0])\n"
        "n = torch.nn.BatchNorm2d(4)(y)\n"
        "tail = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(256, 3), torch.nn.BatchNorm1d(3))\n"
        "s = tail(n)\n"
        "v = torch.nn.Linear(3, 5)(s[0])\n"
    )

    assert (found["n"], found["one"], found["s"], found["v"]) == ((2, 4, 8, 8), (4, 6, 6), (2, 3), (5,))


def test_each_layer_of_a_sequence_is_a_call_of_its_own() -> None:
    code = (
        "import torch\nfrom torch import nn\n"
        "m = nn.Sequential(nn.Linear(2, 3), nn.Sequential(nn.ReLU(), nn.Linear(3, 1)))\n"
        "y = m(torch.ones(4, 2))"
    )
    calls = [call for call in reply(code).calls if call.line == 4][1:]
    assert [call.text for call in calls] == ["m.0 · Linear", "m.1.0 · ReLU", "m.1.1 · Linear"]
    assert [operand.name for operand in calls[2].inputs] == [None, "m.1.1.weight", "m.1.1.bias"]
    assert calls[2].outputs[0].name == "y"


def test_the_layer_that_does_not_fit_is_the_one_that_is_named() -> None:
    code = (
        "import torch\nfrom torch import nn\n"
        "m = nn.Sequential(nn.Linear(2, 3), nn.Linear(4, 1))\nm(torch.ones(1, 2))"
    )
    told = reply(code)
    assert told.problems[0].line == 4
    assert [(call.text, bool(call.error)) for call in told.calls[-2:]] == [
        ("m.0 · Linear", False),
        ("m.1 · Linear", True),
    ]
