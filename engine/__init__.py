"""A numpy autograd engine with PyTorch's names, semantics, dtypes and errors: ``import engine as torch``."""

from engine import methods  # noqa: F401
