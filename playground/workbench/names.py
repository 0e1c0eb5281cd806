"""What `torch`, `nn`, `F`, `optim` and `np` hold: the engine's public names, chosen by a whitelist.

Functions of the op registry are all there; everything else is named here or not there.
"""

import types
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numpy as np

import engine
import engine.nn.functional as F
from engine import methods, nn, optim
from playground.workbench.language.functions import Function, GradMode, ModuleClass, Namespace
from playground.workbench.language.refusal import RefusedError
from playground.workbench.language.values import items

CREATION = [
    "tensor", "zeros", "ones", "full", "empty", "rand", "randn", "randint", "randperm", "arange",
    "linspace", "logspace", "eye", "zeros_like", "ones_like", "full_like", "empty_like", "rand_like",
    "randn_like", "randint_like", "bernoulli", "multinomial", "normal", "tril_indices", "triu_indices",
    "as_tensor", "asarray", "from_numpy"
]
QUERIES = [
    "is_tensor", "is_floating_point", "numel", "is_complex", "is_nonzero", "is_same_size", "is_signed",
    "typename", "broadcast_shapes", "result_type", "promote_types", "can_cast", "get_default_dtype",
    "is_grad_enabled"
]
SHARED = engine._SHARED.split()
WRITING = [f"{name}_" for name in engine._WRITING.split()]
VALUES = [
    "float16", "float32", "float64", "half", "double", "int8", "int16", "int32", "int64", "short", "long",
    "uint8", "bool", "float", "int", "inf", "nan", "pi", "e", "newaxis", "strided", "contiguous_format",
    "preserve_format", "channels_last"
]
LEGACY = ["Tensor", "FloatTensor", "DoubleTensor", "LongTensor", "IntTensor", "BoolTensor"]
LINALG = [
    "cholesky", "cond", "cross", "det", "diagonal", "eigh", "eigvalsh", "inv", "lstsq", "matmul",
    "matrix_norm", "matrix_power", "matrix_rank", "multi_dot", "norm", "pinv", "qr", "slogdet", "solve",
    "svd", "svdvals", "vander", "vecdot", "vector_norm"
]
SPECIAL = [
    "digamma", "entr", "erf", "erfc", "erfcx", "erfinv", "exp2", "expit", "expm1", "gammainc", "gammaincc",
    "gammaln", "i0", "i0e", "i1", "i1e", "log1p", "log_ndtr", "log_softmax", "logit", "logsumexp",
    "multigammaln", "ndtr", "ndtri", "polygamma", "psi", "round", "sinc", "softmax", "xlog1py", "xlogy",
    "zeta"
]
INIT = [
    "calculate_gain", "constant_", "dirac_", "eye_", "kaiming_normal_", "kaiming_uniform_", "normal_",
    "ones_", "orthogonal_", "sparse_", "trunc_normal_", "uniform_", "xavier_normal_", "xavier_uniform_",
    "zeros_"
]
SCHEDULERS = [
    "ConstantLR", "CosineAnnealingLR", "CosineAnnealingWarmRestarts", "CyclicLR", "ExponentialLR",
    "LinearLR", "MultiStepLR", "OneCycleLR", "PolynomialLR", "StepLR"
]
CLIPPING = ("clip_grad_norm_", "clip_grad_value_")
NO_LAYER = {"Module", "RNNBase", "RNNCellBase", "UninitializedParameter", "UninitializedBuffer", "ModuleDict",
            "ParameterDict", "TripletMarginWithDistanceLoss", "AdaptiveLogSoftmaxWithLoss"}  # fmt: skip
NO_FUNCTION = {"multi_head_attention_forward", "triplet_margin_with_distance_loss"}

MODEL = "a network of your own is built in the Model workspace"
NO_FILES = "files are not read or written here"
TORCH_REFUSED = {
    "save": NO_FILES, "load": NO_FILES, "compile": "there is nothing to compile here",
    "cuda": "there is only the CPU here", "backends": "there is nothing to choose here",
    "utils": "data sets and loaders are chosen in the Model workspace", "jit": MODEL, "hub": NO_FILES,
    "set_printoptions": "all cards print alike", "vmap": "functions of your own are not known here",
    "func": "functions of your own are not known here",
}  # fmt: skip


def _function(owner: str, name: str, call: Callable[..., Any], quiet: bool = False) -> Function:
    return Function(f"{owner}.{name}", call, name, quiet=quiet)


def _functions(owner: str, module: Any, names: Iterable[str], quiet: bool = False) -> dict[str, Any]:
    return {name: _function(owner, name, vars(module)[name], quiet) for name in names}


def _classes(owner: str, module: Any, base: type, left_out: set[str]) -> dict[str, Any]:
    return {
        name: ModuleClass(f"{owner}.{name}", value)
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, base) and name not in left_out and name[0] != "_"
    }


def _size(sizes: Any = ()) -> engine.Size:
    return engine.Size(int(n) for n in items(sizes))


