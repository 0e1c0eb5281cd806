"""Results of transposed inputs lie in memory as PyTorch's do where a program goes on with `view`."""

import pytest

import engine

from .side_by_side import assert_alike, numbers

ROW_MAJOR = {
    "cat": lambda t, x: t.cat([x, x]),
    "stack": lambda t, x: t.stack([x, x]),
    "softmax": lambda t, x: x.softmax(-1),
    "log_softmax": lambda t, x: x.log_softmax(0),
    "cumsum": lambda t, x: x.cumsum(0),
    "cumprod": lambda t, x: x.cumprod(1),
    "logcumsumexp": lambda t, x: x.logcumsumexp(1),
    "gather": lambda t, x: x.gather(0, t.zeros(4, 3, dtype=t.int64).T[:3, :4].long()),
    "masked_fill": lambda t, x: x.masked_fill(x > 0, 0.0),
    "roll": lambda t, x: x.roll(1, 0),
    "topk": lambda t, x: x.topk(2, 0)[0],
    "sum": lambda t, x: t.stack([x, x]).permute(2, 1, 0).sum(0),
    "mean": lambda t, x: t.stack([x, x]).permute(2, 1, 0).mean(0),
    "var": lambda t, x: t.stack([x, x]).permute(2, 1, 0).var(0),
    "columns by position": lambda t, x: x[:, [2, 0]],
    "columns of a batch by position": lambda t, x: t.stack([x, x])[..., [2, 0]],
    "columns by a mask": lambda t, x: x[:, x[0] > 2],
    "cummax": lambda t, x: x.cummax(0)[0],
    "where the largest so far is": lambda t, x: x.cummin(1)[1],
    "tril of a batch": lambda t, x: t.stack([x, x]).mT.tril(),
}


@pytest.mark.parametrize("name", ROW_MAJOR)
def test_a_result_can_be_viewed_where_torchs_can(torch, name):
    shown = []
    for lib in (engine, torch):
        out = ROW_MAJOR[name](lib, lib.arange(12.0).reshape(4, 3).T)
        shown.append((out.is_contiguous(), out.stride(), out.view(-1).tolist()))
    assert shown[0][:2] == shown[1][:2]
    assert shown[0][2] == pytest.approx(shown[1][2], rel=1e-5)


GRADIENTS = {
    "a weight used transposed": lambda t, w: t.ones(2, 4) @ w.t(),
    "logits": lambda t, w: t.nn.functional.cross_entropy(w, t.tensor([1, 0, 2])),
    "means of columns": lambda t, w: w.mean(0),
    "a batch of them turned": lambda t, w: t.stack([w, w]).permute(2, 0, 1).reshape(-1).sin(),
    "the start of the way back": lambda t, w: w,
}


@pytest.mark.parametrize("name", GRADIENTS)
def test_the_gradient_of_a_leaf_can_be_viewed_where_torchs_can(torch, name):
    shown = []
    for lib in (engine, torch):
        leaf = lib.arange(12.0).reshape(3, 4).requires_grad_()
        out = GRADIENTS[name](lib, leaf)
        turned = lib.arange(float(out.numel())).reshape(tuple(out.shape)[::-1])
        out.backward(turned.t() if out.ndim == 2 else turned)
        shown.append(leaf.grad.view(-1).tolist())
    assert shown[0] == pytest.approx(shown[1], rel=1e-5)


UNNEEDED = {    # what is written to afterwards is needed for no gradient that is wanted
    "a product": lambda s, x, c: x * c,
    "a matrix product": lambda s, x, c: x @ c,
    "an affine map": lambda s, x, c: s.lib.addmm(x, c, c),
    "a factor of an affine map": lambda s, x, c: s.lib.addmm(c, x, c.detach().clone()),
    "a dot product": lambda s, x, c: x[0].dot(c[0]),
    "a quotient": lambda s, x, c: x / c,
}


@pytest.mark.parametrize("name", UNNEEDED)
def test_a_write_that_no_gradient_depends_on_is_allowed(torch, name):
    def case(s):
        x, c = s.t(numbers(3, 3)) * 1, s.t(numbers(3, 3, seed=1), False)
        out = UNNEEDED[name](s, x, c)
        with s.lib.no_grad():
            x.add_(1)
        return out

    assert_alike(torch, case)
