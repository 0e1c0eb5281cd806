"""Whether operations are recorded. A ContextVar, so threads and async tasks do not disturb each other."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

_enabled: ContextVar[bool] = ContextVar("grad_enabled", default=True)
_inference: ContextVar[bool] = ContextVar("inference_mode", default=False)

is_grad_enabled = _enabled.get
is_inference_mode_enabled = _inference.get
inferring: list[Any] = []  # an entry for each inference mode in force in any thread: seldom one at all
switch, switch_back = _enabled.set, _enabled.reset  # without the cost of a context manager


class _GradMode:
    """A context manager and decorator that sets the grad mode and puts the old one back."""

    mode = True

    def __init__(self) -> None:
        self._before: list[bool] = []

    def __enter__(self) -> None:
        self._before.append(_enabled.get())
        _enabled.set(self.mode)

    def __exit__(self, *exc: object) -> None:
        _enabled.set(self._before.pop())

    def clone(self) -> _GradMode:
        """A fresh one for each call of a decorated function."""
        return type(self)()

    def __call__(self, function: F) -> F:
        if inspect.isgeneratorfunction(function):
            return self._wrapped_generator(function)     # type: ignore[return-value]

        @functools.wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            with self.clone():
                return function(*args, **kwargs)

        return wrapped  # type: ignore[return-value]

    def _wrapped_generator(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The mode holds while the generator runs, and not in between."""

        @functools.wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            generator = function(*args, **kwargs)
            resume, given = generator.send, None
            try:
                while True:
                    with self.clone():
                        made = resume(given)
                    try:
                        given, resume = (yield made), generator.send
                    except GeneratorExit:
                        raise
                    except BaseException as error:
                        given, resume = error, generator.throw
            except StopIteration as end:
                return end.value
            finally:
                with self.clone():
                    generator.close()

        return wrapped


class no_grad(_GradMode):  # noqa: N801 - PyTorch's own spelling
    """Record nothing inside: results do not require grad."""

    mode = False

    def __new__(cls, function: Any = None) -> Any:
        made = super().__new__(cls)
        if function is None:
            return made
        made.__init__()  # type: ignore[misc]
        return made(function)  # `@no_grad` without parentheses

    def __init__(self, function: Any = None) -> None:
        super().__init__()


class enable_grad(no_grad):  # noqa: N801 - PyTorch's own spelling
    """Record inside, also within ``no_grad``."""

    mode = True


class set_grad_enabled(_GradMode):  # noqa: N801 - PyTorch's own spelling
    """Set the grad mode at once; as a context manager also put it back at the end."""

    def __init__(self, mode: bool) -> None:
        super().__init__()
        self.mode = bool(mode)
        self._first = _enabled.get()
        _enabled.set(self.mode)

    def __enter__(self) -> None:
        self._before.append(self._first)
        _enabled.set(self.mode)

    def clone(self) -> set_grad_enabled:
        return set_grad_enabled(self.mode)

    def __call__(self, function: F) -> F:
        _enabled.set(self._first)  # as a decorator it acts inside the function only
        return super().__call__(function)


class inference_mode(_GradMode):  # noqa: N801 - PyTorch's own spelling
    """As ``no_grad``; what is made inside can never be part of a graph."""

    def __init__(self, mode: bool = True) -> None:
        super().__init__()
        self.inference = mode
        self._inference_before: list[bool] = []

    def __enter__(self) -> None:
        self._inference_before.append(_inference.get())
        _inference.set(self.inference)
        inferring.append(None)
        self._before.append(_enabled.get())
        _enabled.set(not self.inference)

    def __exit__(self, *exc: object) -> None:
        _inference.set(self._inference_before.pop())
        inferring.pop()
        super().__exit__(*exc)

    def clone(self) -> inference_mode:
        return inference_mode(self.inference)
