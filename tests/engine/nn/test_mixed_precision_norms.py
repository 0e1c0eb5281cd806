"""Normalisation where input and parameters have different dtypes: float16 in float32, all else refused."""

import itertools

import pytest

import engine

KINDS = {"h": "float16", "f": "float32", "d": "float64"}
MIXTURES = ["".join(m) for m in itertools.product("hfd", "hfd-", "hfd-") if len({*m} - {"-"}) > 1]
MIXTURES.remove("h-f")      # PyTorch's own backward fails
CALLS = {
    "layer_norm": lambda lib, x, w, b, like: lib.nn.functional.layer_norm(x, (4,), w, b),
    "group_norm": lambda lib, x, w, b, like: lib.nn.functional.group_norm(x, 2, w, b),
    "batch_norm": lambda lib, x, w, b, like: lib.nn.functional.batch_norm(
        x, lib.zeros_like(like), lib.ones_like(like), w, b, training=True),
}


def outcome(lib, call, mixture):
    x, w, b = (
        None if kind == "-" else lib.arange(n, dtype=getattr(lib, KINDS[kind])) / 3
        for kind, n in zip(mixture, (12, 4, 4), strict=True)
    )
    x = x.reshape(3, 4).requires_grad_()
    parameters = [p.requires_grad_() for p in (w, b) if p is not None]
    try:
        out = CALLS[call](lib, x, w, b, parameters[0].detach())
    except RuntimeError as error:
        return str(error)
    out.backward(lib.arange(12, dtype=out.dtype).reshape(3, 4))
    return [(str(t.dtype), t.detach().float().numpy()) for t in (out, *(p.grad for p in (x, *parameters)))]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("mixture", MIXTURES)
def test_a_mixture_gives_what_torch_gives(torch, call, mixture):
    ours, theirs = (outcome(lib, call, mixture) for lib in (engine, torch))
    if isinstance(theirs, str):
        assert ours == theirs
        return
    for (kind, mine), (expected, reference) in zip(ours, theirs, strict=True):
        assert kind == expected
        assert mine == pytest.approx(reference, rel=4e-3, abs=4e-3)


def test_rms_norm_gives_the_inputs_dtype(torch):
    for lib in (engine, torch):
        for kind in KINDS.values():
            x = lib.ones(2, 3, dtype=getattr(lib, kind))
            assert str(lib.nn.functional.rms_norm(x, (3,), lib.ones(3)).dtype) == f"torch.{kind}"
