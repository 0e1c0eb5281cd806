"""``torch.func``: functions made of functions — gradients, Jacobians, batches — and modules as functions.

What is computed inside can be differentiated again, by a transform around it or by what it closes over, so
the transforms nest.
"""

from engine.func.batched import vmap
from engine.func.ensemble import stack_module_state
from engine.func.forward import jacfwd, jvp, linearize
from engine.func.reverse import grad, grad_and_value, hessian, jacrev, vjp
from engine.nn.utils.stateless import functional_call

__all__ = [
    "functional_call",
    "grad",
    "grad_and_value",
    "hessian",
    "jacfwd",
    "jacrev",
    "jvp",
    "linearize",
    "stack_module_state",
    "vjp",
    "vmap",
]
