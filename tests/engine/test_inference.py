"""Tensors made in inference mode, and what they are refused outside it, as in PyTorch."""

import threading

import pytest

import engine

from .side_by_side import assert_refused_alike


def made(lib):
    with lib.inference_mode():
        return lib.ones(2)


def weight(lib):
    return lib.ones(2, requires_grad=True)


REFUSED = {
    "saved": lambda s: made(s.lib) * weight(s.lib),
    "written": lambda s: made(s.lib).add_(1),
    "set": lambda s: made(s.lib).__setitem__(0, 1.0),
    "wanting a gradient": lambda s: made(s.lib).requires_grad_(),
}


@pytest.mark.parametrize("name", REFUSED)
def test_outside_the_mode_it_is_refused_in_torchs_words(torch, name):
    assert_refused_alike(torch, REFUSED[name])


def inside(lib):
    x = lib.ones(2)
    with lib.inference_mode():
        kinds = [x, x.view(2, 1), x + 1, (x + 1)[:1], lib.zeros(1), x.detach(), lib.nn.Linear(2, 1).weight]
        written = (x + 1).add_(1)
        x.add_(1)
        with lib.inference_mode(False):
            normal = lib.ones(1)
    y = made(lib)
    outside = [y, y.view(2, 1), y.detach(), y + 1, y.clone(), normal, written]
    return [t.is_inference() for t in kinds + outside], x.tolist(), lib.is_inference(y)


def test_what_counts_as_made_in_it_is_what_torch_says(torch):
    assert inside(engine) == inside(torch)


def test_it_may_be_added_where_nothing_is_saved_and_cloned_where_something_is(torch):
    for lib in (engine, torch):
        w = weight(lib)
        ((made(lib) + w) + made(lib).clone() * w).sum().backward()
        assert w.grad.tolist() == [2, 2]


def test_another_thread_is_not_in_the_mode():
    found = []
    with engine.inference_mode():
        thread = threading.Thread(target=lambda: found.append(engine.ones(1).is_inference()))
        thread.start()
        thread.join()
    assert found == [False]
