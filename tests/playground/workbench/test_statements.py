"""Statements: what they make, the PyTorch line of each, and what is said where one is wrong."""

from typing import Any

import pytest

from playground.protocol.replies import StatementsReply, TensorFacts
from playground.protocol.requests import StatementsRequest
from playground.workbench.statements import Space
from playground.workbench.worker import evaluate

MOST_EACH, MOST = 1000, 3000


def run(*statements: dict[str, Any], backward: str | None = None) -> StatementsReply:
    request = StatementsRequest.model_validate({"statements": list(statements), "backward": backward})
    return evaluate(request, Space(MOST_EACH, MOST))


def made(*statements: dict[str, Any], backward: str | None = None) -> dict[str, TensorFacts]:
    reply = run(*statements, backward=backward)
    assert reply.problems == []
    return {tensor.name: tensor for tensor in reply.tensors}


def line(name: str, op: str, **fields: Any) -> dict[str, Any]:
    return {"name": name, "op": op, **fields}


A = line("a", "tensor", values="[[1., 2.], [3., 4.]]", requires_grad=True)


def test_a_tensor_of_nested_lists_shows_what_it_is() -> None:
    a = made(A)["a"]
    assert (a.shape, a.dtype, a.requires_grad, a.is_leaf, a.grad_fn) == ([2, 2], "float32", True, True, None)
    assert a.value == [[1, 2], [3, 4]]
    assert a.code == "a = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)"
    assert a.text == "tensor([[1., 2.],\n        [3., 4.]], requires_grad=True)"


@pytest.mark.parametrize(
    ("statement", "code", "value"),
    [
        (line("x", "zeros", shape=[2]), "x = torch.zeros(2)", [0, 0]),
        (line("x", "ones", shape=[1, 2]), "x = torch.ones(1, 2)", [[1, 1]]),
        (line("x", "zeros", shape=[]), "x = torch.zeros(())", 0),
        (line("x", "full", shape=[2], values="7"), "x = torch.full((2,), 7)", [7, 7]),
        (line("x", "arange", values="3"), "x = torch.arange(3)", [0, 1, 2]),
        (line("x", "arange", values="1, 2, 0.5"), "x = torch.arange(1, 2, 0.5)", [1, 1.5]),
        (line("x", "linspace", values="0, 1, 3"), "x = torch.linspace(0, 1, 3)", [0, 0.5, 1]),
        (line("x", "eye", values="2"), "x = torch.eye(2)", [[1, 0], [0, 1]]),
        (line("x", "tensor", values="3"), "x = torch.tensor(3)", 3),
        (line("x", "tensor", values="[True, False]"), "x = torch.tensor([True, False])", [True, False]),
        (line("x", "ones", shape=[1], dtype="int64"), "x = torch.ones(1, dtype=torch.int64)", [1]),
        (line("x", "full", shape=[1], values="-1e999"), 'x = torch.full((1,), float("-inf"))', ["-inf"]),
    ],
)
def test_each_way_to_make_a_tensor_is_written_as_pytorch_is(
    statement: dict[str, Any], code: str, value: object
) -> None:
    x = made(statement)["x"]
    assert (x.code, x.value) == (code, value)


def test_random_tensors_are_the_same_each_time_and_differ_with_the_seed() -> None:
    both = [made(line("x", "randn", shape=[3], seed=seed))["x"] for seed in (1, 1, 2)]
    assert both[0].value == both[1].value != both[2].value
    assert both[2].code == "torch.manual_seed(2)\nx = torch.randn(3)"


