"""Pruning: weights set to 0 for good, by a mask beside the parameter.

A pruned parameter ``weight`` is kept as ``weight_orig``, its mask as the buffer ``weight_mask``, and
``weight`` is their product, made anew before each forward. Pruned again, the masks are combined.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from engine.creation import ones_like, zeros_like
from engine.nn.module import Module
from engine.ops.join import cat
from engine.sampling import rand, rand_like
from engine.tensor import Tensor


class BasePruningMethod:
    """Base class: ``compute_mask(t, default_mask)`` says which numbers of ``t`` stay.

    ``PRUNING_TYPE`` is ``"unstructured"``, ``"structured"`` (whole entries along ``dim``) or ``"global"``.
    """

    PRUNING_TYPE: ClassVar[str] = "unstructured"
    dim = 0
    _tensor_name = ""

    def __call__(self, module: Module, inputs: Any) -> None:
        setattr(module, self._tensor_name, self.apply_mask(module))

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        """1 for what stays and 0 for what goes, in the shape of ``t``."""
        raise NotImplementedError

    def apply_mask(self, module: Module) -> Tensor:
        """The parameter with the mask applied."""
        mask: Tensor = getattr(module, f"{self._tensor_name}_mask")
        original: Tensor = getattr(module, f"{self._tensor_name}_orig")
        return mask.to(dtype=original.dtype) * original

    def prune(
        self, t: Tensor, default_mask: Tensor | None = None, importance_scores: Tensor | None = None
    ) -> Tensor:
        """``t`` with 0 for what goes, judged by ``importance_scores`` or by itself."""
        mask = ones_like(t) if default_mask is None else default_mask
        return t * self.compute_mask(t if importance_scores is None else importance_scores, mask)

    @classmethod
    def apply(
        cls, module: Module, name: str, *args: Any, importance_scores: Tensor | None = None, **kwargs: Any
    ) -> Any:
        """Prune a parameter of a module, also one that is pruned already."""
        earlier = _of(module, name)
        method: Any = cls(*args, **kwargs)
        method._tensor_name = name
        value: Tensor = getattr(module, name)
        scores = value if importance_scores is None else importance_scores
        if scores.shape != value.shape:
            raise AssertionError(
                f"importance_scores should have the same shape as parameter {name} of {module}"
            )
        if earlier is None:
            mask = method.compute_mask(scores, ones_like(value))
            module.register_parameter(f"{name}_orig", module._parameters.pop(name))
        else:
            key, hook = earlier
            method = PruningContainer(*hook, method) if isinstance(hook, PruningContainer) else (
                PruningContainer(hook, method)
            )
            mask = method.compute_mask(scores, getattr(module, f"{name}_mask").detach().clone())
            del module._forward_pre_hooks[key]
        module.register_buffer(f"{name}_mask", mask)
        setattr(module, name, method.apply_mask(module))
        module.register_forward_pre_hook(method)
        return method

    def remove(self, module: Module) -> None:
        """Make the pruned numbers the parameter itself."""
        name = self._tensor_name
        weight = self.apply_mask(module)
        delattr(module, name)
        original: Any = module._parameters.pop(f"{name}_orig")
        original.data = weight.data
        del module._buffers[f"{name}_mask"]
        setattr(module, name, original)


class PruningContainer(BasePruningMethod):
    """Several methods, one after the other; each judges what the earlier ones left."""

    def __init__(self, *methods: BasePruningMethod) -> None:
        self._pruning_methods = methods
        self._tensor_name = methods[0]._tensor_name

    def __iter__(self) -> Any:
        return iter(self._pruning_methods)

    def __len__(self) -> int:
        return len(self._pruning_methods)

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        method, mask = self._pruning_methods[-1], default_mask.clone()
        if method.PRUNING_TYPE == "unstructured":
            left: Any = default_mask == 1
        elif method.PRUNING_TYPE == "structured":
            others = [d for d in range(t.ndim) if d != method.dim % t.ndim]
            left = (slice(None),) * (method.dim % t.ndim) + (default_mask.sum(dim=others) != 0,)
        else:
            left = (slice(None),) * t.ndim
        mask[left] = method.compute_mask(t[left], default_mask[left])
        return mask


class Identity(BasePruningMethod):
    """Prunes nothing: the mask is all ones."""

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        return default_mask


class _Amount(BasePruningMethod):
    """Prunes as many as ``amount`` says: a share of them, or how many."""

    def __init__(self, amount: float) -> None:
        if not isinstance(amount, (int, float)):
            raise TypeError(f"Invalid type for amount: {amount}. Must be int or float.")
        if amount < 0 or (isinstance(amount, float) and amount > 1):
            raise ValueError(
                f"amount={amount} should either be a float in the range [0, 1] or a non-negative integer"
            )
        self.amount = amount

    def _count(self, size: int) -> int:
        if isinstance(self.amount, float):
            return round(self.amount * size)
        if self.amount > size:
            raise ValueError(
                f"amount={self.amount} should be smaller than the number of parameters to prune={size}"
            )
        return self.amount


class RandomUnstructured(_Amount):
    """Prunes numbers at random."""

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        return _without(default_mask, rand_like(t), self._count(t.numel()), largest=True)


class L1Unstructured(_Amount):
    """Prunes the numbers closest to 0."""

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        return _without(default_mask, t.abs(), self._count(t.numel()), largest=False)


def _without(mask: Tensor, scores: Tensor, count: int, largest: bool) -> Tensor:
    made = mask.clone()
    if count:
        made.view(-1)[scores.reshape(-1).topk(count, largest=largest).indices] = 0
    return made


class _Structured(_Amount):
    """Prunes whole entries along ``dim``."""

    PRUNING_TYPE: ClassVar[str] = "structured"

    def __init__(self, amount: float, dim: int = -1) -> None:
        super().__init__(amount)
        self.dim = dim

    def _scores(self, t: Tensor) -> Tensor:
        """How much each entry counts."""
        raise NotImplementedError

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        if t.ndim < 2:
            raise ValueError(
                f"Structured pruning can only be applied to multidimensional tensors. Found tensor of shape "
                f"{t.shape} with {t.ndim} dims"
            )
        if not -t.ndim <= self.dim < t.ndim:
            raise IndexError(f"Invalid index {self.dim} for tensor of size {t.shape}")
        size = t.shape[self.dim]
        count = self._count(size)
        kept = self._scores(t).topk(size - count, largest=True).indices
        mask = zeros_like(t)
        mask[(slice(None),) * (self.dim % t.ndim) + (kept,)] = 1
        return mask * default_mask.to(dtype=mask.dtype)


class RandomStructured(_Structured):
    """Prunes entries at random."""

    def _scores(self, t: Tensor) -> Tensor:
        return rand(t.shape[self.dim])


class LnStructured(_Structured):
    """Prunes the entries with the smallest norms."""

    def __init__(self, amount: float, n: Any, dim: int = -1) -> None:
        super().__init__(amount, dim)
        self.n = n

    def _scores(self, t: Tensor) -> Tensor:
        others = [d for d in range(t.ndim) if d != self.dim % t.ndim]
        return t.detach().norm(p=self.n, dim=others)


class CustomFromMask(BasePruningMethod):
    """Prunes by a mask that is given."""

    PRUNING_TYPE: ClassVar[str] = "global"

    def __init__(self, mask: Tensor) -> None:
        self.mask = mask

    def compute_mask(self, t: Tensor, default_mask: Tensor) -> Tensor:
        if default_mask.shape != self.mask.shape:
            raise AssertionError(
                f"default_mask shape {default_mask.shape} must match self.mask shape {self.mask.shape}"
            )
        return default_mask * self.mask.to(dtype=default_mask.dtype)


def identity(module: Module, name: str) -> Module:
    """Keep a parameter as if it were pruned, with nothing gone."""
    Identity.apply(module, name)
    return module


def random_unstructured(module: Module, name: str, amount: float) -> Module:
    """Prune numbers of a parameter at random."""
    RandomUnstructured.apply(module, name, amount)
    return module


def l1_unstructured(
    module: Module, name: str, amount: float, importance_scores: Tensor | None = None
) -> Module:
    """Prune the numbers of a parameter that are closest to 0."""
    L1Unstructured.apply(module, name, amount, importance_scores=importance_scores)
    return module


def random_structured(module: Module, name: str, amount: float, dim: int) -> Module:
    """Prune entries of a parameter along ``dim`` at random."""
    RandomStructured.apply(module, name, amount, dim)
    return module


def ln_structured(
    module: Module, name: str, amount: float, n: Any, dim: int, importance_scores: Tensor | None = None
) -> Module:
    """Prune the entries of a parameter along ``dim`` with the smallest norms."""
    LnStructured.apply(module, name, amount, n, dim, importance_scores=importance_scores)
    return module


def custom_from_mask(module: Module, name: str, mask: Tensor) -> Module:
    """Prune a parameter by a mask."""
    CustomFromMask.apply(module, name, mask)
    return module


def global_unstructured(
    parameters: Any, pruning_method: type[BasePruningMethod],
    importance_scores: dict[tuple[Module, str], Tensor] | None = None, **kwargs: Any,
) -> None:
    """Prune several parameters, pairs of a module and a name, as if they were one."""
    if not isinstance(parameters, Iterable):
        raise TypeError("global_unstructured(): parameters is not an Iterable")
    pairs = list(parameters)
    method = pruning_method(**kwargs)
    if method.PRUNING_TYPE != "unstructured":
        raise TypeError(
            'Only "unstructured" PRUNING_TYPE supported for the `pruning_method`. Found method '
            f"{pruning_method} of type {method.PRUNING_TYPE}"
        )
    values = [getattr(module, name) for module, name in pairs]
    given = importance_scores or {}
    scores = [given.get(pair, value) for pair, value in zip(pairs, values, strict=True)]
    masks = [
        getattr(module, f"{name}_mask", ones_like(value))
        for (module, name), value in zip(pairs, values, strict=True)
    ]
    whole = PruningContainer(method).compute_mask(_flat(scores), _flat(masks))
    sizes = [value.numel() for value in values]
    for (module, name), value, part in zip(pairs, values, whole.split(sizes), strict=True):
        custom_from_mask(module, name, mask=part.view(value.shape))


def _flat(parts: list[Tensor]) -> Tensor:
    return cat([part.detach().reshape(-1) for part in parts], 0)


def remove(module: Module, name: str) -> Module:
    """Make what is left of a pruned parameter the parameter itself."""
    found = _of(module, name)
    if found is None:
        raise ValueError(
            f"Parameter '{name}' of module {module} has to be pruned before pruning can be removed"
        )
    key, method = found
    method.remove(module)
    del module._forward_pre_hooks[key]
    return module


def is_pruned(module: Module) -> bool:
    """Whether anything in a module, or in one below it, is pruned."""
    return any(
        isinstance(hook, BasePruningMethod)
        for _, part in module.named_modules() for hook, _ in part._forward_pre_hooks.values()
    )


def _of(module: Module, name: str) -> tuple[int, BasePruningMethod] | None:
    """Where the method is that prunes a parameter, and the method."""
    for key, (hook, _) in module._forward_pre_hooks.items():
        if isinstance(hook, BasePruningMethod) and hook._tensor_name == name:
            return key, hook
    return None
