"""Where and how a new tensor is to be made: every maker takes the keywords that PyTorch's takes."""

from __future__ import annotations

from typing import Any

import pytest

import engine

from .side_by_side import Side, assert_alike, assert_refused_alike

MAKERS = {
    "zeros": lambda s, **o: s.lib.zeros(2, 3, **o),
    "ones": lambda s, **o: s.lib.ones((2, 3), **o),
    "full": lambda s, **o: s.lib.full((2,), 1.5, **o),
    "arange": lambda s, **o: s.lib.arange(5, **o),
    "linspace": lambda s, **o: s.lib.linspace(0, 1, 5, **o),
    "eye": lambda s, **o: s.lib.eye(3, **o),
    "scalar_tensor": lambda s, **o: s.lib.scalar_tensor(3, **o),
    "zeros_like": lambda s, **o: s.lib.zeros_like(s.lib.ones(3), **o),
    "full_like": lambda s, **o: s.lib.full_like(s.lib.ones(3), 2, **o),
    "hann_window": lambda s, **o: s.lib.hann_window(5, **o),
    "new_zeros": lambda s, **o: s.lib.ones(3).new_zeros(2, **o),
    "new_full": lambda s, **o: s.lib.ones(3).new_full((2,), 1, **o),
}
DRAWN = {
    "rand": lambda s, **o: s.lib.rand(2, 3, **o),
    "randn": lambda s, **o: s.lib.randn(2, 3, **o),
    "normal": lambda s, **o: s.lib.normal(0.0, 1.0, (2, 3), **o),
    "rand_like": lambda s, **o: s.lib.rand_like(s.lib.ones(3), **o),
    "randn_like": lambda s, **o: s.lib.randn_like(s.lib.ones(3), **o),
    "empty": lambda s, **o: s.lib.empty(2, 3, **o),
    "empty_like": lambda s, **o: s.lib.empty_like(s.lib.ones(3), **o),
}
OPTIONS = {
    "layout": lambda s: {"layout": s.lib.strided},
    "pin_memory": lambda s: {"pin_memory": False},
    "device": lambda s: {"device": s.lib.device("cpu")},
    "float": lambda s: {"dtype": float},
    "double": lambda s: {"dtype": s.lib.float64},
}


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("name", MAKERS)
def test_a_maker_takes_torchs_options(torch: Any, name: str, option: str) -> None:
    assert_alike(torch, lambda side: MAKERS[name](side, **OPTIONS[option](side)), tolerance=1e-6)


@pytest.mark.parametrize("name", {**MAKERS, **DRAWN})
def test_a_maker_makes_leaves_that_want_gradients(torch: Any, name: str) -> None:
    made = [
        {**MAKERS, **DRAWN}[name](Side(library, "float32"), dtype=library.float64, requires_grad=True)
        for library in (torch, engine)
    ]
    assert [(t.requires_grad, t.is_leaf, str(t.dtype), tuple(t.shape)) for t in made[1:]] == [
        (made[0].requires_grad, made[0].is_leaf, str(made[0].dtype), tuple(made[0].shape))
    ]


REFUSED = {
    "whole numbers drawn evenly": lambda s: s.lib.rand(2, dtype=s.lib.int64),
    "whole numbers drawn normally": lambda s: s.lib.randn(2, dtype=s.lib.int64),
    "truth values counted": lambda s: s.lib.arange(3, dtype=s.lib.bool),
    "truth values between": lambda s: s.lib.linspace(0, 1, 3, dtype=s.lib.bool),
    "a step of half in whole numbers": lambda s: s.lib.arange(0, 64, 0.5, dtype=s.lib.int64),
    "no end": lambda s: s.lib.arange(0, float("inf"), 2),
    "rows of ends": lambda s: s.lib.linspace(s.lib.ones(1), s.lib.ones(1), 3),
    "a GPU": lambda s: s.lib.zeros_like(s.lib.ones(2), device="cuda"),
    "a word for a layout": lambda s: s.lib.zeros(2, layout="strided"),
    "pinned memory": lambda s: s.lib.zeros(2, pin_memory=True),
    "a buffer of no bytes": lambda s: s.lib.frombuffer(bytearray(0), dtype=s.lib.float32),
    "half a number": lambda s: s.lib.frombuffer(bytearray(6), dtype=s.lib.float32),
    "more than the buffer": lambda s: s.lib.frombuffer(bytearray(8), dtype=s.lib.float32, count=3),
    "behind the buffer": lambda s: s.lib.frombuffer(bytearray(8), dtype=s.lib.float32, offset=8),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_made_is_refused_in_torchs_words(torch: Any, name: str) -> None:
    assert_refused_alike(torch, REFUSED[name])


def test_a_range_includes_its_end_and_warns(torch: Any) -> None:
    assert_alike(torch, lambda side: [side.lib.range(1, 4), side.lib.range(0, 1, 0.25)])
    with pytest.warns(UserWarning, match="torch.range is deprecated"):
        engine.range(3)


def test_a_buffer_is_shared() -> None:
    raw = bytearray(8)
    numbers = engine.frombuffer(raw, dtype=engine.float32)
    numbers[1] = 1.0
    assert raw[4:] == b"\x00\x00\x80\x3f"


@pytest.mark.parametrize("code", [
    lambda s: s.t([1.0]).to(float), lambda s: s.t([1.5]).to(int), lambda s: s.t([1.5]).sum(dtype=float),
], ids=["to float", "to int", "sum"])
def test_pythons_own_types_name_the_widest(torch: Any, code: Any) -> None:
    assert_alike(torch, code, "float32")


def test_a_copy_is_made_where_one_is_asked_for_by_place() -> None:
    x = engine.ones(2)
    assert x.to("cpu", engine.float32, False, True).data_ptr() != x.data_ptr()
    assert x.to(engine.float32, False).data_ptr() == x.data_ptr()
