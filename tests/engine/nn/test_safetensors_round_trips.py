"""Every module's weights go to PyTorch and back through a safetensors file, and compute the same there."""

import warnings

import numpy as np
import pytest

import engine
from engine import load, save

MODULES = {
    "Linear": lambda t: (t.nn.Linear(4, 3), (2, 4)),
    "Bilinear": lambda t: (t.nn.Bilinear(4, 4, 2), None),
    "Conv1d": lambda t: (t.nn.Conv1d(2, 3, 2), (1, 2, 5)),
    "Conv2d": lambda t: (t.nn.Conv2d(2, 4, 3, groups=2, bias=False), (1, 2, 5, 5)),
    "Conv3d": lambda t: (t.nn.Conv3d(1, 2, 2), (1, 1, 3, 3, 3)),
    "ConvTranspose1d": lambda t: (t.nn.ConvTranspose1d(2, 3, 2), (1, 2, 5)),
    "ConvTranspose2d": lambda t: (t.nn.ConvTranspose2d(2, 3, 2), (1, 2, 4, 4)),
    "ConvTranspose3d": lambda t: (t.nn.ConvTranspose3d(1, 2, 2), (1, 1, 2, 2, 2)),
    "BatchNorm1d": lambda t: (t.nn.BatchNorm1d(3), (4, 3)),
    "BatchNorm2d": lambda t: (t.nn.BatchNorm2d(3), (4, 3, 2, 2)),
    "BatchNorm3d": lambda t: (t.nn.BatchNorm3d(2), (4, 2, 2, 2, 2)),
    "InstanceNorm2d": lambda t: (t.nn.InstanceNorm2d(3, affine=True, track_running_stats=True), (4, 3, 2, 2)),
    "LayerNorm": lambda t: (t.nn.LayerNorm((3, 2)), (4, 3, 2)),
    "GroupNorm": lambda t: (t.nn.GroupNorm(2, 4), (4, 4, 3)),
    "RMSNorm": lambda t: (t.nn.RMSNorm(3), (4, 3)),
    "PReLU": lambda t: (t.nn.PReLU(3), (4, 3)),
    "RNN": lambda t: (t.nn.RNN(3, 2, num_layers=2, bidirectional=True), (4, 2, 3)),
    "LSTM": lambda t: (t.nn.LSTM(3, 4, proj_size=2), (4, 2, 3)),
    "GRU": lambda t: (t.nn.GRU(3, 2, batch_first=True), (4, 2, 3)),
    "LSTMCell": lambda t: (t.nn.LSTMCell(3, 2), (4, 3)),
    "MultiheadAttention": lambda t: (t.nn.MultiheadAttention(4, 2, kdim=4), None),
    "TransformerEncoderLayer": lambda t: (t.nn.TransformerEncoderLayer(4, 2, 8, dropout=0.0), (3, 2, 4)),
    "Transformer": lambda t: (t.nn.Transformer(4, 2, 1, 1, 8, dropout=0.0), None),
    "Embedding": lambda t: (t.nn.Embedding(5, 3, padding_idx=0), None),
    "EmbeddingBag": lambda t: (t.nn.EmbeddingBag(5, 3), None),
    "Sequential": lambda t: (
        t.nn.Sequential(t.nn.Linear(4, 3), t.nn.BatchNorm1d(3), t.nn.ReLU(), t.nn.Linear(3, 1)), (2, 4)
    ),
    "tied weights": lambda t: (tied(t), (2, 4)),
}


def tied(t):
    first, second = t.nn.Linear(4, 4), t.nn.Linear(4, 4)
    second.weight = first.weight
    return t.nn.Sequential(first, t.nn.Tanh(), second)


def computed(library, module, shape):
    if shape is None:
        return None
    x = library.tensor(np.random.default_rng(0).standard_normal(shape).astype(np.float32))
    out = module.eval()(x)
    return (out[0] if isinstance(out, tuple) else out).detach().numpy()


@pytest.mark.parametrize("name", MODULES)
def test_weights_go_both_ways_and_compute_the_same(torch, tmp_path, name):
    from safetensors.torch import load_file, save_file

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        (ours, shape), (theirs, _), (back, _) = (MODULES[name](t) for t in (engine, torch, engine))
    save(ours.state_dict(), tmp_path / "ours.safetensors")
    theirs.load_state_dict(load_file(tmp_path / "ours.safetensors"))
    state = {key: value.clone() for key, value in theirs.state_dict().items()}
    save_file(state, tmp_path / "theirs.safetensors")
    back.load_state_dict(load(tmp_path / "theirs.safetensors"))
    for key, value in ours.state_dict().items():
        assert engine.equal(back.state_dict()[key], value), key
        assert back.state_dict()[key].dtype is value.dtype
    if shape is not None:
        one, other = computed(engine, back, shape), computed(torch, theirs, shape)
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)
