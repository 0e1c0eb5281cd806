"""Data that cannot be had, said at the field that causes it."""

from playground.protocol.replies import Problem


class DataError(ValueError):
    """The data of an experiment cannot be made; `problem` says why and what to do."""

    def __init__(self, where: str, message: str, fix: str | None = None) -> None:
        super().__init__(message if fix is None else f"{message}: {fix}")
        self.problem = Problem(where=where, message=message, fix=fix)