def test_a_script_seeds_once_where_a_statement_has_no_seed() -> None:
    script = run(line("x", "rand", shape=[2]), line("y", "rand", shape=[2])).script
    assert script.splitlines() == [
        "import torch", "", "torch.manual_seed(0)", "", "x = torch.rand(2)", "y = torch.rand(2)",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("statement", "code", "value"),
    [
        (line("x", "add", inputs=["a", "a"]), "x = a + a", [[2, 4], [6, 8]]),
        (line("x", "mul", inputs=["a"], values="2"), "x = a * 2", [[2, 4], [6, 8]]),
        (line("x", "pow", inputs=["a"], values="2"), "x = a ** 2", [[1, 4], [9, 16]]),
        (line("x", "matmul", inputs=["a", "a"]), "x = a @ a", [[7, 10], [15, 22]]),
        (line("x", "maximum", inputs=["a", "a"]), "x = torch.maximum(a, a)", [[1, 2], [3, 4]]),
        (line("x", "gt", inputs=["a"], values="2.5"), "x = a > 2.5", [[False, False], [True, True]]),
        (line("x", "relu", inputs=["a"]), "x = a.relu()", [[1, 2], [3, 4]]),
        (line("x", "leaky_relu", inputs=["a"]), "x = torch.nn.functional.leaky_relu(a)", [[1, 2], [3, 4]]),
        (line("x", "sum", inputs=["a"]), "x = a.sum()", 10),
        (line("x", "sum", inputs=["a"], dim=1), "x = a.sum(dim=1)", [3, 7]),
        (line("x", "sum", inputs=["a"], dim=0, keepdim=True), "x = a.sum(dim=0, keepdim=True)", [[4, 6]]),
        (line("x", "max", inputs=["a"], dim=0), "x = a.max(dim=0).values", [3, 4]),
        (line("x", "argmax", inputs=["a"], dim=1), "x = a.argmax(dim=1)", [1, 1]),
        (line("x", "softmax", inputs=["a"], dim=1), "x = a.softmax(dim=1)",
         [[pytest.approx(0.26894, rel=1e-4), pytest.approx(0.73106, rel=1e-4)]] * 2),
        (line("x", "view", inputs=["a"], values="4"), "x = a.view(4)", [1, 2, 3, 4]),
        (line("x", "reshape", inputs=["a"], values="1, -1"), "x = a.reshape(1, -1)", [[1, 2, 3, 4]]),
        (line("x", "reshape", inputs=["a"], shape=[4]), "x = a.reshape(4)", [1, 2, 3, 4]),
        (line("x", "transpose", inputs=["a"], values="0, 1"), "x = a.transpose(0, 1)", [[1, 3], [2, 4]]),
        (line("x", "permute", inputs=["a"], values="1, 0"), "x = a.permute(1, 0)", [[1, 3], [2, 4]]),
        (line("x", "unsqueeze", inputs=["a"], dim=0), "x = a.unsqueeze(dim=0)", [[[1, 2], [3, 4]]]),
        (line("x", "unflatten", inputs=["a"], dim=1, values="1, 2"), "x = a.unflatten(1, (1, 2))",
         [[[1, 2]], [[3, 4]]]),
        (line("x", "cat", inputs=["a", "a"], dim=1), "x = torch.cat([a, a], dim=1)",
         [[1, 2, 1, 2], [3, 4, 3, 4]]),
        (line("x", "stack", inputs=["a"]), "x = torch.stack([a])", [[[1, 2], [3, 4]]]),
    ],
)  # fmt: skip
def test_each_op_is_written_as_pytorch_is(statement: dict[str, Any], code: str, value: object) -> None:
    x = made(A, statement)["x"]
    assert (x.code, x.value) == (code, value)


def test_backward_fills_the_gradients_of_leaves() -> None:
    tensors = made(A, line("b", "square", inputs=["a"]), line("c", "sum", inputs=["b"]), backward="c")
    assert tensors["a"].grad == [[2, 4], [6, 8]]
    assert tensors["a"].grad_text == "tensor([[2., 4.],\n        [6., 8.]])"
    assert tensors["b"].grad is None
    assert tensors["c"].grad_fn == "SumBackward0"


def test_the_script_shows_the_gradients_too() -> None:
    script = run(A, line("c", "sum", inputs=["a"]), backward="c").script
    assert script.splitlines()[-3:] == ["", "c.backward()", "print(a.grad)"]


