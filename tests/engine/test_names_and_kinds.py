"""Where programs for PyTorch import from, what they ask of a machine, and which layer is which kind."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

import engine
from engine import nn

PLACES = {
    "nn.modules.utils": "_pair _single _triple",
    "nn.modules.conv": "_ConvNd Conv2d ConvTranspose2d",
    "nn.modules.batchnorm": "_BatchNorm BatchNorm1d",
    "nn.modules.instancenorm": "_InstanceNorm",
    "nn.modules.dropout": "_DropoutNd",
    "nn.modules.loss": "_Loss _WeightedLoss CrossEntropyLoss",
    "nn.modules.rnn": "RNNBase LSTM GRUCell",
    "nn.modules.module": "Module",
    "nn.modules.container": "Sequential ModuleList ParameterDict",
    "nn.modules.activation": "ReLU MultiheadAttention",
    "nn.modules": "Module Linear Conv2d",
    "nn.parameter": "Parameter",
    "optim.optimizer": "Optimizer required",
    "optim.lr_scheduler": "LRScheduler _LRScheduler",
    "optim.adamw": "AdamW",
    "distributions.bernoulli": "Bernoulli",
    "distributions.categorical": "Categorical",
    "distributions.normal": "Normal",
    "autograd.variable": "Variable",
    "cuda.amp": "autocast GradScaler custom_fwd custom_bwd",
    "backends.cudnn": "benchmark deterministic enabled is_available",
    "backends.cuda": "matmul is_built",
    "backends.mps": "is_available is_built",
    "utils.dlpack": "to_dlpack from_dlpack",
    "utils.checkpoint": "checkpoint",
    "jit": "script trace ignore",
    "compiler": "is_compiling disable",
    "distributed": "is_available is_initialized get_rank get_world_size",
    "types": "Device Number",
    "version": "cuda",
}


@pytest.mark.parametrize("place", PLACES)
def test_programs_find_what_they_import(torch: Any, place: str) -> None:
    for library in (engine, torch):
        module = importlib.import_module(f"{library.__name__}.{place}")
        assert [name for name in PLACES[place].split() if not hasattr(module, name)] == []


def test_a_layer_is_of_the_kinds_that_it_is_in_torch(torch: Any) -> None:
    names = [
        name for name in dir(torch.nn)
        if isinstance(getattr(torch.nn, name), type) and hasattr(nn, name) and not name.startswith("Lazy")
    ]
    for name in names:
        kinds = [
            {other for other in names if issubclass(getattr(library, name), getattr(library, other))}
            for library in (nn, torch.nn)
        ]
        assert kinds[0] == kinds[1], name
    assert isinstance(nn.BatchNorm3d(2), nn.modules.batchnorm._BatchNorm)
    assert isinstance(nn.Dropout2d(), nn.modules.dropout._DropoutNd)


def test_an_embedding_bag_of_given_vectors(torch: Any) -> None:
    found = []
    for library in (engine, torch):
        rows = library.arange(6.0).reshape(3, 2)
        bag = library.nn.EmbeddingBag.from_pretrained(rows, mode="sum", padding_idx=0)
        found.append([bag.weight.requires_grad, bag(library.tensor([[0, 1], [1, 2]])).tolist(), repr(bag)])
    assert found[0] == found[1]


def test_a_machine_without_accelerators_is_asked_as_in_torch(torch: Any) -> None:
    for library in (engine, torch):
        accelerator = library.accelerator
        device = accelerator.current_accelerator().type if accelerator.is_available() else "cpu"
        assert device == "cpu" and accelerator.device_count() == 0
        assert not library.cuda.is_initialized() and library.cuda.memory_allocated() == 0
        assert library.cuda.get_rng_state_all() == [] and library.version.cuda is None
        assert not library.distributed.is_initialized()
        with pytest.raises(ValueError, match="Default process group has not been initialized"):
            library.distributed.get_rank()
        assert not library.jit.is_scripting() and not library.compiler.is_compiling()
        with library.cuda.amp.autocast(enabled=False):
            assert library.ones(2).dtype is library.float32
        kinds = {"float32": library.float32, "bfloat16": library.bfloat16}
        assert str(kinds["bfloat16"]) == "torch.bfloat16" and kinds["bfloat16"] != library.float16
        assert library.complex64.is_complex and not library.bfloat16.is_complex
    engine.backends.cuda.matmul.allow_tf32 = True


def test_what_is_not_there_says_why() -> None:
    with pytest.raises(TypeError, match=r"no tensors of type torch\.bfloat16 here: use float16"):
        engine.ones(2, dtype=engine.bfloat16)
    with pytest.raises(AttributeError, match="no attribute 'stft': there are no complex numbers"):
        engine.stft  # noqa: B018 - to look is to ask
    with pytest.raises(AttributeError, match=r"no attribute 'nonsense'$"):
        engine.nonsense  # noqa: B018
    with pytest.raises(NotImplementedError, match=r"load_state_dict\(torch\.load\(f\)\)"):
        engine.jit.load("model.pt")


def test_decorators_of_the_compiler_leave_functions_as_they_are() -> None:
    @engine.jit.script
    @engine.jit.ignore(drop=True)
    @engine.compiler.disable()
    def double(x: Any) -> Any:
        return x * 2

    assert double(3) == 6
    model = nn.Linear(2, 2)
    assert engine.jit.trace(model, engine.ones(1, 2)) is engine.jit.script(model) is model


def test_older_spellings_of_new_tensors(torch: Any) -> None:
    for library in (engine, torch):
        x = library.ones(2, dtype=library.float64)
        made = [x.new(2, 3), x.new([1, 2]), x.new(x.size())]
        assert [(tuple(t.shape), t.dtype) for t in made] == [
            ((2, 3), library.float64), ((2,), library.float64), ((2,), library.float64)
        ]
        library.set_default_tensor_type(library.DoubleTensor)
        wide = library.zeros(1).dtype
        library.set_default_tensor_type("torch.FloatTensor")
        assert wide is library.float64 and library.zeros(1).dtype is library.float32
        assert reversed(library.arange(3)).tolist() == [2, 1, 0]
        assert repr(type(x)) == f"<class '{library.__name__}.Tensor'>"


def test_memory_is_handed_over_in_a_capsule(torch: Any) -> None:
    x = engine.arange(3.0)
    theirs = torch.utils.dlpack.from_dlpack(engine.utils.dlpack.to_dlpack(x))
    theirs[0] += 5
    ours = engine.utils.dlpack.from_dlpack(torch.utils.dlpack.to_dlpack(theirs))
    ours[0] += 5
    assert x.tolist() == theirs.tolist() == [10.0, 1.0, 2.0]


def test_the_state_of_a_generator_is_a_tensor_of_bytes() -> None:
    state = engine.get_rng_state()
    assert state.dtype is engine.uint8 and state.ndim == 1
    with pytest.raises(TypeError, match=r"must be a torch\.ByteTensor"):
        engine.set_rng_state([1, 2])
    with pytest.raises(RuntimeError, match="another program's generator"):
        engine.set_rng_state(engine.zeros(5056, dtype=engine.uint8))
    assert engine.equal(engine.get_rng_state(), state)
    with pytest.raises(AssertionError, match="CUDA"):
        engine.Generator("cuda")


def test_rates_are_asked_for_by_their_last_value(torch: Any) -> None:
    for library in (engine, torch):
        optimizer = library.optim.SGD([library.nn.Parameter(library.ones(1))], lr=0.1)
        schedule = library.optim.lr_scheduler.StepLR(optimizer, 1)
        with pytest.warns(UserWarning, match="please use `get_last_lr"):
            schedule.get_lr()


def test_an_option_that_every_group_has_to_say(torch: Any) -> None:
    said = []
    for library in (engine, torch):
        required = importlib.import_module(f"{library.__name__}.optim.optimizer").required
        with pytest.raises(ValueError, match="didn't specify a value of required") as caught:
            library.optim.Optimizer([library.nn.Parameter(library.ones(1))], {"lr": required})
        said.append((repr(required), str(caught.value)))
    assert said[0] == said[1]
