"""What a tensor is besides its operations: facts, conversions, copies, pickles."""

import copy
import pickle

import numpy as np
import pytest

import engine


def test_shape_facts():
    x = engine.zeros(2, 3, 4)
    assert x.shape == (2, 3, 4) == x.size()
    assert isinstance(x.shape, engine.Size) and x.shape.numel() == 24
    assert isinstance(x.shape[1:], engine.Size)
    assert (x.size(1), x.dim(), x.ndim, x.numel(), len(x)) == (3, 3, 3, 24, 2)
    assert x.stride() == (12, 4, 1) and x.stride(1) == 4
    assert x.is_contiguous() and not x.transpose(0, 1).is_contiguous()


def test_types_are_named_as_in_torch():
    x = engine.zeros(2)
    assert x.dtype is engine.float32 and x.double().dtype is engine.float64
    assert x.long().dtype is engine.int64 and (x > 0).dtype is engine.bool
    assert x.is_floating_point() and not x.int().is_floating_point()
    assert (x.element_size(), x.nbytes) == (4, 8)


def test_memory_is_shared_with_numpy_both_ways():
    array = np.zeros(3)
    x = engine.from_numpy(array)
    x[0] = 5.0
    array[1] = 7.0
    assert array.tolist() == x.tolist() == [5.0, 7.0, 0.0]
    assert x.numpy() is array
    assert engine.tensor(array).numpy() is not array


def test_views_know_their_place_in_the_shared_memory():
    x = engine.arange(12).view(3, 4)
    y = x[1:, 2]
    assert y.storage_offset() == 6 and y.data_ptr() == x.data_ptr() + 6 * 8
    assert y._base._array.base is not None or y._base is not None
    assert y._is_view() and not x.clone()._is_view()


def test_a_single_element_becomes_a_python_number():
    assert engine.tensor([2.5]).item() == 2.5
    assert float(engine.tensor(2)) == 2.0 and int(engine.tensor(2.7)) == 2 and bool(engine.tensor([1]))
    with pytest.raises(RuntimeError, match="a Tensor with 3 elements cannot be converted to Scalar"):
        engine.ones(3).item()
    with pytest.raises(RuntimeError, match="Boolean value of Tensor with more than one value is ambiguous"):
        bool(engine.ones(3))
    with pytest.raises(TypeError, match="only integer tensors of a single element"):
        [1, 2][engine.tensor(1.0)]


def test_numpy_functions_take_tensors():
    assert np.asarray(engine.ones(2)).dtype == np.float32
    assert np.asarray(engine.ones(2), dtype=np.float64).dtype == np.float64
    assert np.mean(np.array(engine.arange(3.0))) == 1.0


def test_what_numpy_makes_of_tensors_is_a_tensor():
    found = np.exp(engine.zeros(2))
    assert isinstance(found, engine.Tensor) and found.tolist() == [1.0, 1.0]


def test_memory_is_shared_with_torch_both_ways(torch):
    ours, theirs = engine.zeros(3), torch.zeros(3)
    torch.from_dlpack(ours)[0] = 5.0
    engine.from_dlpack(theirs)[1] = 7.0
    assert ours.tolist() == [5.0, 0.0, 0.0] and theirs.tolist() == [0.0, 7.0, 0.0]


def test_what_is_no_operand_gets_pythons_type_error():
    with pytest.raises(TypeError, match="unsupported operand type"):
        engine.ones(2) + "a"
    assert (engine.ones(2) == None) is False  # noqa: E711 - PyTorch's answer
    assert (engine.ones(2) != "a") is True


def test_tensors_are_hashed_by_identity():
    x, y = engine.ones(2), engine.ones(2)
    assert {x: 1, y: 2}[x] == 1


def test_deepcopy_copies_leaves_once_and_refuses_the_rest():
    x = engine.ones(2, requires_grad=True)
    twice = copy.deepcopy([x, x])
    assert twice[0] is twice[1] and twice[0] is not x
    assert twice[0].requires_grad
    x.data.zero_()
    assert twice[0].tolist() == [1.0, 1.0]
    with pytest.raises(RuntimeError, match="graph leaves"):
        copy.deepcopy(x * 2)


def test_pickling_keeps_values_type_and_wish_for_a_gradient():
    x = engine.tensor([1.5, 2.5], dtype=engine.float64, requires_grad=True)
    again = pickle.loads(pickle.dumps(x))
    assert again.tolist() == x.tolist() and again.dtype is engine.float64 and again.requires_grad
    assert pickle.loads(pickle.dumps(engine.float32)) is engine.float32
    assert pickle.loads(pickle.dumps(engine.Size((1, 2)))) == (1, 2)
    with pytest.raises(RuntimeError, match="non-leaf tensor which requires_grad"):
        pickle.dumps(x * 2)


def test_data_shares_memory_but_its_writes_go_unnoticed():
    x = engine.ones(2, requires_grad=True)
    y = x * x
    x.data.mul_(3)
    assert x._version == 0
    y.sum().backward()
    x.data = engine.zeros(2)
    assert x.tolist() == [0.0, 0.0]


def test_a_leaf_may_carry_attributes():
    x = engine.ones(2)
    x.name_of_mine = "here"
    assert x.name_of_mine == "here"


def test_transposes_by_property(torch):
    for library in (engine, torch):
        x = library.zeros(2, 3, 4)
        assert tuple(x.mT.shape) == (2, 4, 3)
        assert tuple(library.zeros(2, 3).T.shape) == tuple(library.zeros(2, 3).H.shape) == (3, 2)
