"""Layers in a program: asked for their result's size before they make it, with the whole batch."""

from playground.workbench.program import Bounds, Program

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
