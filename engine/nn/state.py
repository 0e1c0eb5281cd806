"""`state_dict` and `load_state_dict`: a module's parameters and buffers by their dotted names."""
from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, NamedTuple

from engine.grad_mode import no_grad
from engine.nn.parameter import Parameter
from engine.nn.state_hooks import EXTRA_STATE, StateHooks
from engine.tensor import Tensor


class IncompatibleKeys(NamedTuple):
    """What a `load_state_dict` left unmatched on either side."""

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return f"_IncompatibleKeys(missing_keys={self.missing_keys}, unexpected_keys={self.unexpected_keys})"


StateDict = OrderedDict[str, Any]     # with the version of each module that wrote it in `_metadata`


class Stateful(StateHooks):
    """The part of `Module` that saves and loads. Modules with a state of their own override the `_` pair."""

    _version = 1
    _parameters: dict[str, Parameter | None]
    _buffers: dict[str, Tensor | None]
    _modules: dict[str, Any]
    _non_persistent_buffers_set: set[str]

    def state_dict(
        self, *, destination: StateDict | None = None, prefix: str = "", keep_vars: bool = False
    ) -> StateDict:
        """Parameters and persistent buffers by dotted name, sharing memory with the module.

        They are detached from autograd unless `keep_vars`.
        """
        if destination is None:
            destination = OrderedDict()
            vars(destination)["_metadata"] = OrderedDict()
        versions = getattr(destination, "_metadata", None)
        own = {"version": self._version}
        if versions is not None:
            versions[prefix[:-1]] = own
        for hook in self._hooks_of("save_before"):
            hook(self, prefix, keep_vars)
        self._save_to_state_dict(destination, prefix, keep_vars)
        for name, module in self._modules.items():
            if module is not None:
                module.state_dict(destination=destination, prefix=f"{prefix}{name}.", keep_vars=keep_vars)
        for hook in self._hooks_of("save_after"):
            hook(self, destination, prefix, own)
        return destination

    def _every(self) -> list[Stateful]:
        below = [each._every() for each in self._modules.values() if each is not None]
        return [self, *(each for part in below for each in part)]

    def _own_state(self) -> dict[str, Tensor]:
        buffers = {
            name: buffer for name, buffer in self._buffers.items()
            if name not in self._non_persistent_buffers_set
        }
        return {name: value for name, value in {**self._parameters, **buffers}.items() if value is not None}

    def _save_to_state_dict(self, destination: StateDict, prefix: str, keep_vars: bool) -> None:
        for name, value in self._own_state().items():
            destination[prefix + name] = value if keep_vars else value.detach()
        if self._has_extra_state():
            destination[prefix + EXTRA_STATE] = self.get_extra_state()

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> IncompatibleKeys:
        """Copy `state_dict` into the module's own parameters and buffers.

        With `assign` the given tensors are taken themselves instead of copied. Raises RuntimeError that
        lists every missing key, unexpected key (unless `strict` is False) and size mismatch.
        """
        if not isinstance(state_dict, Mapping):
            raise TypeError(f"Expected state_dict to be dict-like, got {type(state_dict)}.")
        missing: list[str] = []
        unexpected: list[str] = []
        errors: list[str] = []
        metadata = getattr(state_dict, "_metadata", {})

        def load(module: Stateful, prefix: str) -> None:
            local = {**metadata.get(prefix[:-1], {}), "assign_to_params_buffers": assign}
            for hook in module._hooks_of("load_before"):
                hook(module, state_dict, prefix, local, strict, missing, unexpected, errors)
            module._load_from_state_dict(
                state_dict, prefix, local, strict=True,
                missing_keys=missing, unexpected_keys=unexpected, error_msgs=errors,
            )
            for name, child in module._modules.items():
                if child is not None:
                    load(child, f"{prefix}{name}.")
            for hook in module._hooks_of("load_after"):
                hook(module, IncompatibleKeys(missing, unexpected))

        if any(each._hooks_of("load_before") for each in self._every()):
            state_dict = _copied(state_dict)
        load(self, "")
        if strict:
            if unexpected:
                errors.insert(0, f"Unexpected key(s) in state_dict: {_quoted(unexpected)}. ")
            if missing:
                errors.insert(0, f"Missing key(s) in state_dict: {_quoted(missing)}. ")
        if errors:
            listed = "\n\t".join(errors)
            raise RuntimeError(f"Error(s) in loading state_dict for {type(self).__name__}:\n\t{listed}")
        return IncompatibleKeys(missing, unexpected)

    def _load_from_state_dict(
        self, state_dict: Mapping[str, Any], prefix: str, local_metadata: dict[str, Any], strict: bool,
        missing_keys: list[str], unexpected_keys: list[str], error_msgs: list[str],
    ) -> None:
        """Fill this module's own tensors (not its children's) and note what did not fit."""
        own = self._own_state()
        for name, value in own.items():
            key = prefix + name
            if key not in state_dict:
                missing_keys.append(key)
                continue
            problem = _fill(self, name, value, key, state_dict[key], local_metadata)
            if problem:
                error_msgs.append(problem)
        if self._has_extra_state():
            key = prefix + EXTRA_STATE
            if key in state_dict:
                self.set_extra_state(state_dict[key])
            else:
                missing_keys.append(key)
        for key in state_dict:
            if not key.startswith(prefix) or (key == prefix + EXTRA_STATE and self._has_extra_state()):
                continue
            first = key[len(prefix):].split(".", 1)
            known = first[0] in self._modules if len(first) > 1 else first[0] in own
            if not known:
                unexpected_keys.append(key)


def _copied(state_dict: Mapping[str, Any]) -> StateDict:
    """The same entries for hooks to change, with what `state_dict` says of its versions."""
    made: StateDict = OrderedDict(state_dict)
    if hasattr(state_dict, "_metadata"):
        vars(made)["_metadata"] = state_dict._metadata
    return made


def _fill(
    module: Stateful, name: str, own: Tensor, key: str, given: Any, local_metadata: dict[str, Any]
) -> str | None:
    if not isinstance(given, Tensor):
        return (
            f'While copying the parameter named "{key}", expected torch.Tensor or Tensor-like object '
            f"from checkpoint but received {type(given)}"
        )
    if given.shape != own.shape:
        return (
            f"size mismatch for {key}: copying a param with shape {given.shape} from checkpoint, "
            f"the shape in current model is {own.shape}."
        )
    if local_metadata.get("assign_to_params_buffers"):
        if isinstance(own, Parameter) and not isinstance(given, Parameter):
            given = Parameter(given, requires_grad=own.requires_grad)
        setattr(module, name, given)
        return None
    with no_grad():
        own.copy_(given)
    return None


def _quoted(names: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
