"""What cannot be done with a run, in a user's words."""


class RunError(Exception):
    """What was asked of a run cannot be done; the message says why, in a user's words."""


class NoSuchRun(RunError):  # noqa: N818
    """There is none of this id in this session."""


class TooManyRuns(RunError):  # noqa: N818
    """A bound on runs is reached."""


class RunIsOver(RunError):  # noqa: N818
    """Its process has ended: nothing can be asked of its model."""


class RunIsBusy(RunError):  # noqa: N818
    """Its worker did not answer in time."""


class CannotBranch(RunError):  # noqa: N818
    """No branch can begin there."""
