"""Corners that many inputs led to: views of 0-d tensors, strides, empty batches, gradients of factors."""

import numpy as np
import pytest
import torch

import engine
from tests.engine.compare import assert_same

LIBRARIES = (engine, torch)


@pytest.mark.parametrize("view", [lambda y: y[...], lambda y: y.view(()), lambda y: y.view(1).squeeze()])
def test_a_write_through_a_view_of_a_0d_tensor_has_its_gradient(view):
    found = []
    for library in LIBRARIES:
        factor = library.tensor(0.5, requires_grad=True)
        y = library.tensor(1.5) * 2
        view(y).mul_(factor)
        found.append((y * 2, *library.autograd.grad(y * 2, [factor])))
    assert_same(*found)


def test_as_strided_reads_the_whole_memory_also_of_a_strided_view():
    found = []
    for library in LIBRARIES:
        x = library.arange(12.0).reshape(3, 4).t()
        first = library.as_strided(x, (3, 2), (1, 2), 2)
        found.append((x[1:].as_strided((2, 2), (1, 2), 1), library.as_strided(first, (2, 2), (3, 1), 1)))
    assert_same(*found)


def test_index_reduce_takes_a_0d_tensor():
    found = [
        m.index_reduce(m.tensor(2.0), 0, m.tensor([0]), m.tensor(3.0), "prod") for m in LIBRARIES
    ]
    assert_same(*found)


def test_index_add_refuses_a_source_of_another_shape():
    x, index = engine.zeros(3, 2), engine.tensor([0, 1])
    for call in (x.index_add, x.index_add_):
        with pytest.raises(RuntimeError, match="source tensor shape must match self tensor shape"):
            call(0, index, engine.ones(2))


def test_polygamma_is_a_method_too():
    found = [m.tensor([1.0, 2.5]).polygamma(1) for m in LIBRARIES]
    assert_same(*found)


def test_bucketize_refuses_boundaries_that_are_no_vector():
    with pytest.raises(RuntimeError, match="boundaries tensor must be 1 dimension"):
        engine.bucketize(engine.ones(2), engine.ones(2, 2))


def test_a_gradient_through_eigenvectors_is_symmetric():
    rng = np.random.default_rng(0)
    a, c = rng.standard_normal((4, 4)), rng.standard_normal((4, 4))
    found = []
    for library in LIBRARIES:
        x = library.tensor(a + a.T, requires_grad=True)
        values, vectors = library.linalg.eigh(x)
        loss = (vectors**2 * library.tensor(c)).sum() + (values**3).sum()
        found.append(library.autograd.grad(loss, x))
    assert_same(*found)


def test_a_hermitian_pinv_has_the_gradient_of_a_whole_matrix():
    found = []
    for library in LIBRARIES:
        x = library.tensor([[2.0, 0.5], [0.5, 1.0]], requires_grad=True)
        inverse = library.linalg.pinv(x, hermitian=True)
        found.append((inverse, *library.autograd.grad(inverse[0, 1] + 2 * inverse[1, 1], x)))
    assert_same(*found)


def test_the_smallest_singular_value_of_a_singular_matrix_has_a_gradient():
    found = []
    for library in LIBRARIES:
        x = library.tensor([[1.0, 0.0], [0.0, 0.0]], requires_grad=True)
        found.append(library.autograd.grad(library.linalg.matrix_norm(x, -2), x))
    assert_same(*found)


@pytest.mark.parametrize("order", [1, 2, 3.5])
def test_the_second_derivative_of_a_norm_at_0(order):
    found = []
    for library in LIBRARIES:
        x = library.zeros(3, requires_grad=True)
        slope, = library.autograd.grad(library.linalg.vector_norm(x, order), x, create_graph=True)
        found.append(library.autograd.grad((slope + x * x).sum(), x))
    assert_same(*found)


def test_matrix_rank_takes_a_tolerance_for_each_matrix():
    found = []
    for library in LIBRARIES:
        x = library.diag_embed(library.tensor([[3.0, 1.0], [3.0, 1.0]]))
        limits = library.tensor([0.5, 2.0])
        found.append((library.linalg.matrix_rank(x, atol=limits), library.linalg.matrix_rank(x, rtol=limits)))
    assert_same(*found)


def test_factorisations_take_empty_batches():
    found = []
    for library in LIBRARIES:
        x, b = library.zeros(0, 3, 3), library.zeros(0, 3, 2)
        factors, pivots = library.linalg.lu_factor(x)
        found.append((
            *library.geqrf(x), library.linalg.lu_solve(factors, pivots, b), *library.linalg.inv_ex(x)
        ))
    assert_same(*found)


def test_a_new_dimension_has_the_step_of_a_row_major_tensor():
    found = []
    for library in LIBRARIES:
        x = library.arange(12.0).reshape(3, 4)
        views = (x[None], x[:, None], x[..., None], x.t()[None], x[1, None])
        found.append([v.stride() for v in views])
    assert found[0] == found[1]


def test_values_of_another_type_are_put_only_where_one_mask_holds():
    x = engine.zeros(3)
    x[engine.tensor([True, False, True])] = engine.tensor(7)
    assert x.tolist() == [7.0, 0.0, 7.0]
    with pytest.raises(RuntimeError, match="Index put requires the source and destination dtypes match, got "
                       "Float for the destination and Long for the source"):
        x[engine.tensor([0, 2])] = engine.tensor(7)


@pytest.mark.parametrize("data", [0.1, [0.1, 1e300], [[1.6, 2.0]]])
def test_python_numbers_have_all_their_digits_in_float64(data):
    for make in ("tensor", "as_tensor"):
        found = [getattr(m, make)(data, dtype=m.float64).tolist() for m in LIBRARIES]
        assert found[0] == found[1] == data
    assert engine.ones(1, dtype=engine.float64).new_tensor([0.1]).item() == 0.1
    assert engine.tensor(0.1).double().item() == torch.tensor(0.1).double().item()


def test_linear_takes_a_vector_as_weight():
    found = [
        m.nn.functional.linear(m.arange(6.0).reshape(1, 2, 3), m.tensor([1.0, 2.0, 3.0])) for m in LIBRARIES
    ]
    assert_same(*found)


@pytest.mark.parametrize("outputs", [0, 1, 3])
def test_linear_takes_any_number_of_outputs_and_of_rows(outputs):
    for rows in (0, 1, 2):
        found = [
            lib.nn.functional.linear(lib.ones(rows, 4), lib.ones(outputs, 4), lib.ones(outputs))
            for lib in (engine, torch)
        ]
        assert found[0].tolist() == found[1].tolist()
