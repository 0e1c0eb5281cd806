"""Iterable datasets. Their source stands in exported scripts, so the signatures are bare."""

import numpy as np

import engine as torch
from engine.utils.data import IterableDataset, get_worker_info

# mypy: disable-error-code="no-untyped-def"


class Rows(IterableDataset):
    """Samples one after the other; several workers share them out."""

    def __init__(self, x, y):
        self.x, self.y = torch.from_numpy(x), torch.from_numpy(y)

    def __iter__(self):
        worker = get_worker_info()
        first, step = (worker.id, worker.num_workers) if worker else (0, 1)
        for i in range(first, len(self.x), step):
            yield self.x[i], self.y[i]


class Stream(IterableDataset):
    """Endless samples, drawn in blocks as they are asked for; each worker draws its own."""

    def __init__(self, draw, seed):
        self.draw, self.seed = draw, seed

    def __iter__(self):
        worker = get_worker_info()
        rng = np.random.default_rng([self.seed, 1 + (worker.id if worker else 0)])
        while True:
            x, y = self.draw(256, rng)
            x, y = torch.from_numpy(x), torch.from_numpy(y)
            for i in range(len(x)):
                yield x[i], y[i]
