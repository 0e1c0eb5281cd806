"""What can be called: functions of torch under their names, and methods bound to their tensor."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Function:
    """A callable of the whitelist. `op` is the name under which its growth and its kind are known.

    `owner` is the tensor (or module, list …) a method is called on; it is put before the arguments. A quiet
    one is not shown among the calls. `title` is shown in place of the code of its call.
    """

    name: str
    call: Callable[..., Any]
    op: str
    owner: Any = None
    bound: bool = False
    quiet: bool = False
    title: str = ""

    def __repr__(self) -> str:
        return f"<function {self.name}>"


@dataclass(frozen=True)
class ModuleClass:
    """A class of `torch.nn` or `torch.optim`: calling it makes an instance."""

    name: str
    cls: type

    def __repr__(self) -> str:
        return f"<class '{self.name}'>"


@dataclass(frozen=True)
class GradMode:
    """What stands after `with`: `torch.no_grad` and its kin. Calling it gives an entered-once context."""

    name: str
    make: Callable[..., Any]


@dataclass(frozen=True)
class Namespace:
    """A module's names, and for names known but refused the reason."""

    name: str
    members: Mapping[str, Any] = field(repr=False)
    refused: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __repr__(self) -> str:
        return f"<module '{self.name}'>"
