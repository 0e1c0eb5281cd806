"""The palette: every op of the engine's registry as a line of code to insert, and ways to make a tensor."""

from collections.abc import Iterator
from typing import Any

from engine.op import REGISTRY
from engine.signature import REQUIRED
from playground.protocol.tensors import OpGroup, TensorOp, TensorOps
from playground.workbench.language.operators import BINARY, COMPARE
from playground.workbench.names import FUNCTIONAL

SIGNS = {op: sign for sign, op, *_ in [*BINARY.values(), *COMPARE.values()]}
CREATION = (
    ("tensor", "torch.tensor([[1.0, 2.0], [3.0, 4.0]])", "numbers, as nested lists"),
    ("zeros", "torch.zeros(2, 3)", "zeros"),
    ("ones", "torch.ones(2, 3)", "ones"),
    ("full", "torch.full((2, 3), 1.5)", "one number everywhere"),
    ("rand", "torch.rand(2, 3)", "drawn evenly from [0, 1)"),
    ("randn", "torch.randn(2, 3)", "drawn from the normal distribution"),
    ("randint", "torch.randint(0, 10, (2, 3))", "integers drawn evenly from low up to, not including, high"),
    ("arange", "torch.arange(6)", "numbers from start up to, not including, end"),
    ("linspace", "torch.linspace(0, 1, 5)", "numbers spread evenly from start to end"),
    ("eye", "torch.eye(3)", "ones on the diagonal"),
    ("zeros_like", "torch.zeros_like({0})", "zeros of the same shape"),
    ("ones_like", "torch.ones_like({0})", "ones of the same shape"),
    ("rand_like", "torch.rand_like({0})", "drawn evenly from [0, 1), of the same shape"),
)
NETWORK = (
    ("linear", "F.linear({0}, {1})", "input @ weightᵀ"),
    ("conv1d", "F.conv1d({0}, {1})", "a weight slid along one dimension"),
    ("conv2d", "F.conv2d({0}, {1})", "a weight slid over images"),
    ("max_pool2d", "F.max_pool2d({0}, 2)", "the greatest of each window"),
    ("avg_pool2d", "F.avg_pool2d({0}, 2)", "the mean of each window"),
    ("cross_entropy", "F.cross_entropy({0}, {1})", "how far logits are from class indices"),
    ("binary_cross_entropy", "F.binary_cross_entropy({0}, {1})", "how far probabilities are from 0 and 1"),
    ("one_hot", "F.one_hot({0})", "a 1 at each class index, else 0"),
    ("pad", "F.pad({0}, (1, 1))", "zeros around the last dimension"),
    ("normalize", "F.normalize({0}, dim=-1)", "vectors of length 1"),
    ("layer_norm", "F.layer_norm({0}, {0}.shape[-1:])", "mean 0 and variance 1 along the last dimension"),
    ("cosine_similarity", "F.cosine_similarity({0}, {1}, dim=-1)", "the cosine of the angle between vectors"),
    ("embedding", "F.embedding({0}, {1})", "rows of the second tensor at the indices in the first"),
    (
        "scaled_dot_product_attention",
        "F.scaled_dot_product_attention({0}, {1}, {2})",
        "attention of queries to keys",
    ),
)
GROUPS = {
    "elementwise": "Element-wise", "activation": "Activations", "compare": "Comparisons", "bits": "Bits",
    "reduce": "Reductions", "extreme": "Maxima and minima", "linalg": "Linear algebra",
    "shape": "Shapes and views", "join": "Join and split", "index": "Indexing", "order": "Sorting and ranks",
    "scan": "Running sums", "convert": "Types and copies", "loss": "Losses",
}  # fmt: skip
IN_FUNCTIONAL = ("activation", "loss")
"""Families whose ops are functions of `torch.nn.functional` where they are none of torch."""

