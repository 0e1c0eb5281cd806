# ruff: noqa: F401 - every import here is a public name
"""A numpy autograd engine with PyTorch's names, semantics, dtypes and errors: ``import engine as torch``."""

from math import e, inf, nan, pi
from typing import Any

from engine import (
    accelerator,
    amp,
    autograd,
    backends,
    compiler,
    copies,
    cuda,
    distributed,
    errors,
    legacy,
    linalg,
    methods,
    random,
    types,
    version,
)
from engine.absent import no_attribute
from engine.amp import GradScaler, autocast
from engine.creation import (
    as_tensor,
    asarray,
    empty,
    empty_like,
    eye,
    from_dlpack,
    from_numpy,
    frombuffer,
    full,
    full_like,
    is_floating_point,
    is_tensor,
    numel,
    ones,
    ones_like,
    scalar_tensor,
    tensor,
    tril_indices,
    triu_indices,
    zeros,
    zeros_like,
)
from engine.denormal import set_flush_denormal
from engine.device import device
from engine.dtypes import (
    bfloat16,
    can_cast,
    cdouble,
    cfloat,
    complex64,
    complex128,
    double,
    dtype,
    finfo,
    float16,
    float32,
    float64,
    get_default_dtype,
    half,
    iinfo,
    int8,
    int16,
    int32,
    int64,
    long,
    promote_types,
    result_type,
    set_default_dtype,
    short,
    uint8,
)
from engine.dtypes import bool_ as bool
from engine.dtypes import float32 as float
from engine.dtypes import int32 as int
from engine.grad_mode import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
from engine.layout import (
    channels_last,
    channels_last_3d,
    contiguous_format,
    layout,
    memory_format,
    preserve_format,
    strided,
)
from engine.legacy import set_default_tensor_type
from engine.low_rank import pca_lowrank, svd_lowrank
from engine.memory import empty_strided
from engine.out import accepting_out, creating_out
from engine.placing import placed
from engine.printing import set_printoptions
from engine.queries import broadcast_shapes, is_complex, is_nonzero, is_same_size, is_signed, typename
from engine.random import (
    Generator,
    default_generator,
    get_rng_state,
    initial_seed,
    manual_seed,
    seed,
    set_rng_state,
)
from engine.ranges import arange, linspace, logspace, range
from engine.sampling import (
    bernoulli,
    binomial,
    multinomial,
    normal,
    poisson,
    rand,
    rand_like,
    randint,
    randint_like,
    randn,
    randn_like,
    randperm,
)
from engine.serialization import load, save
from engine.switches import (
    are_deterministic_algorithms_enabled,
    compile,
    get_default_device,
    get_float32_matmul_precision,
    is_deterministic_algorithms_warn_only_enabled,
    set_default_device,
    set_float32_matmul_precision,
    use_deterministic_algorithms,
)
from engine.tensor import Size, Tensor
from engine.version import __version__
from engine.windows import (
    bartlett_window,
    blackman_window,
    hamming_window,
    hann_window,
    kaiser_window,
)

newaxis = None
Tensor.__module__ = __name__  # what print(type(x)) shows
globals().update(legacy.TYPES)
globals().update({name: call for name, call in methods.functions().items() if name not in globals()})

_MAKING = "arange eye full linspace logspace ones rand randint randn randperm range zeros normal"
globals().update({name: creating_out(placed(globals()[name]), name) for name in _MAKING.split()})
empty = creating_out(placed(empty, "memory_format"), "empty")
_PLACED = "scalar_tensor tril_indices triu_indices"
globals().update({name: placed(globals()[name]) for name in _PLACED.split()})
_WINDOWS = "bartlett_window blackman_window hamming_window hann_window kaiser_window empty_strided"
globals().update({name: placed(globals()[name], "device") for name in _WINDOWS.split()})
_LIKE = "empty_like full_like ones_like rand_like randint_like randn_like zeros_like"
globals().update({name: placed(globals()[name], "device", "memory_format") for name in _LIKE.split()})

from engine import distributions, func, jit, nn, optim, paths, special, testing, utils  # noqa: E402 - they are made of the functions above
from engine.capture import capture  # noqa: E402 - of a step of all these
from engine.func import vmap  # noqa: E402
from engine.heap import keep_freed_memory  # noqa: E402
from engine.threads import get_num_threads, read_environment, set_num_threads  # noqa: E402

keep_freed_memory()
read_environment()

_SHARED = (  # functions that are in torch.nn.functional and in torch itself
    "adaptive_avg_pool1d alpha_dropout avg_pool1d bilinear celu celu_ channel_shuffle conv1d conv2d "
    "conv3d conv_transpose1d conv_transpose2d conv_transpose3d cosine_similarity dropout "
    "feature_alpha_dropout group_norm hardshrink layer_norm max_pool1d max_pool2d max_pool3d "
    "pairwise_distance pdist pixel_shuffle pixel_unshuffle prelu rms_norm rrelu rrelu_ selu selu_ "
    "threshold threshold_"
)
globals().update({name: getattr(nn.functional, name) for name in _SHARED.split()})
for _name in ("hardshrink", "prelu"):  # methods too
    setattr(Tensor, _name, getattr(nn.functional, _name))
_WRITING = (  # in-place methods that are functions too
    "abs acos acosh addmv arccos arccosh arcsin arcsinh arctan arctanh as_strided asin asinh atan atanh ceil "
    "clamp clamp_max clamp_min clip cos cosh deg2rad detach erf gcd index_put lcm ldexp xlogy resize_as "
    "erfc exp exp2 expm1 fill fix floor frac log log10 log1p log2 logit nan_to_num neg negative rad2deg "
    "reciprocal relu round rsqrt sigmoid sin sinc sinh sqrt square tan tanh trunc zero"
)
globals().update({f"{name}_": getattr(Tensor, f"{name}_") for name in _WRITING.split()})
_READING = (  # and these
    "conj conj_physical detach is_conj is_distributed is_inference is_neg resolve_conj resolve_neg"
)
globals().update({name: getattr(Tensor, name) for name in _READING.split()})
_OUT = "bernoulli conj_physical multinomial"
globals().update({name: accepting_out(globals()[name], name) for name in _OUT.split()})
globals().update(copies.functions())
for _name in copies.METHODS:
    setattr(Tensor, _name, globals()[_name])


def __getattr__(name: str) -> Any:      # also said to type checkers: the functions of the registry
    raise no_attribute(__name__, name)
