"""numpy's library uses the widest kernels that the processor has, and its products are right."""

import os
import subprocess
import sys

import numpy as np
from numpy._core._multiarray_umath import __cpu_features__ as features

from engine import blas

TELL = "import engine.blas; print(engine.blas.kernels())"


def kernels_of_a_program(**environment):
    others = {name: value for name, value in os.environ.items() if name != "OPENBLAS_CORETYPE"}
    said = subprocess.check_output([sys.executable, "-c", TELL], env={**others, **environment}, text=True)
    return said.strip()


def test_a_processor_with_avx_512_is_not_left_with_kernels_for_avx2():
    assert not (features.get("AVX512_SKX") and kernels_of_a_program() in ("Haswell", "Zen"))


def test_the_environment_decides_where_it_says_something():
    chosen = kernels_of_a_program(OPENBLAS_CORETYPE="Haswell")
    assert chosen in ("Haswell", "")  # empty where numpy uses another library


def test_asking_again_changes_nothing():
    before = blas.kernels(), dict(os.environ)
    blas.use_wide_kernels()
    assert (blas.kernels(), dict(os.environ)) == before


def test_products_of_all_sizes_are_right():
    rng = np.random.default_rng(0)
    for m, k, n in ((1, 1, 1), (3, 5, 2), (17, 31, 9), (64, 64, 128), (130, 257, 96), (300, 700, 250)):
        a, b = (rng.integers(-4, 5, shape).astype(np.float32) for shape in ((m, k), (k, n)))
        np.testing.assert_array_equal(a @ b, a.astype(np.int64) @ b.astype(np.int64))
        np.testing.assert_array_equal(b.T @ a.T, (a @ b).T)
