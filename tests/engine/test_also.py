"""Smaller things that programs for PyTorch reach for: memory, copies, old names, Jacobians."""

import numpy as np
import pytest

import engine

from .compare import assert_same

LIBRARIES = ("engine", "torch")


@pytest.fixture(params=LIBRARIES)
def library(request, torch):
    return engine if request.param == "engine" else torch


def test_views_share_their_storage(library):
    x = library.arange(6.0).reshape(2, 3)
    memory = x.untyped_storage()
    assert x[1].untyped_storage().data_ptr() == memory.data_ptr() == x.T.untyped_storage().data_ptr()
    assert x.clone().untyped_storage().data_ptr() != memory.data_ptr()
    assert (len(memory), memory.nbytes()) == (24, 24)


def test_storage_is_read_and_written_element_by_element(library):
    x = library.arange(4.0)
    with pytest.warns(UserWarning, match="TypedStorage is deprecated"):
        memory = x[1:].storage()
    assert memory.tolist() == [0.0, 1.0, 2.0, 3.0]
    memory[1] = 7
    assert x.tolist() == [0.0, 7.0, 2.0, 3.0]
    assert repr(memory).endswith("[torch.storage.TypedStorage(dtype=torch.float32, device=cpu) of size 4]")
    with pytest.raises(IndexError, match="index 9 out of range for storage of size 4"):
        memory[9]


def test_copies_are_apart_from_what_they_were_made_of(library):
    x = library.arange(6.0).reshape(2, 3)
    for made in (library.t_copy(x), library.unsqueeze_copy(x, 0), library.view_copy(x, (6,)),
                 *library.unbind_copy(x), *library.split_copy(x, 1), library.alias_copy(x),
                 x.narrow_copy(0, 0, 1)):
        made.fill_(9.0)
    assert x.tolist() == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]


@pytest.mark.parametrize(("indices", "shape", "kind", "words"), [
    ([1.0], (2, 2), TypeError, "expected 'indices' to be integer dtype, but got torch.float32"),
    ([1], (2, -3), ValueError, "'shape' cannot have negative values"),
    ([1], (2, 0.5), TypeError, "expected 'shape' sequence to only contain ints"),
])
def test_positions_that_cannot_be_unravelled_are_refused(library, indices, shape, kind, words):
    with pytest.raises(kind, match=words):
        library.unravel_index(library.tensor(indices), shape)


def test_pieces_of_given_sizes_are_views(library):
    x = library.zeros(3, 2)
    x.split_with_sizes([1, 2])[1].fill_(5.0)
    x.unsafe_chunk(3)[0].fill_(0.0)
    assert x.tolist() == [[0.0, 0.0], [5.0, 5.0], [5.0, 5.0]]


def test_products_of_jacobians_with_vectors(torch):
    found = []
    for m in (engine, torch):
        x, y = m.tensor([1.0, 2.0]), m.tensor([0.5, -1.0])
        f = m.autograd.functional
        value, along = f.jvp(lambda a, b: (a * b, (a**2).sum()), (x, y), (m.ones(2), m.tensor([2.0, 3.0])))
        product = f.vhp(lambda a: (a**3).sum(), x, m.tensor([1.0, -1.0]))
        found.append([*value, *along, *product])
    assert_same(*found)


def test_a_direction_can_only_be_left_out_for_a_single_number(library):
    with pytest.raises(RuntimeError, match="The vector v can only be None if"):
        library.autograd.functional.jvp(lambda a: a, library.ones(2))


@pytest.mark.parametrize("transpose", [False, True])
def test_a_normalisation_becomes_part_of_the_convolution_before_it(torch, transpose):
    found = []
    for m in (engine, torch):
        rng = np.random.default_rng(0)
        conv = (m.nn.ConvTranspose2d if transpose else m.nn.Conv2d)(2, 3, 2, bias=False)
        norm = m.nn.BatchNorm2d(3)
        with m.no_grad():
            for p in (conv.weight, norm.weight, norm.bias, norm.running_mean):
                p.copy_(m.tensor(rng.normal(size=tuple(p.shape)), dtype=m.float32))
        x = m.tensor(rng.normal(size=(2, 2, 4, 4)), dtype=m.float32)
        fused = m.nn.utils.fusion.fuse_conv_bn_eval(conv.eval(), norm.eval(), transpose)
        found.append((fused(x), norm(conv(x)), fused.weight, fused.bias))
    assert_same(*found, atol=1e-5)
    assert_same(found[0][0], found[0][1], atol=1e-5)


def test_a_normalisation_becomes_part_of_the_affine_map_before_it(torch):
    found = []
    for m in (engine, torch):
        linear, norm = m.nn.Linear(3, 2), m.nn.BatchNorm1d(2)
        with m.no_grad():
            linear.weight.copy_(m.arange(6.0).reshape(2, 3))
            linear.bias.fill_(0.5)
            norm.running_mean.fill_(0.25)
        fused = m.nn.utils.fuse_linear_bn_eval(linear.eval(), norm.eval())
        found.append((fused.weight, fused.bias))
    assert_same(*found)
    with pytest.raises(AssertionError, match="Fusion only for eval!"):
        engine.nn.utils.fuse_linear_bn_eval(engine.nn.Linear(3, 2), engine.nn.BatchNorm1d(2))


def test_initialisers_have_their_old_names_and_say_so(library):
    with pytest.warns(FutureWarning, match=r"`nn.init.constant` is now deprecated in favor of"):
        made = library.nn.init.constant(library.empty(2), 3.0)
    assert made.tolist() == [3.0, 3.0]


def test_pools_that_always_say_where(torch):
    found = []
    for m in (engine, torch):
        x = m.arange(16.0).reshape(1, 1, 4, 4).sin()
        f = m.nn.functional
        found.append([*f.max_pool2d_with_indices(x, 2), *f.adaptive_max_pool2d_with_indices(x, 3)])
    assert_same(*found)


def test_choices_are_remembered(library):
    before = library.get_float32_matmul_precision()
    library.set_float32_matmul_precision("high")
    assert library.get_float32_matmul_precision() == "high"
    library.set_float32_matmul_precision(before)
    assert str(library.get_default_device()) == "cpu"


def test_functions_that_are_methods_too(torch):
    found = []
    for m in (engine, torch):
        x = m.tensor([-1.0, 0.2, 3.0], requires_grad=True)
        found.append([m.detach(x), x.hardshrink(), x.prelu(m.tensor([0.5])), x.detach().real, m.conj(x)])
        assert x[0].is_nonzero()
    assert_same(*found)
