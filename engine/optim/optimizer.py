"""Optimizer: parameter groups, state by parameter, and the walk over blocks that every algorithm shares."""

from __future__ import annotations

import copy
import warnings
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from engine.grad_mode import enable_grad
from engine.node import RemovableHandle
from engine.optim.block import Block, Call, gather_storage
from engine.optim.blocks import Blocks
from engine.optim.options import Group, States, Watched, required
from engine.optim.program import Program
from engine.optim.state_hooks import StateHooks
from engine.recording import changed, options, refuse, watcher, watchers
from engine.telling import Members
from engine.tensor import Tensor, wrap


class Optimizer(Watched, StateHooks):
    """Base class: an algorithm says what state it keeps (`_state_of`) and how to `_update` a block."""

    _opt_called: bool | None = None     # whether it has made a step since a scheduler asks for that

    def __init__(self, params: Iterable[Any], defaults: dict[str, Any]) -> None:
        if isinstance(params, Tensor):
            raise TypeError(
                "params argument given to the optimizer should be an iterable of Tensors or dicts, "
                f"but got {params.dtype.tensor_type}"
            )
        self.defaults = defaults
        self.state, self.param_groups = States(), Members()
        self._blocks: list[Blocks] = []
        self._before: OrderedDict[int, Callable[..., Any]] = OrderedDict()
        self._after: OrderedDict[int, Callable[..., Any]] = OrderedDict()
        groups = list(params)
        if not groups:
            raise ValueError("optimizer got an empty parameter list")
        if not isinstance(groups[0], dict):
            groups = [{"params": groups}]
        for group in groups:
            self.add_param_group(group)
        if defaults.get("fused"):
            if defaults["differentiable"]:
                raise RuntimeError("`fused` does not support `differentiable`")
            if defaults["foreach"]:
                raise RuntimeError("`fused` and `foreach` cannot be `True` together.")

    # ---- what an algorithm defines ----

    def _state_of(self, group: Group) -> tuple[dict[str, float], dict[str, float]]:
        """First values of the state kept for each element, and of that kept once per parameter."""
        raise NotImplementedError

    def _names_of(self, group: Group) -> tuple[str, ...]:
        """Names of all that state."""
        fills, scalars = self._state_of(group)
        return (*fills, *scalars)

    def _update(self, block: Block, group: Group) -> None:
        """One step for the parameters of a block."""
        if block.direct:    # the calls are on the gradient itself, another array at every step
            numbers = [block.number(value) for value in self._numbers(block, group, block.count())]
            for function, args in self._calls(block, group, numbers):
                function(*args)
            return
        program = block.program
        if program is None or not program.holds(group):
            program = block.program = Program(self, block, group)
        block.collect()
        for function, args in program.calls:
            function(*args)

    def _numbers(self, block: Block, group: Group, step: float) -> tuple[float, ...]:
        """What differs from step to step in the calls of an update: step lengths, corrections."""
        raise NotImplementedError

    def _calls(self, block: Block, group: Group, numbers: Sequence[np.ndarray]) -> Iterator[Call]:
        """The numpy calls of an update, with `_numbers` as 0-d arrays. Captured steps repeat them."""
        raise NotImplementedError

    def _scratch_arrays(self, group: Group) -> int:
        """How many of the two scratch arrays that `Block.pieces` gives the calls use, from the first on."""
        return 2

    # ---- groups ----

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add parameters with options of their own; what is not given comes from the defaults."""
        if not isinstance(param_group, dict):
            raise TypeError(f"param_group must be a dict, but got {type(param_group)}")
        group = Group(param_group)
        params = group["params"]
        if isinstance(params, set):
            raise TypeError(
                "optimizer parameters need to be organized in ordered collections, but the ordering "
                "of tensors "
                "in sets will change between runs. Please use a list instead."
            )
        params = [params] if isinstance(params, Tensor) else list(params)
        named = [param for param in params if isinstance(param, tuple)]
        if named:
            if len(named) != len(params):
                raise ValueError(
                    "all optimizer params should be with/without names. Some param names are missing"
                )
            group["param_names"] = [name for name, _ in params]
            params = [param for _, param in params]
        for param in params:
            if not isinstance(param, Tensor):
                raise TypeError(
                    f"optimizer can only optimize Tensors, but one of the params is {type(param).__name__}"
                )
            if not (param.is_leaf or param.retains_grad):
                raise ValueError("can't optimize a non-leaf Tensor")
        if len(set(params)) != len(params):
            warnings.warn(
                "optimizer contains a parameter group with duplicate parameters; in future, this will cause "
                "an error; see github.com/pytorch/pytorch/issues/40967 for more information", stacklevel=3,
            )
        if any(param in set(params) for other in self.param_groups for param in other["params"]):
            raise ValueError("some parameters appear in more than one parameter group")
        for other in self.param_groups:
            if ("param_names" in group) != ("param_names" in other):
                raise ValueError(
                    "all optimizer param groups should be with/without names. cannot add param group "
                    f"{'with' if 'param_names' in group else 'without'} names to the optimizer"
                )
        group["params"] = Members(params)
        for name, value in self.defaults.items():
            if value is required and name not in group:
                raise ValueError(
                    "parameter group didn't specify a value of required optimization parameter " + name
                )
            group.setdefault(name, value)
        self.param_groups.append(group)
        self._blocks.append(Blocks())
        gather_storage(params)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients, or fill them with zeros where `set_to_none` is False."""
        recording = watcher() if watchers else None
        for group in self.param_groups:
            if recording is not None:
                (recording.clear if set_to_none else recording.look_at)(group["params"])
            for param in group["params"]:
                if set_to_none:
                    param._grad = None
                elif param._grad is not None:
                    if param._grad.grad_fn is not None:
                        param._grad = param._grad.detach()
                    param._grad.zero_()

    # ---- the step ----

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update every parameter that has a gradient. `closure` is called first, its loss returned."""
        if self._before:
            refuse("the optimizer has a hook that runs before its step")
            for hook in tuple(self._before.values()):
                hook(self, (closure,), {})
        if self._opt_called is False:
            self._opt_called = True
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        recording = watcher() if watchers else None
        if len(self._blocks) != len(self.param_groups):     # which were edited by hand
            self._blocks = [Blocks() for _ in self.param_groups]
        for number, group in enumerate(self.param_groups):
            if type(group) is not Group:
                group = self.param_groups[number] = Group(group)
            self._step_group(number, group, recording)
        if self._after:
            refuse("the optimizer has a hook that runs after its step")
            for hook in tuple(self._after.values()):
                hook(self, (closure,), {})
        return loss

    def _step_group(self, number: int, group: Group, recording: Any) -> None:
        if recording is None:
            self._update_group(number, group)
            return
        with recording.pause():
            blocks = self._update_group(number, group)
        recording.update(self, number, group, blocks)

    def _update_group(self, number: int, group: Group) -> Blocks:
        blocks = self._current_blocks(number, group)
        for block in blocks:
            self._update(block, group)
        for block in blocks:    # after all of them: one that is there twice is fresh both times
            if block.fresh:
                block.fresh, block.program = False, None
        for param in blocks.params:
            param._counter[0] += 1
        return blocks

    def _current_blocks(self, number: int, group: Group) -> Blocks:
        """The group's blocks; built anew where parameters, gradients or state are not what they were."""
        params = [param for param in group["params"] if param._grad is not None]
        blocks, state = self._blocks[number], self.state
        if blocks.seen != options[0] or not blocks.fit(params, state):
            if blocks.names != self._names_of(group) or not blocks.fit(params, state):
                changed()
                blocks = self._blocks[number] = Blocks(params, state, *self._state_of(group))
            blocks.seen = options[0]
        return blocks

    # ---- state ----

    def state_dict(self) -> dict[str, Any]:
        """State and options, with parameters numbered in order over all groups."""
        for hook in self._hooks_of("save_before"):
            hook(self)
        numbers: dict[Tensor, int] = {}
        groups = []
        for group in self.param_groups:
            for param in group["params"]:
                numbers.setdefault(param, len(numbers))
            options = {name: value for name, value in group.items() if name != "params"}
            groups.append({**options, "params": [numbers[param] for param in group["params"]]})
        state = {numbers[param]: dict(values) for param, values in self.state.items() if values}
        made = {"state": state, "param_groups": groups}
        for hook in self._hooks_of("save_after"):
            made = hook(self, made) or made
        return made

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take over a state of `state_dict`'s layout; parameters are matched by their order."""
        for hook in self._hooks_of("load_before"):
            state_dict = hook(self, state_dict) or state_dict
        saved, groups = state_dict["param_groups"], self.param_groups
        if len(saved) != len(groups):
            raise ValueError("loaded state dict has a different number of parameter groups")
        if any(len(one["params"]) != len(other["params"]) for one, other in zip(saved, groups, strict=True)):
            raise ValueError(
                "loaded state dict contains a parameter group that doesn't match the size of "
                "optimizer's group"
            )
        numbers = [number for group in saved for number in group["params"]]
        params = [param for group in groups for param in group["params"]]
        matched = dict(zip(numbers, params, strict=True))
        state = States()
        for number, values in state_dict["state"].items():
            if number in matched:
                param = matched[number]
                state[param] = {name: _taken(value, name, param) for name, value in values.items()}
        self.state = state
        self._blocks = [Blocks() for _ in groups]
        self.param_groups = Members(
            Group(copy.deepcopy({k: v for k, v in new.items() if k != "params"}), params=old["params"])
            for new, old in zip(saved, groups, strict=True)
        )
        for hook in self._hooks_of("load_after"):
            hook(self)

    def __getstate__(self) -> dict[str, Any]:
        return {"defaults": self.defaults, "state": self.state, "param_groups": self.param_groups}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.defaults, self.state = state["defaults"], state["state"]
        self.param_groups = state["param_groups"]
        self._blocks = [Blocks() for _ in self.param_groups]
        self._before, self._after = OrderedDict(), OrderedDict()

    # ---- hooks and printing ----

    def register_step_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call `hook(optimizer, args, kwargs)` before each step."""
        return RemovableHandle(self._before, hook)

    def register_step_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call `hook(optimizer, args, kwargs)` after each step."""
        return RemovableHandle(self._after, hook)

    def __repr__(self) -> str:
        text = f"{type(self).__name__} ("
        for number, group in enumerate(self.param_groups):
            text += f"\nParameter Group {number}\n"
            text += "".join(f"    {name}: {group[name]}\n" for name in sorted(group) if name != "params")
        return text + ")"


def _taken(value: Any, name: str, param: Tensor) -> Any:
    """A copy of a loaded state value; per-element state in the parameter's own dtype."""
    if not isinstance(value, Tensor):
        return copy.deepcopy(value)
    keeps_type = name == "step" or value._array.dtype.kind != "f"
    return wrap(np.array(value._array, None if keeps_type else param._array.dtype))


def check_at_least(low: float, message: str, value: float) -> None:
    """ValueError with PyTorch's words for an option below its lower end, NaN included."""
    if not low <= value:
        raise ValueError(f"{message}: {value}")


def check_lr(lr: Any) -> None:
    """ValueError for a learning rate below 0, or a tensor of several."""
    if isinstance(lr, Tensor) and lr.numel() != 1:
        raise ValueError("Tensor lr must be 1-element")
    check_at_least(0.0, "Invalid learning rate", lr)


def check_betas(betas: tuple[float, float]) -> None:
    """ValueError for a decay rate outside [0, 1)."""
    for position, beta in enumerate(betas):
        if not 0.0 <= beta < 1.0:
            raise ValueError(f"Invalid beta parameter at index {position}: {beta}")
