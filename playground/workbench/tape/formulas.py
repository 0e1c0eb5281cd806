"""The derivative of each op as a formula: `g` is the gradient that arrives, `out` the op's own result."""

import inspect
from collections.abc import Mapping

from engine.node import Node

FORMULAS: Mapping[str, str] = {
    "add": "input: g;  other: g",
    "sub": "input: g;  other: −g",
    "rsub": "input: −g;  other: g",
    "mul": "input: g · other;  other: g · input",
    "div": "input: g / other;  other: −g · input / other²",
    "neg": "input: −g",
    "pow": "input: g · exponent · input^(exponent − 1);  exponent: g · out · ln(input)",
    "exp": "input: g · out",
    "exp2": "input: g · out · ln 2",
    "expm1": "input: g · (out + 1)",
    "log": "input: g / input",
    "log2": "input: g / (input · ln 2)",
    "log10": "input: g / (input · ln 10)",
    "log1p": "input: g / (1 + input)",
    "sqrt": "input: g / (2 · out)",
    "rsqrt": "input: −g · out³ / 2",
    "square": "input: g · 2 · input",
    "reciprocal": "input: −g · out²",
    "abs": "input: g · sign(input)",
    "sin": "input: g · cos(input)",
    "cos": "input: −g · sin(input)",
    "tan": "input: g · (1 + out²)",
    "asin": "input: g / √(1 − input²)",
    "acos": "input: −g / √(1 − input²)",
    "atan": "input: g / (1 + input²)",
    "sinh": "input: g · cosh(input)",
    "cosh": "input: g · sinh(input)",
    "tanh": "input: g · (1 − out²)",
    "sigmoid": "input: g · out · (1 − out)",
    "relu": "input: g where out > 0, else 0",
    "leaky_relu": "input: g where input > 0, else g · negative_slope",
    "silu": "input: g · σ(input) · (1 + input · (1 − σ(input)))",
    "gelu": "input: g · (Φ(input) + input · φ(input))",
    "softplus": "input: g · σ(beta · input)",
    "erf": "input: g · 2/√π · exp(−input²)",
    "clamp": "input: g where min ≤ input ≤ max, else 0",
    "maximum": "g to the greater of the two, half each where they are equal",
    "minimum": "g to the lesser of the two, half each where they are equal",
    "where": "input: g where condition, else 0;  other: 0 where condition, else g",
    "sum": "input: g, repeated along the dims that were summed",
    "mean": "input: g / n, repeated along the dims of the n elements that were averaged",
    "prod": "input: g · out / input",
    "var": "input: g · 2 · (input − mean) / (n − correction)",
    "std": "input: g · (input − mean) / (out · (n − correction))",
    "logsumexp": "input: g · exp(input − out)",
    "amax": "input: g where input = out, shared equally among ties",
    "amin": "input: g where input = out, shared equally among ties",
    "max_all": "input: g where input is the maximum, shared equally among ties",
    "min_all": "input: g where input is the minimum, shared equally among ties",
    "max_along": "input: g at the place of the maximum, else 0",
    "min_along": "input: g at the place of the minimum, else 0",
    "softmax": "input: out · (g − Σ(g · out))",
    "log_softmax": "input: g − softmax(input) · Σ g",
    "cumsum": "input: g summed from the end",
    "mm": "input: g @ mat2ᵀ;  mat2: inputᵀ @ g",
    "bmm": "input: g @ mat2ᵀ;  mat2: inputᵀ @ g",
    "mv": "input: g ⊗ vec;  vec: inputᵀ @ g",
    "dot": "input: g · tensor;  tensor: g · input",
    "linear": "input: g @ weight;  weight: gᵀ @ input;  bias: g summed over the batch",
    "convolution": "input: g convolved with weight, transposed;  weight: input convolved with g",
    "view": "input: g in the shape of input",
    "reshape": "input: g in the shape of input",
    "unsqueeze": "input: g in the shape of input",
    "squeeze": "input: g in the shape of input",
    "transpose": "input: g with the dims swapped back",
    "t": "input: gᵀ",
    "permute": "input: g with the dims in their old order",
    "expand": "input: g summed over the dims that were stretched",
    "repeat": "input: g summed over the copies",
    "flip": "input: g flipped back",
    "select": "input: zeros with g at the index",
    "slices": "input: zeros with g where the part was",
    "narrow": "input: zeros with g where the part was",
    "index": "input: zeros with g added at the positions",
    "take_at": "input: zeros with g added at the positions",
    "rows_at": "input: zeros with g added at the rows",
    "fill_where": "input: g where not masked, else 0",
    "copy_slices": "input: g with zeros in the region;  value: g in the region",
    "copy": "src: g",
    "cat": "each tensor: its part of g",
    "stack": "each tensor: its slice of g",
    "clone": "input: g",
    "cast": "input: g in the type of input",
    "mse_loss": "input: g · 2 · (input − target) / n;  target: the same, negative",
    "l1_loss": "input: g · sign(input − target) / n",
    "nll_loss": "input: −g · weight / n at each target class, else 0",
    "cross_entropy_of_classes": "input: g · (softmax(input) − one_hot(target)) / n",
    "bce": "input: g · (input − target) / (input · (1 − input))",
    "bce_with_logits": "input: g · (σ(input) − target) / n",
    "embedding": "weight: zeros with g added at the rows",
    "max_pool": "input: zeros with g at each window's maximum",
    "avg_pool": "input: g / n spread over each window",
}  # fmt: skip


def formula(node: Node) -> str:
    """The formula of a node's derivative; where there is none, its source."""
    known = FORMULAS.get(node.op.name)
    return known or source(node)


def source(node: Node) -> str:
    """The lines of a derivative as the engine has them."""
    rule = node.op.rule
    if rule is None:
        return ""
    try:
        return inspect.cleandoc("\n" + inspect.getsource(rule))
    except (OSError, TypeError):
        return ""