EXAMPLES = {
    "dim": "0", "dim0": "0", "dim1": "1", "dims": "0", "start": "0", "length": "1", "size": "-1",
    "shape": "-1",
    "index": "torch.tensor([[0]])", "indices": "(torch.tensor([0]),)", "repeats": "2", "shifts": "1",
    "split_size_or_sections": "1", "chunks": "2", "indices_or_sections": "1", "sizes": "(1, -1)", "k": "1",
    "q": "0.5", "n": "1", "dimension": "0", "step": "1", "source": "0", "destination": "-1", "min": "0.0",
    "max": "1.0", "value": "0.0", "p": "2", "maxnorm": "1.0", "exponent": "2", "num_classes": "-1",
    "weight": "0.5", "stride": "(1,)", "mask": "{0} > 0", "src": "{0}", "boundaries": "{0}",
    "reduce": '"sum"', "args": "torch.float64", "values": "torch.tensor(1.0)",
}  # fmt: skip
SPECIAL = {
    "einsum": 'torch.einsum("...,...->...", {0}, {1})',
    "as_strided": "{0}.as_strided((2, 2), (1, 1))",
    "view": "{0}.view(-1)",
    "expand": "{0}.expand(2, *{0}.shape)",
    "broadcast_to": "{0}.broadcast_to((2, *{0}.shape))",
    "permute": "{0}.permute(*reversed(range({0}.dim())))",
    "unflatten": "{0}.unflatten(0, (1, -1))",
    "unfold": "{0}.unfold(0, 1, 1)",
    "index_select": "{0}.index_select(0, torch.tensor([0]))",
    "index_add": "{0}.index_add(0, torch.tensor([0]), {0}[:1])",
    "index_reduce": '{0}.index_reduce(0, torch.tensor([0]), {0}[:1], "prod")',
    "index_copy": "{0}.index_copy(0, torch.tensor([0]), {0}[:1])",
    "index_fill": "{0}.index_fill(0, torch.tensor([0]), 0.0)",
    "gather": "{0}.gather(0, torch.zeros_like({0}, dtype=torch.int64))",
    "scatter": "{0}.scatter(0, torch.zeros_like({0}, dtype=torch.int64), {0})",
    "scatter_add": "{0}.scatter_add(0, torch.zeros_like({0}, dtype=torch.int64), {0})",
    "scatter_reduce": '{0}.scatter_reduce(0, torch.zeros_like({0}, dtype=torch.int64), {0}, "sum")',
    "take_along_dim": "{0}.take_along_dim({0}.argsort(0), 0)",
    "take": "{0}.take(torch.tensor([0]))",
    "index_put": "{0}.index_put((torch.tensor([0]),), torch.tensor(1.0))",
    "masked_fill": "{0}.masked_fill({0} > 0, 0.0)",
    "masked_select": "{0}.masked_select({0} > 0)",
    "masked_scatter": "{0}.masked_scatter({0} > 0, {0})",
    "select_scatter": "{0}.select_scatter({0}[0], 0, 0)",
    "slice_scatter": "{0}.slice_scatter({0}[:1], 0, 0, 1)",
    "diagonal_scatter": "{0}.diagonal_scatter({0}.diagonal())",
    "where": "torch.where({0} > 0, {0}, {1})",
    "polygamma": "torch.polygamma(1, {0})",
    "clamp": "{0}.clamp(min=0.0, max=1.0)",
    "lerp": "torch.lerp({0}, {1}, 0.5)",
    "isin": "torch.isin({0}, {1})",
    "searchsorted": "torch.searchsorted({0}, {1})",
    "bucketize": "torch.bucketize({0}, {1})",
    "bincount": "{0}.bincount()",
    "renorm": "{0}.renorm(2, 0, 1.0)",
    "tensordot": "torch.tensordot({0}, {1}, dims=1)",
    "block_diag": "torch.block_diag({0}, {1})",
    "cartesian_prod": "torch.cartesian_prod({0}, {1})",
    "meshgrid": 'torch.meshgrid({0}, {1}, indexing="ij")',
    "broadcast_tensors": "torch.broadcast_tensors({0}, {1})",
    "atleast_1d": "torch.atleast_1d({0})",
    "atleast_2d": "torch.atleast_2d({0})",
    "atleast_3d": "torch.atleast_3d({0})",
    "trapezoid": "torch.trapezoid({0})",
    "cumulative_trapezoid": "torch.cumulative_trapezoid({0})",
    "gradient": "torch.gradient({0})",
    "split": "{0}.split(1)",
    "unravel_index": "torch.unravel_index({0}.argmax(), {0}.shape)",
    "nonzero_static": "{0}.nonzero_static(size=4)",
    "histogram": "torch.histogram({0}, 4)",
    "to": "{0}.to(torch.float64)",
}  # fmt: skip
"""Ops whose example says more than their signature does."""


