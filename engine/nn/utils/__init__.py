"""Helpers for parameters and their gradients, as `torch.nn.utils` names them."""

from engine.nn.utils import rnn
from engine.nn.utils.clip_grad import clip_grad_norm_, clip_grad_value_, get_total_norm
from engine.nn.utils.convert_parameters import parameters_to_vector, vector_to_parameters

__all__ = [
    "clip_grad_norm_", "clip_grad_value_", "get_total_norm", "parameters_to_vector", "rnn",
    "vector_to_parameters",
]
