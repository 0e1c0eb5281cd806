"""`Module`: a function with parameters, and the tree such functions form.

Assigning a Parameter, a Module or a registered buffer to an attribute files it under its name; from
there come `parameters()`, `state_dict()`, `train()` and `repr`, as PyTorch has them.
"""
from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

from engine.creation import empty_like
from engine.device import require_cpu
from engine.dtypes import dtype as DType
from engine.nn.hooks import HookedCalls
from engine.nn.location import locate
from engine.nn.parameter import Buffer, Parameter
from engine.nn.state import Stateful
from engine.nn.tree import ModuleTree
from engine.recording import changed, watcher, watchers
from engine.telling import Parts
from engine.tensor import Tensor

Self = TypeVar("Self", bound="Module")
LOCATED = (RuntimeError, ValueError, IndexError)


class Module(ModuleTree, Stateful, HookedCalls):
    """Base class of all layers and models: subclasses set up parts in `__init__` and define `forward`."""

    training: bool

    def __init__(self) -> None:
        own = self.__dict__
        own["training"] = True
        own["_parameters"] = Parts()
        own["_buffers"] = Parts()
        own["_modules"] = Parts()
        own["_non_persistent_buffers_set"] = set()
        own["_forward_hooks"] = OrderedDict()
        own["_forward_pre_hooks"] = OrderedDict()
        own["_backward_hooks"] = OrderedDict()
        own["_backward_pre_hooks"] = OrderedDict()

    def forward(self, *_: Any, **__: Any) -> Any:
        """What the module computes; every subclass defines it."""
        raise NotImplementedError(
            f'Module [{type(self).__name__}] is missing the required "forward" function'
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        try:
            if watchers:
                self._show()
            if self._hooked:
                return self._call_with_hooks(args, kwargs)
            return self.forward(*args, **kwargs) if kwargs else self.forward(*args)
        except LOCATED as error:
            locate(error, self)
            raise

    def _show(self) -> None:
        """Let a recording in progress see the call."""
        recording = watcher()
        if recording is not None:
            recording.module(self)

    # ---- attributes ---------------------------------------------------------------------------------

    def __setattr__(self, name: str, value: Any) -> None:
        own = self.__dict__
        if own.get(name, own) is not value and own.get("_buffers", own).get(name, own) is not value:
            changed()
        if isinstance(value, Parameter):
            _require_init(own, "parameters")
            _forget(name, own, own["_buffers"], own["_modules"])
            self.register_parameter(name, value)
        elif isinstance(value, Buffer):
            _require_init(own, "buffer")
            _forget(name, own, own["_parameters"], own["_modules"])
            self.register_buffer(name, value, value.persistent)
        elif isinstance(value, Module):
            _require_init(own, "module")
            _forget(name, own, own["_parameters"], own["_buffers"])
            own["_modules"][name] = value
        elif name in own.get("_parameters", ()):
            if value is not None:
                raise TypeError(
                    f"cannot assign '{_type_name(value)}' as parameter '{name}' (torch.nn.Parameter "
                    "or None expected)"
                )
            own["_parameters"][name] = None
        elif name in own.get("_modules", ()):
            if value is not None:
                raise TypeError(
                    f"cannot assign '{_type_name(value)}' as child module '{name}' (torch.nn.Module "
                    "or None expected)"
                )
            own["_modules"][name] = None
        elif name in own.get("_buffers", ()):
            if value is not None and not isinstance(value, Tensor):
                raise TypeError(
                    f"cannot assign '{_type_name(value)}' as buffer '{name}' "
                    "(torch.nn.Buffer, torch.Tensor or None expected)"
                )
            if own["_buffers"][name] is not value:
                own["_buffers"][name] = value
        else:
            object.__setattr__(self, name, value)

    def __getattr__(self, name: str) -> Any:
        own = self.__dict__
        for kind in ("_parameters", "_buffers", "_modules"):
            named = own.get(kind)
            if named is not None and name in named:
                return named[name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __delattr__(self, name: str) -> None:
        changed()
        for kind in (self._parameters, self._buffers, self._modules):
            if name in kind:
                del kind[name]
                self._non_persistent_buffers_set.discard(name)
                return
        object.__delattr__(self, name)

    def __dir__(self) -> list[str]:
        return sorted({*object.__dir__(self), *self._parameters, *self._buffers, *self._modules})

    # ---- registration -------------------------------------------------------------------------------

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """File `param` under `name`; None keeps the name for a parameter that is not there."""
        _require_init(self.__dict__, "parameter")
        self._check_new_name(name, "parameter", self._parameters)
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(
                f"cannot assign '{_type_name(param)}' object to parameter '{name}' "
                "(torch.nn.Parameter or None required)"
            )
        changed()
        self._parameters[name] = param

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """File a tensor that is state but not trained; saved in `state_dict` if `persistent`."""
        _require_init(self.__dict__, "buffer")
        self._check_new_name(name, "buffer", self._buffers)
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(
                f"cannot assign '{_type_name(tensor)}' object to buffer '{name}' (torch Tensor or "
                "None required)"
            )
        changed()
        self._buffers[name] = tensor
        if persistent:
            self._non_persistent_buffers_set.discard(name)
        else:
            self._non_persistent_buffers_set.add(name)

    def add_module(self, name: str, module: Module | None) -> None:
        """File a child module under `name`."""
        if module is not None and not isinstance(module, Module):
            raise TypeError(f"{_type_name(module)} is not a Module subclass")
        self._check_new_name(name, "module", self._modules)
        changed()
        self._modules[name] = module

    register_module = add_module

    def _check_new_name(self, name: str, kind: str, own: dict[str, Any]) -> None:
        if not isinstance(name, str):
            raise TypeError(f"{kind} name should be a string. Got {_type_name(name)}")
        if hasattr(self, name) and name not in own:
            raise KeyError(f"attribute '{name}' already exists")
        if "." in name:
            raise KeyError(f'{kind} name can\'t contain "."' + (f", got: {name}" if kind == "module" else ""))
        if name == "":
            raise KeyError(f'{kind} name can\'t be empty string ""')

    # ---- modes and conversions ----------------------------------------------------------------------

    def apply(self: Self, fn: Callable[[Module], Any]) -> Self:
        """Call `fn` on every module below and then on this one."""
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def train(self: Self, mode: bool = True) -> Self:
        """Set training mode here and below (Dropout and BatchNorm act on it)."""
        if not isinstance(mode, bool):
            raise ValueError("training mode is expected to be boolean")
        self.training = mode
        for module in self.children():
            module.train(mode)
        return self

    def eval(self: Self) -> Self:
        return self.train(False)

    def requires_grad_(self: Self, requires_grad: bool = True) -> Self:
        for param in self.parameters():
            param.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters, or fill them with zeros."""
        for param in self.parameters():
            if param.grad is None:
                continue
            if set_to_none:
                param.grad = None
            else:
                if param.grad.grad_fn is not None:
                    param.grad = param.grad.detach()
                param.grad.zero_()

    def _apply(self: Self, fn: Callable[[Tensor], Tensor]) -> Self:
        changed()
        for module in self.modules():
            for param in module._parameters.values():
                if param is None:
                    continue
                grad = param.grad
                param.grad = None
                param.data = fn(param.data)
                param.grad = None if grad is None else fn(grad)
            for name, buffer in module._buffers.items():
                if buffer is not None:
                    module._buffers[name] = fn(buffer)
        return self

    def to(self: Self, *args: Any, **kwargs: Any) -> Self:
        """Convert floating-point parameters and buffers to a dtype; the only device is the CPU."""
        wanted = kwargs.get("dtype") or next((arg for arg in args if isinstance(arg, DType)), None)
        if wanted is not None and not wanted.is_floating_point:
            raise TypeError(
                "nn.Module.to only accepts floating point or complex dtypes, "
                f"but got desired dtype={wanted}"
            )
        return self._apply(lambda t: t.to(*args, **kwargs) if t.is_floating_point() else t)

    def type(self: Self, dst_type: DType) -> Self:
        return self._apply(lambda t: t.to(dst_type))

    def float(self: Self) -> Self:
        return self._apply(lambda t: t.float() if t.is_floating_point() else t)

    def double(self: Self) -> Self:
        return self._apply(lambda t: t.double() if t.is_floating_point() else t)

    def half(self: Self) -> Self:
        return self._apply(lambda t: t.half() if t.is_floating_point() else t)

    def cpu(self: Self) -> Self:
        return self

    def share_memory(self: Self) -> Self:
        """Itself: the data workers copy what they are given."""
        return self

    def to_empty(self: Self, *, device: Any, recurse: bool = True) -> Self:
        """Parameters and buffers with memory that is not initialised."""
        require_cpu(device)
        return self._apply(empty_like)

    def compile(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: there is no compiler."""

    def cuda(self: Self, device: Any = None) -> Self:
        """AssertionError: there is only the CPU."""
        require_cpu("cuda")
        return self

    # ---- printing -----------------------------------------------------------------------------------

    def extra_repr(self) -> str:
        """What stands between the parentheses of `repr`."""
        return ""

    def _get_name(self) -> str:
        return type(self).__name__

    def __repr__(self) -> str:
        extra = self.extra_repr()
        lines = [f"({name}): {indent(repr(module))}" for name, module in self._modules.items()]
        if not lines:
            return f"{self._get_name()}({indent(extra)})" if "\n" not in extra else (
                f"{self._get_name()}(\n  {indent(extra)}\n)"
            )
        head = extra.split("\n") if extra else []
        return f"{self._get_name()}(\n  " + "\n  ".join(head + lines) + "\n)"


def indent(text: str) -> str:
    """`text` with all lines but the first moved in by two spaces."""
    return text.replace("\n", "\n  ")


def _type_name(value: Any) -> str:
    return value.dtype.tensor_type if isinstance(value, Tensor) else type(value).__name__


def _require_init(own: dict[str, Any], what: str) -> None:
    if "_parameters" not in own:
        raise AttributeError(f"cannot assign {what} before Module.__init__() call")


def _forget(name: str, *kinds: dict[str, Any]) -> None:
    for kind in kinds:
        kind.pop(name, None)
