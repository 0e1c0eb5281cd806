"""``torch.backends``: the switches programs set for reproducibility. None changes anything here."""

from engine.backends import cuda, cudnn, mkl, mkldnn, mps, openmp

__all__ = ["cuda", "cudnn", "mkl", "mkldnn", "mps", "openmp"]
