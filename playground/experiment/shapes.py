"""Shapes and parameter counts of a stack, by folding the layers' own shape rules; allocates nothing."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from engine import nn
from engine.errors import ShapeError
from playground.experiment.arguments import problems
from playground.experiment.catalog import LAYERS, arguments, layer_class
from playground.experiment.code import layer_code
from playground.experiment.spec import Layer
from playground.protocol.replies import LayerFacts, Problem

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Folded:
    """A stack seen through.

    `facts` ends before the first layer at fault; `output_shape` is None if there is one. `positions` are
    those of the facts' layers in the whole stack, muted ones included.
    """

    facts: list[LayerFacts]
    positions: list[int]
    problems: list[Problem]
    output_shape: Shape | None

    @property
    def parameters(self) -> int:
        return sum(fact.parameters for fact in self.facts)


def fold(layers: Sequence[Layer], input_shape: Shape | None) -> Folded:
    """Lead `input_shape`, batch included, through the unmuted layers; None is an unknown one.

    Wrong arguments are reported for every layer, wrong shapes for the first: what comes after a layer
    at fault is not guessed at.
    """
    facts: list[LayerFacts] = []
    positions: list[int] = []
    found: list[Problem] = []
    shape = input_shape
    for position, (layer, name) in enumerate(zip(layers, layer_names(layers), strict=True)):
        if layer.muted:
            continue
        wrong = layer_problems(layer, name, f"layers/{position}")
        found += wrong
        if wrong:
            shape = None
        if shape is None:
            continue
        try:
            fact = layer_facts(layer, name, shape)
        except (ShapeError, ValueError, TypeError, RuntimeError, IndexError) as error:
            fix = getattr(error, "fix", None) or None
            found.append(Problem(where=f"layers/{position}", message=f"{name}: {error}", fix=fix))
            shape = None
            continue
        facts.append(fact)
        positions.append(position)
        shape = tuple(fact.output_shape)
    return Folded(facts, positions, found, shape)


def layer_names(layers: Sequence[Layer]) -> list[str]:
    """What each row is called: its type and its number among its kind, `Linear 2`; muted ones count."""
    seen: Counter[str] = Counter()
    names = []
    for layer in layers:
        seen[layer.type] += 1
        names.append(f"{layer.type} {seen[layer.type]}")
    return names


def layer_problems(layer: Layer, name: str, where: str) -> list[Problem]:
    """What is wrong with a layer whatever its input: its name, its arguments."""
    if layer.type not in LAYERS:
        return [Problem(where=where, message=f"There is no layer {layer.type!r}", fix="remove it")]
    return problems(arguments(layer.type), layer.args, where, name)


def layer_facts(layer: Layer, name: str, input_shape: Shape) -> LayerFacts:
    """Shapes and parameters of one layer. Raises what the layer raises for an input it cannot take."""
    cls = layer_class(layer.type)
    inferred = infer(layer, name, input_shape)
    with nn.meta():
        module = cls(**inferred, **layer.args)
    output_shape = module.output_shape(input_shape)
    sizes = [tuple(parameter.shape) for parameter in module.parameters()]
    return LayerFacts(
        id=layer.id,
        name=name,
        input_shape=list(input_shape),
        output_shape=list(output_shape),
        parameters=sum(math.prod(size) for size in sizes),
        equation=equation(sizes),
        inferred=inferred,
        code=layer_code(layer, inferred),
    )


def infer(layer: Layer, name: str, input_shape: Shape) -> dict[str, int]:
    """The arguments that a layer's input decides: `in_features`, `in_channels`, `num_features` …"""
    inferred = {}
    for argument in arguments(layer.type).values():
        dim = argument.inferred_from
        if dim is None:
            continue
        if not -len(input_shape) <= dim < len(input_shape):
            raise ShapeError(
                f"{argument.name} comes from dimension {dim} of the input, which has shape {input_shape}"
            )
        inferred[argument.name] = input_shape[dim]
    return inferred


def equation(sizes: Sequence[Shape]) -> str:
    """How a parameter count comes about: `16 × 2 + 16 = 48`; empty without parameters."""
    if not sizes:
        return ""
    terms = " + ".join(" × ".join(f"{n:,}" for n in size) for size in sizes)
    total = f"{sum(math.prod(size) for size in sizes):,}"
    return terms if terms == total else f"{terms} = {total}"
