"""What a question can be wrong about."""


class NotThereError(LookupError):
    """A question names what the program does not have."""
