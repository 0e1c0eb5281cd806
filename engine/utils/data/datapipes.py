"""DataPipes: data sets whose steps are chained by name, as ``pipe.tokens(" ")``. Deprecated in PyTorch.

Here are the base classes, their rules, and how a step is registered. PyTorch's ready-made steps (`map`,
`batch`, …) are not: a generator, or an `IterableDataset` around one, does the same in a line or two.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar, TypeVar

from engine.utils.data.dataset import Dataset, IterableDataset

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class DataChunk(list[T]):
    """A batch of samples on its way through pipes."""

    def __init__(self, items: Iterable[T]) -> None:
        super().__init__(items)
        self.items = list(self)

    def as_str(self, indent: str = "") -> str:
        """The samples in one line."""
        return f"{indent}[{', '.join(map(str, self))}]"

    def raw_iterator(self) -> Iterator[T]:
        """Over the samples, whatever a subclass iterates over."""
        return iter(self.items)


class _Chained:
    """What both kinds of pipe share: registered steps are their methods."""

    functions: ClassVar[dict[str, Callable[..., Any]]]

    @classmethod
    def register_function(cls, function_name: str, function: Callable[..., Any]) -> None:
        """Make ``pipe.function_name(…)`` a call of ``function(pipe, …)``."""
        cls.functions[function_name] = function

    @classmethod
    def register_datapipe_as_function(
        cls, function_name: str, cls_to_register: Callable[..., Any], enable_df_api_tracing: bool = False
    ) -> None:
        """Make ``pipe.function_name(…)`` the pipe ``cls_to_register(pipe, …)``."""
        if function_name in cls.functions:
            raise Exception(
                f"Unable to add DataPipe function name {function_name} as it is already taken"
            )
        cls.functions[function_name] = cls_to_register

    def __getattr__(self, name: str) -> Any:
        if name not in self.functions:
            raise AttributeError(
                f"{type(self).__name__!r} object has no attribute {name!r}: no step of that name is "
                "registered, and none of PyTorch's ready-made ones is here"
            )
        return functools.partial(self.functions[name], self)

    def __repr__(self) -> str:
        return type(self).__qualname__


class IterDataPipe(_Chained, IterableDataset[T_co]):
    """Iterable-style: subclasses define `__iter__`, and `reset` where they keep something between samples.

    A new pass calls `reset`, and ends the pass before it.
    """

    functions: ClassVar[dict[str, Callable[..., Any]]] = {}
    _pass = 0

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "__iter__" in vars(cls):
            cls.__iter__ = _one_pass_at_a_time(cls.__iter__)     # type: ignore[method-assign]

    def __iter__(self) -> Iterator[T_co]:
        return self

    def reset(self) -> None:
        """Called at the start of each pass."""


class DFIterDataPipe(IterDataPipe[Any]):
    """An iterable-style pipe of data frames."""


class MapDataPipe(_Chained, Dataset[T_co]):
    """Map-style: subclasses define `__getitem__`, and `__len__` where a sampler needs it."""

    functions: ClassVar[dict[str, Callable[..., Any]]] = {}


def _one_pass_at_a_time(method: Callable[[Any], Iterator[Any]]) -> Callable[[Any], Iterator[Any]]:
    @functools.wraps(method)
    def begin(self: Any) -> Iterator[Any]:
        self.reset()
        self._pass = mine = self._pass + 1
        samples = method(self)

        def go_on() -> Iterator[Any]:
            while True:
                if self._pass != mine:
                    raise RuntimeError(
                        "This iterator has been invalidated because another iterator has been created from "
                        f"the same IterDataPipe: {self!r}\nThis may be caused multiple references to the "
                        "same IterDataPipe. We recommend using `.fork()` if that is necessary."
                    )
                try:
                    sample = next(samples)
                except StopIteration:
                    return
                yield sample

        return go_on()

    return begin


def functional_datapipe(name: str, enable_df_api_tracing: bool = False) -> Callable[[Any], Any]:
    """Class decorator: make the pipe a method ``name`` of all pipes of its kind."""

    def register(cls: Any) -> Any:
        kind = IterDataPipe if issubclass(cls, IterDataPipe) else MapDataPipe
        kind.register_datapipe_as_function(name, cls)
        return cls

    return register


class guaranteed_datapipes_determinism:     # noqa: N801 - PyTorch's name
    """Where this is in force, pipes that are marked `non_deterministic` refuse to be made."""

    in_force = False

    def __init__(self) -> None:
        self._before = guaranteed_datapipes_determinism.in_force
        guaranteed_datapipes_determinism.in_force = True

    def __enter__(self) -> None: ...

    def __exit__(self, *problem: object) -> None:
        guaranteed_datapipes_determinism.in_force = self._before


def non_deterministic(arg: Any) -> Any:
    """Mark an `IterDataPipe`; given a function, one for whose arguments that is true."""
    if not isinstance(arg, type):
        return lambda cls: _guarded(cls, arg)
    if not issubclass(arg, IterDataPipe):
        raise TypeError(
            f"Only `IterDataPipe` can be decorated with `non_deterministic`, but {arg.__name__} is found"
        )
    return _guarded(arg, lambda *args, **kwargs: True)


def _guarded(cls: Any, varies: Callable[..., bool]) -> Callable[..., Any]:
    def make(*args: Any, **kwargs: Any) -> Any:
        if guaranteed_datapipes_determinism.in_force and varies(*args, **kwargs):
            raise TypeError(
                f"{cls.__name__} is non-deterministic, but you set 'guaranteed_datapipes_determinism'. You "
                "can turn off determinism for this DataPipe if that is acceptable for your application"
            )
        return cls(*args, **kwargs)

    return make
