"""The tape: nodes under PyTorch's names, the gradient on every edge, what was summed and what added."""

from types import ModuleType

import numpy as np

from engine.node import Node
from engine.op import REGISTRY
from playground.protocol.tensors import Tape, TapeEdge
from playground.workbench.gradcheck import check
from playground.workbench.tape.formulas import FORMULAS, formula
from playground.workbench.tape.vjp import derivative
from tests.playground.workbench.programs import BOUNDS, HEAD, card, reply, run

CODE = HEAD + """x = torch.tensor([[1., 2.], [3., 4.]], requires_grad=True)
b = torch.tensor([1., -9.], requires_grad=True)
y = (x * x + b).relu()
loss = y.sum()
"""


def tape(code: str) -> Tape:
    found = reply(code).tape
    assert found is not None
    return found


def between(told: Tape, source: str, target: str) -> list[TapeEdge]:
    def name(at: int) -> str:
        return told.nodes[at].names[0] if told.nodes[at].leaf else told.nodes[at].name

    return [edge for edge in told.edges if (name(edge.source), name(edge.target)) == (source, target)]


def test_nodes_have_the_names_shapes_and_order_of_pytorch(torch: ModuleType) -> None:
    told = tape(CODE + "loss.backward()")
    names: dict[str, object] = {}
    exec(CODE, names)
    theirs, node = [], names["loss"].grad_fn  # type: ignore[attr-defined]
    while node.next_functions:
        theirs.append(node.name())
        node = node.next_functions[0][0]
    assert [node.name for node in told.nodes if not node.leaf] == theirs
    assert [told.nodes[at].shape for at in told.order][:2] == [[], [2, 2]]
    assert {node.names[0] for node in told.nodes if node.leaf} == {"x", "b"}
    assert told.ran and told.line == 8


def test_every_edge_carries_its_gradient_and_says_what_became_of_it() -> None:
    told = tape(CODE + "loss.backward()")
    (to_b,) = between(told, "AddBackward0", "b")
    assert (to_b.shape, to_b.gradient.value) == ([2], [[2, 1]])
    assert to_b.note == "summed over dim 0 (broadcast undone)"
    both = between(told, "MulBackward0", "x")
    assert [edge.note for edge in both] == ["added: used twice"] * 2
    x = next(node for node in told.nodes if node.names == ["x"])
    assert np.allclose(x.grad.value, np.add(both[0].gradient.value, both[1].gradient.value))
    assert x.grad.value == card(reply(CODE + "loss.backward()"), "x").grad.value


def test_what_a_node_keeps_is_listed_though_backward_let_go_of_it() -> None:
    node = next(node for node in tape(CODE + "loss.backward()").nodes if node.name == "MulBackward0")
    assert [saved.name for saved in node.saved] == ["input", "other"]
    assert node.formula == "input: g · other;  other: g · input"


def test_a_number_that_a_node_keeps_is_written_as_a_number() -> None:
    node = tape("x = torch.tensor(2., requires_grad=True)\ny = x ** 3\ny.backward()").nodes[0]

    assert {saved.name: saved.text for saved in node.saved} == {"input": "2", "other": "3", "out": "8"}


def test_without_backward_the_newest_result_is_shown_with_the_gradients_it_would_have() -> None:
    told = tape(CODE)
    assert not told.ran
    assert next(node for node in told.nodes if node.names == ["x"]).grad is not None
    assert card(reply(CODE), "x").grad is None


def test_a_result_of_several_elements_has_a_tape_without_gradients() -> None:
    told = tape(HEAD + "x = torch.ones(3, requires_grad=True)\ny = x * 2")
    assert [node.grad for node in told.nodes] == [None, None]


def test_autograd_grad_is_walked_as_well() -> None:
    told = tape(CODE + "g, = torch.autograd.grad(loss, x)")
    assert told.ran and told.nodes[0].name == "SumBackward0"


def test_the_derivative_of_a_node_comes_with_its_numbers() -> None:
    told = tape(CODE + "loss.backward()")
    at = next(node.id for node in told.nodes if node.name == "MulBackward0")
    found = derivative(run(CODE + "loss.backward()"), at)
    assert "g * other" in found.source or "g" in found.source
    assert "input[1, 0]: g = 1, input = 3, other = 3 → 3" in found.inputs[0].arithmetic


def test_a_graph_of_many_nodes_is_cut_and_counted() -> None:
    told = tape(HEAD + "x = torch.ones(1, requires_grad=True)\ny = x\nfor i in range(400):\n    y = y + 1")
    assert len(told.nodes) == 150 and told.left_out == 251


def test_gradients_are_checked_against_differences() -> None:
    found = check(CODE + "loss.backward()", "loss", BOUNDS)
    assert found.ok and [leaf.name for leaf in found.leaves] == ["x", "b"]
    assert all(leaf.difference < 1e-6 for leaf in found.leaves)


def test_the_parameters_of_modules_are_checked_too() -> None:
    code = HEAD + "lin = nn.Linear(2, 1)\nloss = lin(torch.ones(3, 2)).sigmoid().mean()"
    found = check(code, "loss", BOUNDS)
    assert found.ok and [leaf.name for leaf in found.leaves] == ["lin.weight", "lin.bias"]


def test_a_derivative_that_differences_do_not_give_is_told() -> None:
    code = HEAD + "x = torch.tensor([2.], requires_grad=True)\ny = (x * x.detach()).sum()"
    found = check(code, "y", BOUNDS)
    assert not found.ok
    assert abs(found.leaves[0].numerical.value[0][0] - 4) < 1e-4 and found.leaves[0].analytic.value == [[2]]


def test_a_check_of_what_is_no_scalar_says_so() -> None:
    assert "one element" in check(CODE, "y", BOUNDS).message


def test_every_derivative_has_a_formula_or_shows_its_source() -> None:
    known = {name: op for name, op in REGISTRY.items() if getattr(op, "rule", None) is not None}
    assert set(FORMULAS) <= set(known)
    nodes = {name: Node(op, (), None, (), ()) for name, op in known.items()}
    assert [name for name, node in nodes.items() if not formula(node)] == []


def test_a_root_of_many_elements_says_its_shape() -> None:
    tape = reply("import torch\nx = torch.ones(4, 2, requires_grad=True)\ny = (x * 2).exp()").tape
    assert [node.shape for node in tape.nodes] == [[4, 2], [4, 2], [4, 2]]
    assert tape.nodes[tape.root].grad is None
