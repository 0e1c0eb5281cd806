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
