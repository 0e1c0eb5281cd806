"""What is saved comes back the same, can be read by others, and never runs code."""

import io
import json
from collections import OrderedDict

import pytest

import engine
from engine import nn

SHORT = b'{"x": {"dtype": "F32", "shape": [9], "data_offsets": [0, 36]}}'


def roundtrip(obj):
    file = io.BytesIO()
    engine.save(obj, file)
    file.seek(0)
    return engine.load(file)


def test_a_model_goes_on_from_a_checkpoint(tmp_path):
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 1))
    optimizer = engine.optim.Adam(model.parameters(), lr=0.01)
    x = engine.randn(5, 3)
    model(x).sum().backward()
    optimizer.step()
    path = tmp_path / "checkpoint.pt"
    state = {"model": model.state_dict(), "optimizer": optimizer.state_dict()}
    engine.save({"epoch": 3, "best": float("inf"), **state}, path)
    found = engine.load(path, map_location="cpu", weights_only=True)
    again = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 1))
    resumed = engine.optim.Adam(again.parameters())
    again.load_state_dict(found["model"])
    resumed.load_state_dict(found["optimizer"])
    assert found["epoch"] == 3 and found["best"] == float("inf")
    assert engine.equal(again.eval()(x), model.eval()(x))
    assert resumed.param_groups[0]["lr"] == 0.01
    first, second = (o.state_dict()["state"][0]["exp_avg"] for o in (resumed, optimizer))
    assert engine.equal(first, second)


@pytest.mark.parametrize("dtype", [engine.float16, engine.float64, engine.int8, engine.int64, engine.bool])
def test_every_type_and_shape_comes_back(dtype):
    for x in (engine.ones(2, 3), engine.ones(3, 2).t(), engine.tensor(1.0), engine.zeros(0, 2)):
        x = x.to(dtype)
        found = roundtrip(x)
        assert found.dtype is dtype and found.shape == x.shape and engine.equal(found, x)


def test_nests_come_back_as_they_were():
    nest = {"a": [1, (2.5, None)], 7: "text", "o": OrderedDict(x=True)}
    assert roundtrip(nest) == nest and isinstance(roundtrip(nest)["o"], OrderedDict)
    weight = nn.Parameter(engine.ones(2))
    apart = roundtrip({"a.b": engine.ones(1), "a": {"b": engine.zeros(1)}})
    assert apart["a.b"].item() == 1 and apart["a"]["b"].item() == 0
    tied = roundtrip({"a": weight, "b": weight})
    assert tied["a"] is tied["b"] and tied["a"].requires_grad


def test_a_state_dict_is_stored_under_its_own_names(tmp_path):
    path = tmp_path / "weights.safetensors"
    engine.save(nn.Linear(2, 1).state_dict(), path)
    data = path.read_bytes()
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    assert header["weight"] == {"dtype": "F32", "shape": [1, 2], "data_offsets": [0, 8]}


def test_objects_are_refused_with_a_way_out():
    with pytest.raises(TypeError, match=r"cannot save a Linear at 'net': .* save model.state_dict\(\)"):
        engine.save({"net": nn.Linear(1, 1)}, io.BytesIO())


@pytest.mark.parametrize(("data", "words"), [
    (b"PK\x03\x04rest", "holds a pickle"),
    (b"\x80\x02rest", "holds a pickle"),
    (b"", "does not fit"),
    (b"\xff" * 20, "does not fit"),
    (b"\x02\0\0\0\0\0\0\0[]", "as it should be"),
    (len(SHORT).to_bytes(8, "little") + SHORT, "a tensor of shape"),
])
def test_other_files_are_refused(data, words):
    with pytest.raises(RuntimeError, match=words):
        engine.load(io.BytesIO(data))


def test_what_torch_wrote_with_safetensors_can_be_read(torch, tmp_path):
    safetensors = pytest.importorskip("safetensors.torch")
    theirs = torch.nn.Linear(2, 1)
    safetensors.save_file(theirs.state_dict(), str(tmp_path / "w"))
    model = nn.Linear(2, 1)
    model.load_state_dict(engine.load(tmp_path / "w"))
    assert model.weight.tolist() == theirs.weight.tolist()
    engine.save(model.state_dict(), tmp_path / "v")
    assert safetensors.load_file(str(tmp_path / "v"))["bias"].tolist() == theirs.bias.tolist()
