"""Which rule bounds which op."""

import math
from collections.abc import Mapping

from playground.workbench.growth_rules import (
    Rule,
    adapted,
    all_pairs,
    asked,
    at,
    attended,
    between_rows,
    bins,
    broadcast,
    classes,
    columns,
    contracted,
    convolved,
    counted,
    distances,
    drawn,
    first_two,
    flat_diagonal,
    full,
    integers,
    interleaved,
    matrix_product,
    nothing,
    on_diagonal,
    outer,
    padded,
    picked,
    repeated,
    sampled,
    scaled,
    selected,
    stretched,
    tensordot,
    windows,
)

MATRIX_PRODUCTS = ("mm", "bmm", "matmul", "mv", "dot", "addmm", "addmv", "addbmm", "baddbmm")
RULES: dict[str, Rule] = {
    **dict.fromkeys(("zeros", "ones", "empty", "rand", "randn"), asked),
    **dict.fromkeys(("new_zeros", "new_ones", "new_empty"), asked),
    "full": full, "new_full": full, "randint": drawn,
    "normal": lambda s, g: max(broadcast(s), math.prod(integers(g.named.get("size", at(g, 2, 1))))),
    "randperm": lambda s, g: max(g.one(0, "n"), 0), "multinomial": lambda s, g: sum(map(math.prod, s)) * max(
        g.one(1, "num_samples"), 1),
    "arange": counted, "linspace": lambda s, g: max(g.one(2, "steps", 0), 0),
    "logspace": lambda s, g: max(g.one(2, "steps", 0), 0), "eye": first_two,
    "tril_indices": first_two, "triu_indices": first_two,
    "outer": outer, "ger": outer, "addr": outer, "kron": outer, "inner": outer,
    "expand": stretched, "broadcast_to": stretched, "as_strided": lambda s, g: math.prod(
        max(n, 0) for n in integers(g.named.get("size", at(g, 1, ())))),
    "repeat": repeated, "tile": repeated, "repeat_interleave": interleaved,
    "diag": on_diagonal, "diag_embed": on_diagonal, "diagflat": flat_diagonal,
    "cov": between_rows, "corrcoef": between_rows, "cdist": distances,
    "pdist": lambda s, g: s[0][0] ** 2 * (s[0][1] if len(s[0]) > 1 else 1) if s and s[0] else 1,
    "meshgrid": all_pairs, "cartesian_prod": all_pairs,
    "block_diag": lambda s, g: sum(n[0] if n else 1 for n in s) * sum(n[-1] if n else 1 for n in s),
    "combinations": lambda s, g: math.comb((s[0][0] if s and s[0] else 1) + g.one(1, "r", 2),
                                           min(max(g.one(1, "r", 2), 0), 8)) * 8,
    "broadcast_tensors": lambda s, g: broadcast(s) * len(s),
    "vander": lambda s, g: math.prod(s[0]) * max(g.one(1, "N", s[0][0] if s[0] else 1), 1),
    "einsum": contracted, "tensordot": tensordot, "unfold": windows,
    **dict.fromkeys(MATRIX_PRODUCTS, matrix_product),
    "linear": lambda s, g: math.prod(s[0][:-1]) * (s[1][0] if len(s) > 1 and len(s[1]) > 1 else 1),
    "bilinear": lambda s, g: math.prod(s[0][:-1]) * (s[2][0] if len(s) > 2 and s[2] else 1),
    "pad": padded, "one_hot": classes, "bincount": bins,
    "histogram": lambda s, g: 2 * max(g.one(1, "bins", 1), 0) + 2, "unravel_index": lambda s, g: sum(
        map(math.prod, s)) * max(len(integers(g.named.get("shape", at(g, 1, ())))), 1),
    "nonzero_static": lambda s, g: max(g.one(1, "size", 1), 0) * (len(s[0]) if s else 1),
    "histc": lambda s, g: max(g.one(1, "bins", 100), 0),
    "interpolate": scaled, "upsample": scaled, "upsample_nearest": scaled, "upsample_bilinear": scaled,
    "affine_grid": lambda s, g: math.prod(integers(g.named.get("size", at(g, 1, ())))) * 3,
    "quantile": lambda s, g: sum(map(math.prod, s)) * max(len(integers(at(g, 1, ()))), 1),
    "embedding": lambda s, g: math.prod(s[0]) * (s[1][-1] if len(s) > 1 and s[1] else 1),
    "F.unfold": columns, "F.fold": lambda s, g: math.prod(s[0]) + math.prod(s[0][:-1]) * math.prod(
        n for n in integers(g.named.get("output_size", at(g, 1, 1)))),
    **{f"conv{n}d": convolved(n) for n in (1, 2, 3)},
    **{f"conv_transpose{n}d": convolved(n, transposed=True) for n in (1, 2, 3)},
    **{f"adaptive_{kind}_pool{n}d": adapted(n) for kind in ("avg", "max") for n in (1, 2, 3)},
    **{f"max_unpool{n}d": lambda s, g: math.prod(s[0]) * 8 for n in (1, 2, 3)},
    "grid_sample": sampled, "scaled_dot_product_attention": attended,
    "item": nothing, "tolist": nothing, "getitem": picked,
    "index_select": selected,
}  # fmt: skip
"""At most how many elements a call makes, by op."""

PRODUCTS = frozenset({"mm", "bmm", "matmul", "mv", "dot", "addmm", "addmv", "addbmm", "baddbmm", "linear"})
CUBIC = frozenset(
    [
        "svd", "svdvals", "qr", "eigh", "eigvalsh", "inv", "inverse", "det", "slogdet", "logdet", "solve",
        "lstsq", "pinv", "pinverse", "cholesky", "matrix_power", "matrix_rank", "cond", "orthogonal_",
    ]
)  # fmt: skip
REPEATED: Mapping[str, tuple[int, str]] = {
    "diff": (1, "n"), "matrix_power": (1, "n"), "rot90": (1, "k"), "polygamma": (0, "n"),
}  # fmt: skip
