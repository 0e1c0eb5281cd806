"""Why a run does not do what it is told."""

STEP_ERRORS = (RuntimeError, ValueError)
"""What PyTorch's functions raise when they are called in an order, or with a batch, that they cannot take."""


class Refused(Exception):  # noqa: N818 - said in a user's words
    """A command cannot be obeyed now; the message says why, and the way out."""
