"""Bounds of the workbench: known before anything is computed, and never below what the engine makes."""

import itertools
import math
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import engine
from playground.protocol.requests import StatementsRequest
from playground.workbench.bounds import result_elements
from playground.workbench.palette import CREATION, OPS, Operation
from playground.workbench.statements import Space
from playground.workbench.worker import evaluate

MOST = 10**6


def problem(*statements: dict[str, Any]) -> str:
    request = StatementsRequest.model_validate({"statements": list(statements)})
    problems = evaluate(request, Space(MOST, 4 * MOST)).problems
    return problems[-1].message if problems else ""


@contextmanager
def hardly_any_memory() -> Iterator[None]:
    """numpy tells tracemalloc of every array."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "statement",
    [
        {"op": "zeros", "shape": [10**6, 10**6]},
        {"op": "ones", "shape": [10**6] * 8},
        {"op": "full", "shape": [1001, 1000], "values": "1"},
        {"op": "eye", "values": "10000000"},
        {"op": "eye", "values": "1001, 1000"},
        {"op": "linspace", "values": "0, 1, 1e18"},
        {"op": "arange", "values": "1e15"},
        {"op": "arange", "values": "0, 1e300, 1e-300"},
        {"op": "arange", "values": "0, 1e999"},
        {"op": "arange", "values": "0, -1e15, -1"},
    ],
)
def test_what_is_too_large_is_refused_before_it_is_made(statement: dict[str, Any]) -> None:
    with hardly_any_memory():
        assert "at most 1,000,000" in problem({"name": "x", **statement})


@pytest.mark.parametrize(
    ("shapes", "statement"),
    [
        (([2000], [2000, 1]), {"op": "add", "inputs": ["a", "b"]}),
        (([2000, 1], [1, 2000]), {"op": "matmul", "inputs": ["a", "b"]}),
        (([2000, 1], [1, 2000]), {"op": "mm", "inputs": ["a", "b"]}),
        (([2000, 1, 1], [1, 1000]), {"op": "matmul", "inputs": ["a", "b"]}),
        (([1], [1]), {"op": "expand", "inputs": ["a"], "values": "1001, 1000"}),
        (([1000], [1]), {"op": "expand", "inputs": ["a"], "values": "1001, -1"}),
        (([600_000], [600_000]), {"op": "cat", "inputs": ["a", "b"]}),
    ],
)
def test_a_result_that_is_too_large_is_refused(shapes: Any, statement: dict[str, Any]) -> None:
    made = [{"name": name, "op": "zeros", "shape": shape} for name, shape in zip("ab", shapes, strict=True)]
    assert "at most 1,000,000" in problem(*made, {"name": "x", **statement})


def test_all_tensors_together_are_bounded_too() -> None:
    many = [{"name": f"x{i}", "op": "zeros", "shape": [MOST]} for i in range(5)]
    assert "too many in all" in problem(*many)
    assert problem(*many[:4]) == ""


shapes = st.lists(st.integers(1, 4), max_size=4).map(tuple)
several = st.lists(st.integers(-1, 4), min_size=1, max_size=4).map(tuple)


@settings(max_examples=400, deadline=None)
@given(name=st.sampled_from(sorted(OPS)), given=st.tuples(shapes, shapes, shapes), data=st.data())
def test_no_op_makes_more_than_its_bound(name: str, given: Any, data: st.DataObject) -> None:
    operation = OPS[name]
    chosen = given[: operation.most_inputs]
    each = [st.integers(-1, 4)] * len(operation.further)
    asked = data.draw(several if operation.packed else st.tuples(*each))
    try:
        result = called(operation, [engine.ones(*shape) for shape in chosen], asked)
    except (RuntimeError, IndexError, TypeError, ValueError):
        return  # refused in words: another test's matter
    assert result.numel() <= max(1, result_elements(operation, chosen, asked))


def called(operation: Operation, tensors: list[engine.Tensor], asked: tuple[int, ...]) -> engine.Tensor:
    positional = [0] if operation.needs_dim and asked else []
    options = {"dim": 0} if operation.needs_dim and not asked else {}
    rest = [asked] if operation.packed else list(asked)
    given = [tensors] if operation.listed else tensors
    result = operation.function(*given, *positional, *rest, **options)
    return result[0] if isinstance(result, tuple) else result


def samples(operation: Operation) -> Iterator[tuple[list[engine.Tensor], tuple[int, ...]]]:
    """Tensors of small shapes (the matrix has an inverse) with arguments that suit one shape or another."""
    makes = (
        lambda dtype: engine.eye(2, dtype=dtype),
        lambda dtype: engine.ones(2, dtype=dtype),
        lambda dtype: engine.ones(3, dtype=dtype),
        lambda dtype: engine.ones(1, 2, 2, dtype=dtype),
    )
    count = len(operation.further)
    for made in itertools.product(makes, repeat=operation.most_inputs):
        for first, dtype in (
            (engine.float32, engine.float32),
            (engine.int64, engine.int64),
            (engine.bool, engine.float32),
        ):
            for asked in ((0,) * count, (1,) * count, (2, 2), (1, 2, 2)):
                if operation.packed or len(asked) == count:
                    yield [made[0](first), *(make(dtype) for make in made[1:])], asked


@pytest.mark.parametrize("name", OPS)
def test_every_op_of_the_palette_gives_one_tensor_of_something(name: str) -> None:
    for tensors, asked in samples(OPS[name]):
        with suppress(RuntimeError, IndexError, TypeError, ValueError):
            assert isinstance(called(OPS[name], tensors, asked), engine.Tensor)
            return
    pytest.fail("it refused everything")


def test_the_palette_is_the_engines_registry() -> None:
    for name in ("add", "matmul", "exp", "sum", "mean", "max", "softmax", "view", "cat", "permute"):
        assert name in OPS, name
    assert not [name for name in (*OPS, *CREATION) if name.startswith("_")]
    assert all(each.help for each in (*OPS.values(), *CREATION.values()))


def test_every_op_of_the_palette_is_a_pytorch_name() -> None:
    torch = pytest.importorskip("torch")
    for operation in OPS.values():
        home = {"method": torch.Tensor, "torch": torch, "torch.nn.functional": torch.nn.functional}
        assert hasattr(home[operation.written], operation.name), operation.name
    assert all(hasattr(torch, name) for name in CREATION)


def test_sizes_are_products() -> None:
    assert result_elements(OPS["matmul"], [(5, 2, 3), (3, 4)], ()) == math.prod((5, 2, 4))
