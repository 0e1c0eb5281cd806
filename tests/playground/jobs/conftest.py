"""A pool whose jobs are the ones of `job_functions`."""

from collections.abc import Iterator

import pytest

from playground.jobs.local import LocalBackend
from tests.playground.jobs.job_functions import KINDS


@pytest.fixture
def pool() -> Iterator[LocalBackend]:
    backend = LocalBackend(KINDS, warm_up=("tests.playground.jobs.job_functions",))
    yield backend
    backend.close()
