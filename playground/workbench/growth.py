"""How large the result of a call is and how much work it takes, known before it runs.

A rule gives at most how many elements a call makes. What has none makes no more than its tensors stretched
over each other or, where they cannot be, than all of them together. Shapes that do not fit count as
anything: the engine refuses them before it allocates.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

import engine
from engine import nn
from playground.workbench.growth_rules import Given, Shape, integers, matrix_product
from playground.workbench.growth_table import CUBIC, PRODUCTS, REPEATED, RULES
from playground.workbench.language.budget import Budget
from playground.workbench.language.refusal import RefusedError

MOST_REPEATS = 1000
"""How often an op may be asked to repeat itself: the order of a difference, the power of a matrix."""

MOST_MODULES = 1000
MOST_LEVELS = 20


def _stretched_or_all(shapes: list[Shape]) -> int:
    try:
        return math.prod(np.broadcast_shapes(*shapes))
    except ValueError:
        return sum(map(math.prod, shapes))


def bound(op: str, tensors: Sequence[engine.Tensor], args: Sequence[Any], options: Mapping[str, Any],
          budget: Budget) -> None:  # fmt: skip
    """Count what a call will make and take. Raises RefusedError where it is too much."""
    name = op.rstrip("_") if op not in RULES else op
    shapes = [tuple(tensor.shape) for tensor in tensors]
    given = Given(name, args, options)
    rule = RULES.get(name)
    if rule is not None:
        budget.make(rule(shapes, given))
    else:
        budget.make(_stretched_or_all(shapes))
    if name in REPEATED and abs(given.one(*REPEATED[name])) > MOST_REPEATS:
        raise RefusedError(f"{name} may be asked for {MOST_REPEATS:,} repeats at most here.")
    if name in PRODUCTS and shapes:
        budget.work(matrix_product(shapes, given) * (shapes[-2:][0][-1] if shapes[-2:][0] else 1))
    if shapes and name in CUBIC and len(shapes[0]) >= 2:
        budget.work(10 * math.prod(shapes[0]) * min(shapes[0][-2:]))


def bound_module(module: nn.Module, tensors: Sequence[engine.Tensor], budget: Budget) -> None:
    """Count what a module will make of its first input, layer by layer where it is a sequence."""
    if not tensors:
        return
    shape = tuple(tensors[0].shape)
    keys = tuple(tensors[1].shape) if len(tensors) > 1 and tensors[1].ndim == len(shape) else shape
    for inner in module.modules():
        if isinstance(inner, nn.MultiheadAttention) and len(shape) > 1:
            budget.make(_scores(inner, shape, keys))
    layers = list(module) if isinstance(module, nn.Sequential) else [module]
    for layer in layers:
        rule = getattr(layer, "output_shape", None)
        if rule is None or isinstance(layer, nn.Sequential) or not shape:
            budget.make(_grown(layer, shape))
            continue
        made = tuple(rule(shape))
        kernel = math.prod(p.numel() for p in layer.parameters()) if layer.parameters() else 1
        budget.work(math.prod(made) * max(kernel // max(made[1] if len(made) > 1 else 1, 1), 1))
        budget.make(math.prod(made))
        shape = made


def _scores(attention: nn.MultiheadAttention, queries: Shape, keys: Shape) -> int:
    """How many scores all heads together give, one for each query with each key."""
    long = 1 if attention.batch_first and len(queries) > 2 else 0
    batch = queries[1 - long] if len(queries) > 2 else 1
    return attention.num_heads * batch * queries[long] * (keys[long] if keys else 1)


def check_nesting(module: nn.Module) -> None:
    """RefusedError where modules are nested deeper, or one is met more often, than can be shown."""
    sizes: dict[int, int] = {}

    def size(each: nn.Module, depth: int) -> int:
        if depth > MOST_LEVELS:
            raise RefusedError(f"Modules here may be nested {MOST_LEVELS} deep.", "put them side by side")
        if id(each) not in sizes:
            inner = each._modules.values()  # children() gives one that is there twice once
            sizes[id(each)] = 1 + sum(size(child, depth + 1) for child in inner if child is not None)
        return sizes[id(each)]

    if size(module, 1) > MOST_MODULES:
        raise RefusedError(f"A module here may have {MOST_MODULES:,} others inside.", "use fewer layers")


def _grown(layer: nn.Module, shape: Shape) -> int:
    """What a layer without a rule of its own may make: as its size, its padding or its factor say."""
    settings = vars(layer)
    count = math.prod(shape)
    for name in ("size", "output_size"):
        count = max(count, math.prod(shape[:2]) * math.prod(integers(settings.get(name))))
    for place, pad in enumerate(integers(settings.get("padding"))):
        side = shape[-1 - place // 2] if place // 2 < len(shape) else 1
        count = count // max(side, 1) * (side + max(pad, 0))
    factor = settings.get("scale_factor") or 1.0
    factors = factor if isinstance(factor, tuple) else (factor,) * max(len(shape) - 2, 1)
    return math.ceil(count * max(1.0, math.prod(map(float, factors))))
