"""Functions that are others with one more step."""

import numpy as np

from .sample import Sample, flat, idx, ints, s, x

SAMPLES: dict[str, list[Sample]] = {
    "adjoint": [s(x(2, 3)), s(x(2, 3, 2))],
    "unravel_index": [flat(idx([1, 5, 3]), (2, 3)), flat(idx([[1, 5], [2, 3]]), (3, 2)), flat(idx(5), 8),
                      flat(idx([7, -1]), (2, 2))],
    "nonzero_static": [flat(ints(2, 3), size=4), flat(ints(2, 3), size=2, fill_value=7), flat(x(3), size=9)],
    "histogram": [flat(x(10), 4), flat(x(2, 3), 3, range=(-1.0, 1.0), weight=x(2, 3, seed=1) ** 2),
                  flat(x(10), 4, density=True),
                  flat(x(10), np.array([-1.0, 0.5]), density=True),
                  flat(x(9), np.array([-1.0, 0.5, 1.0])), flat(np.ones(3), 2)],
}
