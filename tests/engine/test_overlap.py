"""Writing where elements share memory is refused in PyTorch's words; where each has its place it is not."""

import pytest

from .side_by_side import assert_refused_alike, refusal


def expanded(lib):
    return lib.arange(3.0).expand(2, 3)


REFUSED = {
    "a sum": lambda s: expanded(s.lib).add_(1),
    "a product": lambda s: expanded(s.lib).mul_(s.lib.ones(2, 3)),
    "a copy": lambda s: expanded(s.lib).copy_(s.lib.ones(2, 3)),
    "an activation": lambda s: expanded(s.lib).relu_(),
    "a drawn value": lambda s: expanded(s.lib).uniform_(),
    "a scattered value": lambda s: expanded(s.lib).scatter_(0, s.lib.tensor([[0, 0, 0]]), 1.0),
    "all elements set": lambda s: expanded(s.lib).__setitem__(slice(None), 1.0),
    "a column set": lambda s: expanded(s.lib).__setitem__((slice(None), 0), 1.0),
    "out=": lambda s: s.lib.add(s.lib.arange(3.0), 1, out=expanded(s.lib)),
    "out= beside the input": lambda s: (x := s.lib.arange(4.0)) is not s.lib.add(x[:3], 1, out=x[1:]),
    "a shifted sum": lambda s: (x := s.lib.arange(4.0))[1:].add_(x[:3]),
    "a shifted copy": lambda s: (x := s.lib.arange(4.0))[1:].copy_(x[:3]),
    "a shifted part set": lambda s: (x := s.lib.arange(4.0)).__setitem__(slice(1, None), x[:3]),
    "plus its transpose": lambda s: (x := s.lib.ones(3, 3)).add_(x.T),
    "less its first row": lambda s: (x := s.lib.ones(3, 3)).sub_(x[0]),
    "its transpose": lambda s: (x := s.lib.ones(3, 3)).copy_(x.T),
    "a product of another size": lambda s: s.lib.ones(2).addmm_(s.lib.ones(2, 3), s.lib.ones(3, 2)),
    "products of another size": lambda s: s.lib.ones(2, 2).baddbmm_(s.lib.ones(1, 2, 3), s.lib.ones(1, 3, 2)),
    "a vector of another size": lambda s: s.lib.addmv(s.lib.ones(3), s.lib.ones(2, 3), s.lib.ones(3)),
    "a matrix for a vector": lambda s: s.lib.addmv(s.lib.ones(2, 2), s.lib.ones(2, 3), s.lib.ones(3)),
    "a batch for a matrix": lambda s: s.lib.addmm(s.lib.ones(2, 2), s.lib.ones(2, 2, 2), s.lib.ones(2, 2)),
}
ALLOWED = {
    "zeros": lambda lib: expanded(lib).zero_(),
    "one number": lambda lib: expanded(lib).fill_(2),
    "a row set": lambda lib: (x := expanded(lib)).__setitem__(0, 1.0) or x,
    "a row written": lambda lib: (x := expanded(lib))[1].add_(1) is None or x,
    "expanded to its own size": lambda lib: lib.zeros(1).expand(1).add_(1),
    "windows side by side": lambda lib: lib.arange(4.0).unfold(0, 2, 2).mul_(2),
    "itself": lambda lib: (x := lib.arange(4.0)).add_(x),
    "itself, seen anew": lambda lib: (x := lib.arange(4.0)).add_(x.view(4)),
    "every second element": lambda lib: (x := lib.arange(6.0))[::2].add_(x[1::2]) is None or x,
    "two halves": lambda lib: (x := lib.arange(6.0))[3:].copy_(x[:3]) is None or x,
    "out= the input": lambda lib: (x := lib.arange(3.0)) is None or lib.mul(x, 2, out=x),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_meet_in_memory_is_refused(torch, name):
    assert_refused_alike(torch, REFUSED[name])


@pytest.mark.parametrize("name", ALLOWED)
def test_what_does_not_meet_is_written(torch, name):
    import engine

    assert ALLOWED[name](engine).tolist() == ALLOWED[name](torch).tolist()


def test_windows_that_overlap_are_refused_though_torch_writes_one_after_the_other(torch):
    import engine

    error, words = refusal(lambda s: s.lib.arange(5.0).unfold(0, 3, 1).add_(1), engine)
    assert error is RuntimeError and "more than one element of the written-to tensor" in words
