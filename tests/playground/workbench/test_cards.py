"""Cards and calls: windows, memory, what views and copies are of what, what a write changed."""

import numpy as np
import pytest

from tests.playground.workbench.programs import HEAD, card, last, reply

GRID = HEAD + "x = torch.arange(2 * 40 * 50.).view(2, 40, 50)\n"


def test_a_large_tensor_is_shown_through_a_window() -> None:
    first = card(reply(GRID), "x").value
    assert (first.slices, first.row, first.column) == ([0], 0, 0)
    assert (len(first.value), len(first.value[0])) == (16, 16)
    moved = card(reply(GRID, windows={"x": {"slices": [1], "row": 20, "column": 10}}), "x").value
    assert moved.value[0][0] == 1 * 2000 + 20 * 50 + 10
    assert (moved.low, moved.high) == (0, 3999)


def test_a_window_beyond_the_end_is_moved_back() -> None:
    end = card(reply(GRID, windows={"x": {"slices": [9], "row": 999, "column": 999}}), "x").value
    assert (end.slices, end.row, end.column) == ([1], 24, 34)
    assert end.value[-1][-1] == 3999


def test_elements_say_where_in_the_memory_they_lie() -> None:
    told = reply(HEAD + "x = torch.arange(12.).view(3, 4)\nv = x[1:, ::2]\nt = v.T\ne = x[0].expand(2, 4)")
    for name in ("v", "t", "e"):
        each = card(told, name)
        assert np.array_equal(each.elements, each.value.value)
        assert (each.storage, each.storage_size) == (card(told, "x").storage, 12)
    assert (card(told, "v").offset, card(told, "v").stride) == (4, [4, 2])


@pytest.mark.parametrize(
    ("line", "relation"),
    [("y = x.view(4)", "view of"), ("y = x.T", "view of"), ("y = x.T.reshape(4)", "copy of"),
     ("y = x", "same as"), ("y = x.detach()", "view of"), ("y = x.clone()", "copy of"),
     ("y = x[0]", "view of"), ("y = x + 0", None)],
)  # fmt: skip
def test_a_card_says_what_it_is_to_another(line: str, relation: str | None) -> None:
    told = card(reply(HEAD + f"x = torch.ones(2, 2)\n{line}"), "y")
    assert (told.base, told.relation) == ("x" if relation else None, relation)


def test_a_reshape_that_had_to_copy_is_a_copy() -> None:
    told = card(reply(HEAD + "x = torch.ones(2, 3)\nt = x.T\ny = t.reshape(6)\nz = t.contiguous()"), "y")
    assert (told.base, told.relation) == ("t", "copy of")


def test_a_write_names_everything_it_changed() -> None:
    told = reply(HEAD + "x = torch.zeros(4)\nv = x[:2]\nw = x.clone()\nd = x.data\nv += 1\nx[3] = 9")
    assert sorted(last(told, "add_").wrote) == ["d", "v", "x"]
    assert last(told, "setitem").kind == "write"
    assert card(told, "x").value.value == [[1, 1, 0, 9]]


def test_a_call_keeps_its_tensors_as_they_were() -> None:
    told = reply(HEAD + "x = torch.ones(2)\ny = x * 3\nx.zero_()")
    call = last(told, "mul")
    assert (call.inputs[0].name, call.inputs[0].value.value) == ("x", [[1, 1]])
    assert (call.outputs[0].name, call.text, call.line) == ("y", "x * 3", 5)


def test_a_broadcast_is_told_axis_by_axis() -> None:
    call = last(reply(HEAD + "z = torch.ones(5, 1, 4, 1) + torch.ones(3, 1, 6)"), "add")
    assert call.kind == "broadcast"
    assert call.broadcast.shapes == [[5, 1, 4, 1], [None, 3, 1, 6]]
    assert call.broadcast.stretched == [[False, True, False, True], [True, False, True, False]]
    assert call.broadcast.result == [5, 3, 4, 6]


@pytest.mark.parametrize(
    ("line", "kind", "dims"),
    [("x.sum()", "reduce", [0, 1]), ("x.mean(-1)", "reduce", [1]), ("x.softmax(dim=0)", "softmax", [0]),
     ("x @ x", "matmul", []), ("x.relu()", "elementwise", []), ("x[0]", "view", []),
     ("x[x > 0]", "index", []), ("torch.cat([x, x])", "join", [0]), ("torch.rand(2)", "create", []),
     ("nn.Linear(2, 1)(x)", "matmul", []), ("x.fill_(1)", "write", []),
     ("F.conv1d(x, torch.ones(1, 2, 1))", "conv", [])],
)  # fmt: skip
def test_a_call_has_its_kind_and_dims(line: str, kind: str, dims: list[int]) -> None:
    call = reply(HEAD + f"x = torch.ones(2, 2)\ny = {line}").calls[-1]
    assert (call.kind, call.dims) == (kind, dims)


def test_what_json_has_no_number_for_is_text() -> None:
    told = card(reply(HEAD + "x = torch.tensor([float('nan'), float('inf'), -torch.inf, 1.])"), "x")
    assert told.value.value == [["nan", "inf", "-inf", 1]]
    assert (told.value.low, told.value.high) == (1, 1)


def test_modules_optimizers_and_plain_values_have_cards() -> None:
    code = "lin = nn.Linear(2, 1)\nopt = torch.optim.SGD(lin.parameters(), lr=0.1)\nn = 3\ns = 'a'\nl = [1]\n"
    told = reply(HEAD + code)
    assert [(each.name, each.kind) for each in told.tensors] == [
        ("lin", "module"), ("lin.weight", "parameter"), ("lin.bias", "parameter"), ("opt", "optimizer"),
        ("n", "number"), ("s", "text"), ("l", "list"),
    ]  # fmt: skip
    assert card(told, "lin.weight").storage != card(told, "lin.bias").storage


def test_an_empty_tensor_has_a_card() -> None:
    told = card(reply(HEAD + "x = torch.empty(0, 3)"), "x")
    assert (told.shape, told.stride, told.elements, told.value.low) == ([0, 3], [3, 1], [], None)
