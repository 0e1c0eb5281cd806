"""Where an element of a result comes from: the inputs, and the arithmetic with their numbers."""

import pytest

from engine.op import REGISTRY
from playground.protocol.tensor_requests import ExplainRequest
from playground.protocol.tensors import ExplainReply
from playground.workbench.explain.answer import explain
from tests.playground.workbench.programs import BOUNDS, HEAD, run

DATA = HEAD + (
    "x = torch.arange(6.).view(2, 3)\ny = torch.tensor([10., 20., 30.])\n"
    "m = torch.tensor([[1., -1.], [2., 0.], [3., 4.]])\nimg = torch.arange(50.).view(1, 2, 5, 5)\n"
)


METHODS = [name for name, op in REGISTRY.items() if not op.internal and op.method]


def explained(code: str, element: list[int]) -> ExplainReply:
    """The last call of a program explained."""
    calls = run(DATA + code).trace.calls
    return explain(ExplainRequest(code=DATA + code, call=calls[-1].id, element=element), BOUNDS)


def origin(reply: ExplainReply) -> list[tuple[int, list[list[int]]]]:
    return [(source.input, source.indices) for source in reply.sources]


@pytest.mark.parametrize(
    ("code", "element", "arithmetic", "sources"),
    [
        ("z = x + y", [1, 2], "5 + 30 = 35", [(0, [[1, 2]]), (1, [[2]])]),
        ("z = 2 * x", [1, 2], "2 * 5 = 10", [(0, [[1, 2]])]),
        ("z = x.relu()", [0, 1], "max(0, 1) = 1", [(0, [[0, 1]])]),
        ("x.add_(1)", [0, 1], "1 + 1 = 2", [(0, [[0, 1]])]),
        ("z = x.sum(0)", [1], "1 + 4 = 5", [(0, [[0, 1], [1, 1]])]),
        ("z = x.mean(1, keepdim=True)", [1, 0], "(3 + 4 + 5) / 3 = 4", [(0, [[1, 0], [1, 1], [1, 2]])]),
        ("z = x.std(1)", [1], "√(((3 − 4)² + (4 − 4)² + (5 − 4)²) / 2) = 1", None),
        ("z = x.var(0, correction=0)", [0], "((0 − 1.5)² + (3 − 1.5)²) / 2 = 2.25", None),
        ("z = x.max()", [], "max(0, 1, 2, 3, 4, 5) = 5", None),
        ("z = x @ m", [1, 0], "3·1 + 4·2 + 5·3 = 26",
         [(0, [[1, 0], [1, 1], [1, 2]]), (1, [[0, 0], [1, 0], [2, 0]])]),
        ("z = x @ y", [1], "3·10 + 4·20 + 5·30 = 260", None),
        ("z = y @ y", [], "10·10 + 20·20 + 30·30 = 1400", None),
        ("z = torch.outer(y, y)", [1, 2], "20·30 = 600", [(0, [[1]]), (1, [[2]])]),
        ("z = F.linear(x, m.T.contiguous(), torch.ones(2))", [1, 1], "3·(-1) + 4·0 + 5·4 + 1 = 18", None),
        ("z = y.softmax(0)", [0], "e^10 / (e^10 + e^20 + e^30)", None),
        ("z = F.conv2d(img, torch.ones(1, 2, 2, 2))", [0, 0, 3, 3], "18·1 + 19·1 + 23·1 + 24·1 + 43·1", None),
        ("z = F.conv2d(img, torch.ones(1, 2, 3, 3), padding=1)", [0, 0, 0, 0], "0·1 + 1·1 + 5·1 + 6·1", None),
        ("z = x[1, :2]", [1], "x[1, 1] = 4", [(0, [[1, 1]])]),
        ("z = x[torch.tensor([1, 0])]", [0, 2], "x[1, 2] = 5", [(0, [[1, 2]])]),
        ("z = x[x > 2]", [1], "x[1, 1] = 4", [(0, [[1, 1]])]),
        ("z = x.T", [2, 1], "x[1, 2] = 5", [(0, [[1, 2]])]),
        ("z = x.reshape(3, 2)", [2, 0], "x[1, 1] = 4", [(0, [[1, 1]])]),
        ("z = x.repeat(2, 2)", [3, 5], "x[1, 2] = 5", [(0, [[1, 2]])]),
        ("z = torch.cat([x, x * 2])", [3, 1], "[1, 1] = 8", [(1, [[1, 1]])]),
        ("z = x.gather(1, torch.tensor([[2], [0]]))", [0, 0], "x[0, 2] = 2", [(0, [[0, 2]])]),
        ("x[0] = 5", [0, 1], "5 was put here", []),
        ("x[0] = y", [0, 1], "y[1] = 20", [(1, [[1]])]),
        ("z = F.pad(x, (1, 1))", [0, 0], "0 was put here", []),
        ("z = x.cumsum(1)", [1, 2], "3, 4, 5", [(0, [[1, 0], [1, 1], [1, 2]])]),
        ("z = torch.rand(2)", [0], "made by rand", []),
    ],
)  # fmt: skip
def test_an_element_is_written_out(
    code: str, element: list[int], arithmetic: str, sources: list[tuple[int, list[list[int]]]] | None
) -> None:
    reply = explained(code, element)
    assert arithmetic in reply.arithmetic
    if sources is not None:
        assert origin(reply) == sources


