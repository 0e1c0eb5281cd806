"""PyTorch as the yardstick: where it is missing its tests are skipped, unless all are required."""

import importlib
import os

import pytest


@pytest.fixture(scope="session")
def torch():
    """The real PyTorch. With REQUIRE_ALL=1 its absence is a failure."""
    if os.environ.get("REQUIRE_ALL") == "1":
        return importlib.import_module("torch")
    return pytest.importorskip("torch")


def pytest_configure(config):
    """The engine silences numpy's warnings about inf and nan when imported; pytest undoes that."""
    for start in ("divide by zero", "invalid value", "overflow"):
        config.addinivalue_line("filterwarnings", f"ignore:{start} encountered:RuntimeWarning")
