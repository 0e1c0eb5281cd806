"""New tensors: the values, types and refusals of PyTorch; random ones by seed and generator."""

import numpy as np
import pytest

import engine

from .compare import assert_same

MADE = {
    "zeros": lambda e: e.zeros(2, 3),
    "zeros of a tuple": lambda e: e.zeros((2, 3), dtype=e.int64),
    "ones": lambda e: e.ones([2]),
    "full of floats": lambda e: e.full((2,), 1.5),
    "full of ints": lambda e: e.full((2, 2), 7),
    "full of truth": lambda e: e.full((2,), True),
    "arange": lambda e: e.arange(5),
    "arange of floats": lambda e: e.arange(0.5, 3),
    "arange by step": lambda e: e.arange(1, 10, 3),
    "arange downwards": lambda e: e.arange(5, 0, -2),
    "arange of a small step": lambda e: e.arange(0, 1, 0.1),
    "arange typed": lambda e: e.arange(3, dtype=e.float64),
    "linspace": lambda e: e.linspace(0, 1, 5),
    "linspace of one": lambda e: e.linspace(3, 10, 1),
    "linspace downwards": lambda e: e.linspace(1, -1, 4),
    "logspace": lambda e: e.logspace(0, 2, 3),
    "eye": lambda e: e.eye(3),
    "eye, wide": lambda e: e.eye(2, 3),
    "zeros like": lambda e: e.zeros_like(e.ones(2, 2, dtype=e.int32)),
    "ones like, retyped": lambda e: e.ones_like(e.zeros(2), dtype=e.int64),
    "full like": lambda e: e.full_like(e.zeros(2), 3),
    "a scalar": lambda e: e.tensor(3),
    "nested lists": lambda e: e.tensor([[1, 2.5], [3, 4]]),
    "mixed truth and ints": lambda e: e.tensor([True, 2]),
    "an empty list": lambda e: e.tensor([[], []]),
    "tensors in a list": lambda e: e.tensor([e.tensor(1.0), e.tensor(2.0)]),
    "typed": lambda e: e.tensor([1.9, -1.9], dtype=e.int64),
    "like its neighbours": lambda e: e.ones(2, dtype=e.float64).new_zeros(3),
    "from a list as this one": lambda e: e.ones(2, dtype=e.float64).new_tensor([1, 2]),
    "as_tensor": lambda e: e.as_tensor(np.array([1.0, 2.0])),
    "tril_indices": lambda e: e.tril_indices(3, 3),
    "triu_indices": lambda e: e.triu_indices(3, 4, 1),
}


@pytest.mark.parametrize("name", list(MADE))
def test_it_is_what_torch_makes(torch, name):
    assert_same(MADE[name](engine), MADE[name](torch))


def test_tensor_copies_and_from_numpy_and_as_tensor_share():
    array = np.zeros(2, np.float32)
    shared, copied, same = engine.from_numpy(array), engine.tensor(array), engine.as_tensor(array)
    array[0] = 1
    assert (shared[0].item(), copied[0].item(), same[0].item()) == (1.0, 0.0, 1.0)
    assert engine.as_tensor(shared) is shared


def test_what_cannot_be_made_is_refused():
    with pytest.raises(RuntimeError, match="zeros: Dimension size must be non-negative"):
        engine.zeros(-1)
    with pytest.raises(RuntimeError, match="step must be nonzero"):
        engine.arange(0, 3, 0)
    with pytest.raises(RuntimeError, match="inconsistent with step sign"):
        engine.arange(3, 0)
    with pytest.raises(TypeError, match=r"can't convert np\.ndarray of type"):
        engine.from_numpy(np.array(["a"]))
    with pytest.raises(TypeError, match=r"expected np\.ndarray"):
        engine.from_numpy([1, 2])
    with pytest.raises(RuntimeError, match="floating point"):
        engine.zeros(2, dtype=engine.int64, requires_grad=True)


def test_a_seed_gives_the_same_numbers_again():
    engine.manual_seed(3)
    first = [engine.rand(3), engine.randn(2, 2), engine.randint(0, 9, (4,)), engine.randperm(5)]
    engine.manual_seed(3)
    again = [engine.rand(3), engine.randn(2, 2), engine.randint(0, 9, (4,)), engine.randperm(5)]
    assert [t.tolist() for t in first] == [t.tolist() for t in again]


def test_a_generator_has_a_state_of_its_own():
    generator = engine.Generator().manual_seed(5)
    state = generator.get_state()
    first = engine.randn(3, generator=generator).tolist()
    engine.rand(100)
    generator.set_state(state)
    assert engine.randn(3, generator=generator).tolist() == first
    assert generator.initial_seed() == 5
    whole = engine.get_rng_state()
    drawn = engine.rand(2).tolist()
    engine.set_rng_state(whole)
    assert engine.rand(2).tolist() == drawn


def test_random_numbers_have_the_range_type_and_spread_they_should():
    engine.manual_seed(0)
    assert engine.rand(1000).min() >= 0 and engine.rand(1000).max() < 1
    normal = engine.randn(20_000)
    assert abs(normal.mean().item()) < 0.03 and abs(normal.std().item() - 1) < 0.03
    assert engine.rand(2, dtype=engine.float64).dtype is engine.float64
    integers = engine.randint(5, (1000,))
    assert integers.dtype is engine.int64 and set(integers.tolist()) == {0, 1, 2, 3, 4}
    assert sorted(engine.randperm(50).tolist()) == list(range(50))
    chances = engine.bernoulli(engine.full((10_000,), 0.3))
    assert abs(chances.mean().item() - 0.3) < 0.03
    drawn = engine.multinomial(engine.tensor([0.0, 1.0, 3.0]), 2000, replacement=True)
    assert abs((drawn == 2).double().mean().item() - 0.75) < 0.05
    assert sorted(engine.multinomial(engine.ones(4), 4).tolist()) == [0, 1, 2, 3]
    assert engine.normal(engine.zeros(3), engine.ones(3)).shape == (3,)
    with pytest.raises(RuntimeError, match="from=5 >= to=5"):
        engine.randint(5, 5, (2,))


@pytest.mark.parametrize("make", [engine.ones, engine.rand, engine.tensor, engine.eye])
def test_another_device_than_the_cpu_is_refused_by_name(make):
    assert make(2, device="cpu").device.type == "cpu"
    with pytest.raises(AssertionError, match="Torch not compiled with CUDA enabled"):
        make(2, device="cuda:0")
    with pytest.raises(RuntimeError, match="Expected one of cpu, cuda"):
        make(2, device="somewhere")