@pytest.mark.parametrize(
    ("statement", "where", "words"),
    [
        (line("x", "add", inputs=["a", "b"]), "statements/1/inputs", "no tensor b"),
        (line("x", "add", inputs=["a", "x"]), "statements/1/inputs", "no tensor x"),
        (line("x", "add", inputs=["a"]), "statements/1/inputs", "second tensor"),
        (line("x", "add", inputs=[]), "statements/1/inputs", "1 to 2 tensors"),
        (line("x", "exp", inputs=["a", "a"]), "statements/1/inputs", "takes 1 tensors"),
        (line("x", "exp", inputs=["a"], dim=0), "statements/1/dim", "takes no dim"),
        (line("x", "exp", inputs=["a"], keepdim=True), "statements/1/keepdim", "takes no keepdim"),
        (line("x", "exp", inputs=["a"], values="1"), "statements/1/values", "takes no values"),
        (line("x", "exp", inputs=["a"], requires_grad=True), "statements/1/requires_grad", "where a tensor"),
        (line("x", "cumsum", inputs=["a"]), "statements/1/dim", "needs a dim"),
        (line("x", "sum", inputs=["a"], dim=7), "statements/1", "Dimension out of range"),
        (line("x", "sum", inputs=["a"], dim=2**70), "statements/1/dim", "at most 8"),
        (line("x", "transpose", inputs=["a"], values="0"), "statements/1/values", "dim0, dim1"),
        (line("x", "view", inputs=["a"], values="3"), "statements/1", "invalid for input of size 4"),
        (line("x", "view", inputs=["a"], values="x"), "statements/1/values", "no numbers"),
        (line("x", "view", inputs=["a"], values="1.5"), "statements/1/values", "not whole"),
        (line("x", "zeros"), "statements/1/shape", "needs a shape"),
        (line("x", "zeros", shape=[1], inputs=["a"]), "statements/1/inputs", "takes no tensors"),
        (line("x", "tensor"), "statements/1/values", "nested lists"),
        (line("x", "tensor", values="[[1], [1, 2]]"), "statements/1", "expected sequence"),
        (line("x", "tensor", values="__import__('os')"), "statements/1/values", "no numbers"),
        (line("x", "tensor", values="[" * 5000), "statements/1/values", "no numbers"),
        (line("x", "tensor", values="[" * 9 + "]" * 9), "statements/1/values", "at most 8 dimensions"),
        (line("x", "tensor", values="'text'"), "statements/1/values", "str is no number"),
        (line("x", "tensor", values="9" * 4000), "statements/1/values", "about 4000 digits"),
        (line("x", "tensor", values="[1]", requires_grad=True), "statements/1", "floating point"),
        (line("x", "arange", values="1, 2, 3, 4"), "statements/1/values", "start, end, step"),
        (line("x", "arange", values="0, 1, 0"), "statements/1", "step must be nonzero"),
        (line("x", "linspace", values="0, 1, 2.5"), "statements/1/values", "not a whole number"),
        (line("x", "linspace", values="0, 1, 1e999"), "statements/1/values", "not a whole number"),
        (line("x", "eye", values="-3"), "statements/1", ""),
        (line("x", "eval", values="1"), "statements/1/op", "no eval"),
        (line("x", "__class__", inputs=["a"]), "statements/1/op", "no __class__"),
        (line("a", "zeros", shape=[1]), "statements/1/name", "already"),
        (line("lambda", "zeros", shape=[1]), "statements/1/name", "Python"),
        (line("torch", "zeros", shape=[1]), "statements/1/name", "Python"),
    ],
)
def test_what_is_wrong_is_said_at_its_statement(statement: dict[str, Any], where: str, words: str) -> None:
    reply = run(A, statement)
    assert [problem.where for problem in reply.problems] == [where]
    assert words in reply.problems[0].message
    assert [tensor.name for tensor in reply.tensors] == ["a"]


def test_after_a_wrong_statement_the_rest_goes_on() -> None:
    reply = run(A, line("b", "add", inputs=["a", "z"]), line("c", "exp", inputs=["a"]))
    assert [tensor.name for tensor in reply.tensors] == ["a", "c"]


@pytest.mark.parametrize(("name", "words"), [("z", "no tensor z"), ("a", "scalar"), ("b", "require grad")])
def test_backward_says_why_it_cannot(name: str, words: str) -> None:
    problems = run(A, line("b", "ones", shape=[]), backward=name).problems
    assert [problem.where for problem in problems] == ["backward"]
    assert words in problems[0].message


def test_a_large_tensor_shows_a_corner() -> None:
    value = made(line("x", "zeros", shape=[20, 30]))["x"].value
    assert (len(value), len(value[0])) == (16, 16)


def test_a_tensor_of_many_dimensions_shows_few_numbers() -> None:
    value: Any = made(line("x", "ones", shape=[3, 3, 3, 3, 3]))["x"].value
    assert value[2][2][2][2][2] == 1


def test_an_empty_tensor_can_be_shown() -> None:
    assert made(line("x", "zeros", shape=[0, 3]))["x"].value == []
