"""Nodes of the graph have the names that PyTorch prints."""

import pytest

import engine

CALLS = {
    "a linear layer": lambda t, x, b: t.nn.Linear(4, 2)(x),
    "a product": lambda t, x, b: x @ x.T,
    "a batched product": lambda t, x, b: b @ b.mT,
    "rows of a batch times a matrix": lambda t, x, b: b @ x.T,
    "a view": lambda t, x, b: x.view(-1),
    "a reshape that is a view": lambda t, x, b: x.reshape(2, 6),
    "a reshape that copies": lambda t, x, b: x.T.reshape(12),
    "flatten": lambda t, x, b: x.flatten(),
    "a slice": lambda t, x, b: x[1:],
    "a row": lambda t, x, b: x[1],
    "a new dimension by None": lambda t, x, b: x[None],
    "rows by position": lambda t, x, b: x[[0, 1]],
    "transpose": lambda t, x, b: x.transpose(0, 1),
    "permute": lambda t, x, b: b.permute(2, 0, 1),
    "expand": lambda t, x, b: x[:1].expand(3, 4),
    "cat": lambda t, x, b: t.cat([x, x]),
    "diag": lambda t, x, b: x[0].diag(),
    "norm over a dimension": lambda t, x, b: x.norm(dim=0),
    "log1p": lambda t, x, b: x.log1p(),
    "mean": lambda t, x, b: x.mean(),
    "sum over a dimension": lambda t, x, b: x.sum(0),
    "softmax": lambda t, x, b: x.softmax(0),
    "mse": lambda t, x, b: t.nn.functional.mse_loss(x, x.detach()),
    "cross entropy": lambda t, x, b: t.nn.functional.cross_entropy(x, t.tensor([0, 1, 2])),
    "an affine map with a bias as addmm": lambda t, x, b: t.addmm(x[:, :3], x, x.T),
    "split": lambda t, x, b: x.split(2)[1],
    "split by sizes": lambda t, x, b: x.split([1, 2])[0],
    "chunk": lambda t, x, b: x.chunk(2)[0],
    "unbind": lambda t, x, b: x.unbind(1)[2],
    "rows of a loop": lambda t, x, b: list(x)[1],
    "lerp by a number": lambda t, x, b: t.lerp(x, x, 0.3),
    "lerp by a tensor": lambda t, x, b: t.lerp(x, x, x.detach()),
    "addcmul": lambda t, x, b: t.addcmul(x, x, x),
    "addcdiv": lambda t, x, b: t.addcdiv(x, x, x + 1),
    "mish": lambda t, x, b: t.nn.functional.mish(x),
    "glu": lambda t, x, b: t.nn.functional.glu(x),
    "celu": lambda t, x, b: t.nn.functional.celu(x),
    "logsigmoid": lambda t, x, b: t.nn.functional.logsigmoid(x),
    "prelu": lambda t, x, b: t.nn.functional.prelu(x, t.tensor([0.2])),
    "binary cross entropy": lambda t, x, b: t.nn.functional.binary_cross_entropy(x / 12, x.detach() / 12),
    "cross entropy of images": lambda t, x, b: t.nn.functional.cross_entropy(b, t.zeros(2, 4).long()),
    "normalisation that is not trained": lambda t, x, b: t.nn.BatchNorm1d(4).eval()(x),
    "clamp by numbers": lambda t, x, b: x.clamp(0, 1),
    "clamp by tensors": lambda t, x, b: x.clamp(x.detach(), x.detach()),
    "clamp from below": lambda t, x, b: x.clamp_min(0),
    "remainder by a number": lambda t, x, b: x % 2,
    "remainder by a tensor": lambda t, x, b: x % (x.detach() + 1),
    "a number over a tensor": lambda t, x, b: 2 / x,
    "a number less a tensor": lambda t, x, b: 1 - x,
    "a whole quotient": lambda t, x, b: x // 2,
    "rounded quotients": lambda t, x, b: t.div(x, 2, rounding_mode="floor"),
    "a copy in place": lambda t, x, b: (x * 1).copy_(x),
    "a part written": lambda t, x, b: (y := x * 1).__setitem__(0, 1.0) or y,
    "the median along a dimension": lambda t, x, b: x.median(0)[0],
    "the trace": lambda t, x, b: x.trace(),
    "numbers instead of infinities": lambda t, x, b: x.nan_to_num(),
    "degrees": lambda t, x, b: x.deg2rad(),
    "the sign": lambda t, x, b: x.sgn(),
    "hardtanh": lambda t, x, b: t.nn.functional.hardtanh(x),
    "hardswish": lambda t, x, b: t.nn.functional.hardswish(x),
}


@pytest.mark.parametrize("name", CALLS)
def test_the_last_node_is_called_as_torch_calls_it(torch, name):
    found = []
    for library in (engine, torch):
        x = library.arange(12.0).reshape(3, 4).requires_grad_()
        b = library.arange(24.0).reshape(2, 3, 4).requires_grad_()
        found.append(CALLS[name](library, x, b).grad_fn.name())
    assert found[0] == found[1]