@pytest.mark.parametrize(
    ("pool", "element", "arithmetic", "first", "count"),
    [
        ("F.max_pool2d(img, 2)", [0, 1, 1, 0], "max(35, 36, 40, 41) = 41", [0, 1, 2, 0], 4),
        ("torch.nn.MaxPool2d(3, 1, 1)(img)", [0, 0, 0, 0], "max(0, 1, 5, 6) = 6", [0, 0, 0, 0], 4),
        ("F.max_pool2d(img, 2, 1, dilation=2)", [0, 0, 0, 1], "max(1, 3, 11, 13) = 13", [0, 0, 0, 1], 4),
        ("torch.nn.AvgPool2d(2)(img)", [0, 0, 0, 1], "(2 + 3 + 7 + 8) / 4 = 5", [0, 0, 0, 2], 4),
        ("F.adaptive_avg_pool2d(img, 2)", [0, 0, 1, 1], "(12 + 13 + 14 + 17 + 18", [0, 0, 2, 2], 9),
        ("F.avg_pool2d(img, 3, padding=1)", [0, 0, 0, 0], "found by its derivative", [0, 0, 0, 0], 4),
    ],
)
def test_a_pooled_element_comes_from_its_window(
    pool: str, element: list[int], arithmetic: str, first: list[int], count: int
) -> None:
    reply = explained(f"z = {pool}", element)

    assert arithmetic in f"{reply.formula} {reply.arithmetic}"
    assert (reply.sources[0].indices[0], reply.sources[0].count) == (first, count)


def test_a_reduction_of_nothing_has_its_result_alone() -> None:
    reply = explained("z = torch.zeros(0, 3).sum(0)", [2])

    assert (reply.formula, reply.arithmetic, reply.sources) == ("sum of no elements", "0", [])


@pytest.mark.parametrize("lookup", ["table(ids)", "torch.nn.functional.embedding(ids, table.weight)"])
def test_a_looked_up_element_is_that_of_the_row_its_index_names(lookup: str) -> None:
    made = "table = torch.nn.Embedding(9, 3)\nids = torch.tensor([[1, 2], [5, 0]])\n"
    reply = explained(f"{made}z = {lookup}", [1, 0, 2])

    assert reply.arithmetic.startswith("table.weight[5, 2] = ")
    assert origin(reply) == [(0, [[1, 0]]), (1, [[5, 2]])]


def test_a_product_of_stacks_names_the_matrices_that_were_stretched() -> None:
    reply = explained("z = torch.ones(2, 1, 3, 4) @ torch.ones(5, 4, 2)", [1, 2, 0, 1])
    assert origin(reply) == [
        (0, [[1, 0, 0, k] for k in range(4)]),
        (1, [[2, k, 1] for k in range(4)]),
    ]


def test_long_arithmetic_is_cut_in_the_middle() -> None:
    reply = explained("z = torch.ones(1000).sum()", [])
    assert "… 988 more …" in reply.arithmetic
    assert reply.sources[0].count == 1000


def test_an_in_place_write_is_explained_with_what_was_there_before() -> None:
    reply = explained("z = x * 10\nx.zero_()\nw = z + x", [1, 2])
    assert reply.arithmetic == "50 + 0 = 50"


@pytest.mark.parametrize("name", METHODS[::7])
def test_no_op_is_without_an_answer(name: str) -> None:
    from playground.workbench.palette import palette

    code = {op.name: op.code for group in palette().groups for op in group.ops}[name]
    for start in ("torch.rand(3, 3)", "torch.randint(1, 4, (3, 3))", "torch.rand(3)"):
        lines = "".join(f"{each} = {start}\n" for each in ("a", "b", "c"))
        line = code.replace("{0}", "a").replace("{1}", "b").replace("{2}", "c")
        program = run(HEAD + lines + "r = " + line)
        if not program.problems:
            break
    calls = [call for call in program.trace.calls if call.outputs]
    call = calls[-1]
    element = [0] * len(call.outputs[0].shape)
    if 0 not in call.outputs[0].shape:
        code = program.source.code
        assert explain(ExplainRequest(code=code, call=call.id, element=element), BOUNDS).arithmetic
