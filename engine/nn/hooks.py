"""Hooks of a module: functions called around `forward`, and when gradients pass through."""
from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from typing import Any

from engine.nn.backward_hooks import Passage
from engine.node import RemovableHandle

Hook = Callable[..., Any]


class HookedCalls:
    """The part of `Module` that keeps hooks and runs `forward` between them."""

    _forward_hooks: OrderedDict[int, tuple[Hook, bool]]
    _forward_pre_hooks: OrderedDict[int, tuple[Hook, bool]]
    _backward_hooks: OrderedDict[int, Hook]
    _backward_pre_hooks: OrderedDict[int, Hook]
    forward: Callable[..., Any]
    _hooked = False  # or had: whether a call must look for them

    def register_forward_pre_hook(
        self, hook: Hook, *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Call `hook(module, args)` before `forward`; what it returns, if not None, replaces the arguments.

        With `with_kwargs` it is called as `hook(module, args, kwargs)` and returns both.
        """
        return self._register(self._forward_pre_hooks, (hook, with_kwargs), prepend)

    def register_forward_hook(
        self, hook: Hook, *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Call `hook(module, args, output)` after `forward`; a result other than None replaces the output.

        With `with_kwargs` it is called as `hook(module, args, kwargs, output)`.
        """
        return self._register(self._forward_hooks, (hook, with_kwargs), prepend)

    def register_full_backward_pre_hook(self, hook: Hook, prepend: bool = False) -> RemovableHandle:
        """Call `hook(module, grad_output)` when gradients arrive; a result other than None replaces them."""
        return self._register(self._backward_pre_hooks, hook, prepend)

    def register_backward_hook(self, hook: Hook) -> RemovableHandle:
        """Call `hook(module, grad_input, grad_output)` with the gradients of the last operation in `forward`.

        PyTorch's old form: of a module of several operations it sees the last one only.
        """
        if self._backward_hooks:
            raise RuntimeError(
                "Cannot use both regular backward hooks and full backward hooks on a single Module. Please "
                "use only one of them."
            )
        return self._register(self.__dict__.setdefault("_last_hooks", OrderedDict()), hook, False)

    def register_full_backward_hook(self, hook: Hook, prepend: bool = False) -> RemovableHandle:
        """Call `hook(module, grad_input, grad_output)` once gradients passed; it may replace the first."""
        if self.__dict__.get("_last_hooks"):
            raise RuntimeError(
                "Cannot use both regular backward hooks and full backward hooks on a single Module. Please "
                "use only one of them."
            )
        return self._register(self._backward_hooks, hook, prepend)

    def _register(self, hooks: OrderedDict[int, Any], entry: Any, prepend: bool) -> RemovableHandle:
        self.__dict__["_hooked"] = True
        handle = RemovableHandle(hooks, entry)
        if prepend:
            hooks.move_to_end(handle.id, last=False)
        return handle

    def _call_with_hooks(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        for hook, with_kwargs in tuple(self._forward_pre_hooks.values()):
            args, kwargs = self._before(hook, with_kwargs, args, kwargs)
        passage = None
        if self._backward_hooks or self._backward_pre_hooks:
            before, after = self._backward_pre_hooks.values(), self._backward_hooks.values()
            passage = Passage(self, list(before), list(after))
            args = passage.enter(args)
        output = self.forward(*args, **kwargs)
        for hook, with_kwargs in tuple(self._forward_hooks.values()):
            replaced = hook(self, args, kwargs, output) if with_kwargs else hook(self, args, output)
            if replaced is not None:
                output = replaced
        for hook in tuple(self.__dict__.get("_last_hooks", {}).values()):
            _watch_last(self, hook, output)
        return output if passage is None else passage.leave(output)

    def _before(
        self, hook: Hook, with_kwargs: bool, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        if not with_kwargs:
            replaced = hook(self, args)
            if replaced is not None:
                args = replaced if isinstance(replaced, tuple) else (replaced,)
            return args, kwargs
        replaced = hook(self, args, kwargs)
        if replaced is None:
            return args, kwargs
        if isinstance(replaced, tuple) and len(replaced) == 2:
            return replaced
        raise RuntimeError(
            f"forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got {replaced}."
        )


def _watch_last(module: Any, hook: Hook, output: Any) -> None:
    """Let a hook see the gradients of the node that made a module's first result."""
    while isinstance(output, (tuple, list, dict)):
        output = next(iter(output.values() if isinstance(output, dict) else output))
    if output.grad_fn is not None:
        output.grad_fn.register_hook(partial(hook, module))
