"""What programs written for PyTorch say around their models: devices, switches, older spellings."""

import copy
import pickle

import pytest

import engine
from engine import nn

from .compare import assert_same


def test_the_usual_choice_of_a_device_settles_for_the_cpu():
    device = engine.device("cuda" if engine.cuda.is_available() else "cpu")
    model = nn.Linear(2, 1).to(device)
    x = engine.ones(3, 2, device=device).to(device, engine.float64).to("cpu", engine.float32)
    assert model(x).device == device == engine.device("cpu") and device.type == "cpu"
    assert not model(x).is_cuda and x.layout is engine.strided


@pytest.mark.parametrize("name", ["cpu", "cuda", "cuda:1", "mps"])
def test_devices_compare_and_print_as_in_torch(torch, name):
    ours, theirs = engine.device(name), torch.device(name)
    assert (repr(ours), str(ours), ours.type, ours.index) == (
        repr(theirs), str(theirs), theirs.type, theirs.index
    )
    assert (ours == name) is (theirs == name) is False
    assert ours == engine.device(name) == copy.deepcopy(ours) == pickle.loads(pickle.dumps(ours))


@pytest.mark.parametrize("ask", [
    lambda lib: lib.ones(2).to("cuda"),
    lambda lib: lib.ones(2).cuda(),
    lambda lib: lib.nn.Linear(2, 1).cuda(),
    lambda lib: lib.nn.Linear(2, 1).to("cuda"),
    lambda lib: lib.cuda.synchronize(),
    lambda lib: lib.ones(2).to("mps"),
])
def test_another_device_is_refused_in_the_words_of_torch(torch, ask):
    with pytest.raises((AssertionError, RuntimeError)) as theirs:
        ask(torch)
    with pytest.raises(theirs.type, match=str(theirs.value)):
        ask(engine)


def test_an_unknown_device_is_refused():
    with pytest.raises(RuntimeError, match="device type at start of device string: gpu"):
        engine.device("gpu")


def test_switches_for_reproducibility_can_be_set():
    engine.backends.cudnn.deterministic = True
    engine.cuda.manual_seed_all(0)
    assert engine.backends.cudnn.deterministic and not engine.backends.mps.is_available()


def test_older_spellings_make_tensors_and_recognise_them():
    x = engine.FloatTensor([1, 2])
    assert x.dtype is engine.float32 and isinstance(x, engine.FloatTensor)
    assert not isinstance(x, engine.LongTensor) and engine.LongTensor(2, 3).shape == (2, 3)
    assert engine.autograd.Variable(x, requires_grad=True).requires_grad


def test_grad_fn_still_has_its_name_once_the_graph_is_freed():
    x = engine.ones(2, requires_grad=True)
    powers = [x**2, 2**x, x**x]
    for y in powers:
        y.sum().backward()
    assert [y.grad_fn.name() for y in powers] == ["PowBackward0", "PowBackward2", "PowBackward1"]


def test_special_functions_have_their_names(torch):
    x = [-1.5, 0.0, 0.3, 2.0]
    for name in ("expit", "gammaln", "psi", "entr", "ndtr", "erf", "xlogy", "log_softmax"):
        rest = {"xlogy": (2.0,), "log_softmax": (0,)}.get(name, ())
        assert_same(
            getattr(engine.special, name)(engine.tensor(x), *rest),
            getattr(torch.special, name)(torch.tensor(x), *rest),
        )


def test_functions_that_write_and_questions_about_tensors(torch):
    x = engine.tensor([-1.0, 2.0])
    assert engine.relu_(x) is x and x.tolist() == [0.0, 2.0]
    assert engine.conv2d is nn.functional.conv2d
    assert engine.broadcast_shapes((2, 1), 3) == torch.broadcast_shapes((2, 1), 3) == (2, 3)
    assert engine.is_nonzero(x[1]) and not engine.is_complex(x)
    assert engine.typename(x) == torch.typename(torch.ones(2))
    assert engine.typename(3) == torch.typename(3) and engine.typename(nn.Linear) == "engine.nn.linear.Linear"


def test_settings_at_the_start_of_a_program_are_taken():
    engine.set_num_threads(2)
    engine.use_deterministic_algorithms(True)
    engine.set_float32_matmul_precision("high")
    assert engine.get_num_threads() == 2 and engine.are_deterministic_algorithms_enabled()

    @engine.compile(mode="reduce-overhead")
    def double(x):
        return x * 2

    assert double(3) == 6 and engine.compile(double) is double
