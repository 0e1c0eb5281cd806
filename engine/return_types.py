"""The named pairs that ops with several results give, printed as PyTorch prints them."""

from __future__ import annotations

import collections
from typing import Any


def _named(name: str, *fields: str) -> Any:
    named: Any = collections.namedtuple  # the names are only known here, which type checkers do not follow
    made = named(name, fields)

    def text(self: Any) -> str:
        inside = ",\n".join(f"{field}={value!r}" for field, value in zip(fields, self, strict=True))
        return f"torch.return_types.{name}(\n{inside})"

    made.__repr__ = text
    return made


max = _named("max", "values", "indices")
min = _named("min", "values", "indices")
median = _named("median", "values", "indices")
nanmedian = _named("nanmedian", "values", "indices")
mode = _named("mode", "values", "indices")
kthvalue = _named("kthvalue", "values", "indices")
sort = _named("sort", "values", "indices")
topk = _named("topk", "values", "indices")
cummax = _named("cummax", "values", "indices")
cummin = _named("cummin", "values", "indices")
aminmax = _named("aminmax", "min", "max")
slogdet = _named("linalg_slogdet", "sign", "logabsdet")
qr = _named("linalg_qr", "Q", "R")
eigh = _named("linalg_eigh", "eigenvalues", "eigenvectors")
svd = _named("linalg_svd", "U", "S", "Vh")
lstsq = _named("linalg_lstsq", "solution", "residuals", "rank", "singular_values")
lu_factor = _named("linalg_lu_factor", "LU", "pivots")
lu_factor_ex = _named("linalg_lu_factor_ex", "LU", "pivots", "info")
lu = _named("linalg_lu", "P", "L", "U")
lu_unpack = _named("lu_unpack", "P", "L", "U")
cholesky_ex = _named("linalg_cholesky_ex", "L", "info")
inv_ex = _named("linalg_inv_ex", "inverse", "info")
solve_ex = _named("linalg_solve_ex", "result", "info")
triangular_solve = _named("triangular_solve", "solution", "cloned_coefficient")
geqrf = _named("geqrf", "a", "tau")
plain_svd = _named("svd", "U", "S", "V")
plain_qr = _named("qr", "Q", "R")
histogram = _named("histogram", "hist", "bin_edges")
frexp = _named("frexp", "mantissa", "exponent")
