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
