"""The alarm that stops a program, also where its first call is lost."""

import time

import pytest

from playground.workbench.clock import stopping_after
from playground.workbench.language.refusal import RefusedError


class Deaf:
    """Its finalizer takes longer than the alarm, and Python drops what is raised in one."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def __del__(self) -> None:
        spin(self.seconds)


def spin(seconds: float) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def test_it_stops_what_takes_too_long_and_is_silent_afterwards() -> None:
    with pytest.raises(RefusedError, match="took longer than"), stopping_after(0.05):
        spin(30)
    spin(0.3)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_alarm_that_is_lost_rings_again() -> None:
    with pytest.raises(RefusedError), stopping_after(0.05):
        Deaf(0.2)
        spin(30)