def _manual_seed(seed: Any) -> None:
    engine.manual_seed(seed)


def _array(values: Any, dtype: Any = None) -> np.ndarray[Any, Any]:
    """`np.array`: for `torch.tensor` and `torch.from_numpy`; float64 for floats, as numpy has it."""
    found = np.array(values, dtype=None if dtype is None else dtype.numpy)
    if found.dtype.kind not in "fiub":
        raise RefusedError("np.array takes numbers here.")
    return found


def _number(name: str, x: Any) -> Any:
    return getattr(np, name)(np.float64(x)).item()


NUMPY = Namespace(
    "numpy",
    {"array": _function("np", "array", _array, quiet=True), "pi": np.pi, "e": np.e,
     "inf": np.inf, "nan": np.nan, "float32": engine.float32, "float64": engine.float64,
     "int64": engine.int64, "int32": engine.int32},
)  # fmt: skip
INIT_SPACE = Namespace("torch.nn.init", _functions("nn.init", nn.init, INIT))
FUNCTIONAL = Namespace(
    "torch.nn.functional",
    {
        name: Function(f"F.{name}", value, f"F.{name}" if name in ("fold", "unfold") else name)
        for name, value in vars(F).items()
        if isinstance(value, types.FunctionType) and name[0] != "_" and name not in NO_FUNCTION
    },
)
NN = Namespace(
    "torch.nn",
    {
        **_classes("nn", nn, nn.Module, NO_LAYER),
        "Parameter": ModuleClass("nn.Parameter", nn.Parameter),
        "functional": FUNCTIONAL,
        "init": INIT_SPACE,
        "utils": Namespace("torch.nn.utils", _functions("nn.utils", nn.utils, CLIPPING)),
    },
    {"Module": MODEL},
)
OPTIM = Namespace(
    "torch.optim",
    {
        **_classes("torch.optim", optim, optim.Optimizer, {"Optimizer"}),
        "lr_scheduler": Namespace(
            "torch.optim.lr_scheduler",
            {
                name: ModuleClass(f"lr_scheduler.{name}", vars(optim.lr_scheduler)[name])
                for name in SCHEDULERS
            },
            {"LambdaLR": "functions of your own are not known here"},
        ),
    },
)
AUTOGRAD = Namespace(
    "torch.autograd",
    {
        "grad": _function("torch.autograd", "grad", engine.autograd.grad),
        "backward": _function("torch.autograd", "backward", engine.autograd.backward),
        "Variable": _function("torch.autograd", "Variable", lambda data, requires_grad=False:
                              data.detach().requires_grad_(bool(requires_grad))),
    },
    {
        "functional": "functions of your own are not known here: use torch.autograd.grad",
        "gradcheck": "choose a result and press its gradient check",
        "Function": MODEL,
    },
)  # fmt: skip
GRAD_MODES = {
    name: GradMode(f"torch.{name}", getattr(engine, name))
    for name in ("no_grad", "enable_grad", "inference_mode", "set_grad_enabled")
}
TORCH = Namespace(
    "torch",
    {
        **{name: _function("torch", name, call) for name, call in methods.functions().items()},
        **_functions("torch", engine, CREATION),
        **_functions("torch", engine, SHARED),
        **_functions("torch", engine, WRITING),
        **_functions("torch", engine, QUERIES, quiet=True),
        **{name: getattr(engine, name) for name in VALUES},
        **{name: ModuleClass(f"torch.{name}", getattr(engine, name)) for name in LEGACY},
        **GRAD_MODES,
        "Generator": ModuleClass("torch.Generator", engine.Generator),
        "finfo": ModuleClass("torch.finfo", engine.finfo),
        "iinfo": ModuleClass("torch.iinfo", engine.iinfo),
        "Size": _function("torch", "Size", _size, quiet=True),
        "device": _function("torch", "device", engine.device, quiet=True),
        "manual_seed": _function("torch", "manual_seed", _manual_seed, quiet=True),
        "set_default_dtype": _function("torch", "set_default_dtype", engine.set_default_dtype, quiet=True),
        "nn": NN,
        "optim": OPTIM,
        "autograd": AUTOGRAD,
        "linalg": Namespace("torch.linalg", _functions("torch.linalg", engine.linalg, LINALG)),
        "special": Namespace("torch.special", _functions("torch.special", engine.special, SPECIAL)),
    },
    TORCH_REFUSED,
)
MODULES: dict[str, Any] = {
    "torch": TORCH, "nn": NN, "F": FUNCTIONAL, "optim": OPTIM, "np": NUMPY, "numpy": NUMPY,
    "math": Namespace("math", {
        "pi": np.pi, "e": np.e, "inf": np.inf, "nan": np.nan,
        **{name: _function("math", name, partial(_number, name), quiet=True)
           for name in ("sqrt", "exp", "log", "sin", "cos", "tan", "tanh", "floor", "ceil")},
    }),
}  # fmt: skip
"""The names that are there before a program has written any import line."""
