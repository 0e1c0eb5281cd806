"""Names of PyTorch that are not here, by what they need; asking for one says so."""

from __future__ import annotations

from typing import Final

_WHY: Final = {
    "there are no complex numbers here": "complex fft imag istft polar stft view_as_complex view_as_real",
    "tensors are dense here": (
        "nested sparse sparse_compressed_tensor sparse_coo sparse_coo_tensor sparse_csr sparse_csr_tensor"
    ),
    "there are no quantized numbers here": "ao quantization quantize_per_channel quantize_per_tensor",
    "nothing is fetched; build the model and give load_state_dict() weights of a safetensors file": "hub",
    "Python's own multiprocessing takes tensors, and DataLoader(num_workers=...) loads in parallel": (
        "multiprocessing"
    ),
    "programs are run as they are written, and nothing is compiled or exported": "export fx library onnx",
    "there is no profiler; Python's own cProfile shows which calls take the time": "profiler",
}

REASONS: Final = {name: why for why, names in _WHY.items() for name in names.split()}


def no_attribute(module: str, name: str) -> AttributeError:
    """The error for a name that ``module`` has not, with the reason where it is known."""
    why = REASONS.get(name)
    return AttributeError(f"module '{module}' has no attribute '{name}'" + (f": {why}" if why else ""))
