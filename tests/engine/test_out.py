"""``out=``, and methods that change a tensor's size or memory in place."""

import numpy as np
import pytest

import engine


def test_a_result_goes_into_the_tensor_given_as_out():
    out = engine.empty(2)
    made = engine.add(engine.tensor([1.0, 2.0]), engine.tensor([3.0, 4.0]), out=out)
    assert made is out
    assert out.tolist() == [4.0, 6.0]


def test_out_is_filled_by_what_otherwise_hands_its_input_on(torch):
    for library in (engine, torch):
        out = library.zeros(2)
        assert library.conj_physical(library.ones(2), out=out) is out
        assert out.tolist() == [1.0, 1.0]
        with pytest.raises(TypeError, match="out"):
            library.conj(library.ones(2), out=out)


def test_an_empty_out_takes_the_results_shape():
    out = engine.empty(0)
    engine.mm(engine.ones(2, 3), engine.ones(3, 4), out=out)
    assert out.shape == (2, 4)


def test_an_out_of_another_shape_is_resized_with_a_warning():
    out = engine.empty(3)
    with pytest.warns(UserWarning, match="was resized since it had shape"):
        engine.exp(engine.zeros(2), out=out)
    assert out.tolist() == [1.0, 1.0]


def test_several_results_go_into_several_tensors():
    values, indices = engine.empty(2), engine.empty(2, dtype=engine.int64)
    found = engine.max(engine.tensor([[1.0, 5.0], [7.0, 2.0]]), 1, out=(values, indices))
    assert found.values is values
    assert (values.tolist(), indices.tolist()) == ([5.0, 7.0], [1, 0])


def test_an_out_of_a_lesser_type_is_refused():
    with pytest.raises(RuntimeError, match="result type Float can't be cast to the desired output type Long"):
        engine.exp(engine.zeros(2), out=engine.zeros(2, dtype=engine.int64))


def test_out_is_refused_where_a_gradient_is_wanted():
    x = engine.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError, match="don't support automatic differentiation"):
        engine.exp(x, out=engine.empty(2))
    with engine.no_grad():
        assert engine.exp(x, out=engine.empty(2)).shape == (2,)


def test_resize_keeps_elements_in_order():
    x = engine.arange(6.0)
    assert x.resize_(2, 2).tolist() == [[0.0, 1.0], [2.0, 3.0]]
    assert x.resize_as_(engine.zeros(1, 3)).shape == (1, 3)
    with pytest.raises(RuntimeError, match="cannot resize variables that require grad"):
        engine.ones(2, requires_grad=True).resize_(3)


def test_a_python_function_is_applied_in_place():
    x = engine.tensor([1.0, 2.0])
    assert x.apply_(lambda v: v * 10).tolist() == [10.0, 20.0]
    assert x.map_(engine.tensor([1.0, 2.0]), lambda a, b: a - b).tolist() == [9.0, 18.0]


def test_sum_to_size_undoes_broadcasting():
    x = engine.ones(4, 2, 3)
    assert x.sum_to_size(2, 1).tolist() == [[12.0], [12.0]]
    with pytest.raises(RuntimeError, match="is not expandable to size"):
        x.sum_to_size(5)


@pytest.mark.parametrize("periodic", [True, False])
@pytest.mark.parametrize("name", ["hann", "hamming", "bartlett", "blackman", "kaiser"])
@pytest.mark.parametrize("length", [0, 1, 2, 7])
def test_windows_are_torchs(torch, name, periodic, length):
    ours, theirs = (getattr(lib, f"{name}_window")(length, periodic) for lib in (engine, torch))
    np.testing.assert_allclose(ours.numpy(), theirs.numpy(), atol=1e-6)


def test_draws_in_place_have_their_distributions_means():
    engine.manual_seed(0)
    x = engine.empty(20_000)
    assert abs(float(x.geometric_(0.25).mean()) - 4) < 0.1
    assert abs(float(x.log_normal_(0, 0.5).log().mean())) < 0.02
    assert abs(float(x.cauchy_(3, 1).median()) - 3) < 0.1
    assert abs(float(engine.poisson(engine.full((20_000,), 2.5)).mean()) - 2.5) < 0.05


def test_functions_that_choose_elements_or_make_tensors_take_out():
    x, out = engine.tensor([[1.0, 5.0], [7.0, 2.0]]), engine.empty(0)
    assert engine.gather(x, 1, engine.tensor([[1], [0]]), out=out) is out
    assert out.tolist() == [[5.0], [7.0]]
    counted = engine.empty(3, dtype=engine.int64)
    assert engine.arange(3.0, out=counted) is counted
    assert counted.tolist() == [0, 1, 2]
    assert engine.softmax(engine.zeros(2), 0, out=engine.empty(2)).tolist() == [0.5, 0.5]


def test_linear_algebra_takes_out():
    x, out = engine.tensor([[2.0, 0.0], [0.0, 4.0]]), engine.empty(2, 2)
    assert engine.linalg.inv(x, out=out) is out
    assert out.tolist() == [[0.5, 0.0], [0.0, 0.25]]
    values, vectors = engine.empty(0), engine.empty(0)
    engine.linalg.eigh(x, out=(values, vectors))
    assert values.tolist() == [2.0, 4.0]
