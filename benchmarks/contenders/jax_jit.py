"""jax.jit of the whole step: parameters as a list or as one vector, images as NCHW or NHWC."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle
from typing import Any

from benchmarks.works import Work, batches, weights


def prepare(work: Work, form: str) -> Callable[[], Any]:
    """One step on the next batch; gives the loss. The step before it has ended when it is asked for."""
    import jax
    import jax.numpy as jnp
    from jax.flatten_util import ravel_pytree

    last = form == "nhwc"  # channels last
    order = ("NHWC", "HWIO", "NHWC") if last else ("NCHW", "OIHW", "NCHW")
    window = (1, 2, 2, 1) if last else (1, 1, 2, 2)

    def forward(params: Any, x: Any) -> Any:
        at = 0
        for name, *_ in work.layers:
            if name == "Linear":
                x, at = x @ params[at].T + params[at + 1], at + 2
            elif name == "Conv2d":
                x = jax.lax.conv_general_dilated(x, params[at], (1, 1), "SAME", dimension_numbers=order)
                x, at = x + params[at + 1].reshape((1, 1, 1, -1) if last else (1, -1, 1, 1)), at + 2
            elif name == "MaxPool2d":
                x = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, window, window, "VALID")
            elif name == "Flatten":
                x = (x.transpose(0, 3, 1, 2) if last else x).reshape(len(x), -1)
            else:
                x = jax.nn.relu(x) if name == "ReLU" else jnp.tanh(x)
        return x

    start = [jnp.asarray(w.transpose(2, 3, 1, 0) if last and w.ndim == 4 else w) for w in weights(work)]
    vector, unravel = ravel_pytree(start)
    flat = form == "flat"

    def loss_of(params: Any, x: Any, y: Any) -> Any:
        out = forward(unravel(params) if flat else params, x)
        if work.loss == "MSELoss":
            return ((out - y) ** 2).mean()
        return -jnp.take_along_axis(jax.nn.log_softmax(out), y[:, None], 1).mean()

    def adam(p: Any, m: Any, v: Any, g: Any, count: Any) -> Any:
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        size = work.lr / (1 - 0.9**count)
        return p - size * m / (jnp.sqrt(v / (1 - 0.999**count)) + 1e-8), m, v

    def whole(params: Any, means: Any, squares: Any, count: Any, x: Any, y: Any) -> Any:
        loss, grads = jax.value_and_grad(loss_of)(params, x, y)
        if work.optimizer == "SGD":
            return jax.tree.map(lambda p, g: p - work.lr * g, params, grads), means, squares, count, loss
        count = count + 1
        if flat:
            return *adam(params, means, squares, grads, count), count, loss
        new = [adam(*each, count) for each in zip(params, means, squares, grads, strict=True)]
        return *(list(column) for column in zip(*new, strict=True)), count, loss

    compiled = jax.jit(whole, donate_argnums=(0, 1, 2))
    params = vector if flat else start
    state = [params, *(jax.tree.map(jnp.zeros_like, params) for _ in "mv"), jnp.zeros(())]
    images = [(x.transpose(0, 2, 3, 1) if last else x, y) for x, y in batches(work)]
    following = cycle([(jnp.asarray(x), jnp.asarray(y)) for x, y in images])

    def step() -> Any:
        *state[:], loss = compiled(*state, *next(following))
        return loss

    return step