def palette() -> TensorOps:
    """All groups."""
    groups = [OpGroup(name="Make a tensor", ops=[_made(*each) for each in CREATION])]
    for family, title in GROUPS.items():
        groups.append(OpGroup(name=title, ops=list(_ops(family))))
    groups.append(OpGroup(name="torch.nn.functional", ops=[_made(*each) for each in NETWORK]))
    return TensorOps(groups=groups)


def _made(name: str, code: str, help: str) -> TensorOp:
    taken = sum(f"{{{at}}}" in code for at in range(3))
    return TensorOp(
        name=name, signature=code.format("input", "other", "bias"), help=help, least_inputs=taken,
        most_inputs=taken, code=code,
    )  # fmt: skip


def _ops(family: str) -> Iterator[TensorOp]:
    for name, entry in REGISTRY.items():
        if entry.family != family or name[0] == "_":
            continue
        functional = entry.internal and family in IN_FUNCTIONAL and name in FUNCTIONAL.members
        if entry.internal and not functional:
            continue
        code = f"F.{name}({', '.join(_tensors(entry))})" if functional else _code(name, entry)
        taken = sum(f"{{{at}}}" in code for at in range(3))
        yield TensorOp(
            name=name, signature=_signature(name, entry), help=entry.doc, code=code,
            least_inputs=taken, most_inputs=3 if entry.signature.listed else taken,
        )  # fmt: skip


def _code(name: str, entry: Any) -> str:
    if name in SPECIAL:
        return SPECIAL[name]
    if name in SIGNS:
        return f"{{0}} {SIGNS[name]} {{1}}"
    tensors = _tensors(entry)
    rest = [
        EXAMPLES.get(param, "0")
        for param, default in list(zip(entry.signature.params, entry.signature.defaults, strict=True))[
            1 if entry.signature.listed else len(tensors) :
        ]
        if default is REQUIRED
    ]
    if entry.signature.listed:
        return f"torch.{name}([{{0}}, {{1}}])"
    if entry.method:
        return f"{tensors[0]}.{name}({', '.join([*tensors[1:], *rest])})"
    return f"torch.{name}({', '.join([*tensors, *rest])})"


def _tensors(entry: Any) -> list[str]:
    """A place for each tensor that an op needs."""
    count = 0
    names = {"other", "mat2", "tensor", "vec", "vec2", "end", "tensor1", "tensor2", "batch1", "batch2",
             "mat1",
             "mat", "vec1", "x1", "x2", "target", "b", "x"}  # fmt: skip
    for at, (param, default) in enumerate(zip(entry.signature.params, entry.signature.defaults, strict=True)):
        if default is not REQUIRED or (at >= entry.signature.n_tensors and param not in names):
            break
        count += 1
    return [f"{{{at}}}" for at in range(max(count, 1))]


def _signature(name: str, entry: Any) -> str:
    words = [
        param if default is REQUIRED else f"{param}={default!r}"
        for param, default in zip(entry.signature.params, entry.signature.defaults, strict=True)
    ]
    return f"{name}({', '.join(words)})"
