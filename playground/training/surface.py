"""The loss around the weights of one moment: a grid on a plane through them, worked out piece by piece."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np

from playground.training.build import Built, made_again
from playground.training.evaluate import judge
from playground.training.plane import Plane, Weights, path_plane, project, random_plane

SIDE = 33
"""Points along each side of the grid, so that every other one, again and again, is a grid too."""

REACH = 1.0
"""How far a random direction is followed: at 1 each filter is changed by as much as it is."""

FEWEST = 3
"""Points of a path that span a plane."""

MARGIN = 0.25
"""Room around a path, as a share of its extent."""

Directions = Literal["random", "path"]


class Moment(NamedTuple):
    """The weights of the model after `step` updates."""

    step: int
    weights: Weights


class NoPlane(Exception):  # noqa: N818 - said in a user's words
    """There is no such plane; the message says why."""


class Surface:
    """`grid[j, i]` is the loss at `first[i]`, `second[j]`, NaN where it is not worked out yet. The origin is
    the model as it was when this was made, after `step` updates.

    `on_path` has a row for each moment of the path: step, place along both directions, loss.
    """

    def __init__(self, built: Built, path: Sequence[Moment], directions: Directions, seed: int) -> None:
        """`path` ends at the present model. Raises NoPlane."""
        self.directions = directions
        self.step = path[-1].step
        self._path = [moment.weights for moment in path]
        self._centre = path[-1].weights
        self.plane = _plane(self._path, directions, seed)
        self._model = made_again(built)
        self._model.load_state_dict(built.model.state_dict())
        self._loss = judge(built, self._model)
        places = project(self._path, self._centre, self.plane)
        self.first, self.second = _axes(places) if directions == "path" else (_axis(-REACH, REACH),) * 2
        self.grid = np.full((SIDE, SIDE), np.nan, np.float32)
        self.on_path = np.column_stack([[moment.step for moment in path], places, np.full(len(path), np.nan)])
        self.done = 0
        self.all = len(path) + SIDE * SIDE
        self._work = self._pieces()

    def work(self) -> bool:
        """Work out one more loss. Whether there is more to do."""
        next(self._work, None)
        return self.done < self.all

    def _pieces(self) -> Iterator[None]:
        """The path first, then the grid, coarse before fine."""
        for row, weights in zip(self.on_path, self._path, strict=True):
            row[3] = self._at(weights)
            yield
        for j, i in _coarse_to_fine():
            self.grid[j, i] = self._at(self._moved(self.first[i], self.second[j]))
            yield

    def _moved(self, a: float, b: float) -> list[np.ndarray]:
        first, second = self.plane.first, self.plane.second
        return [c + a * u + b * v for c, u, v in zip(self._centre, first, second, strict=True)]

    def _at(self, weights: Weights) -> float:
        for parameter, weight in zip(self._model.parameters(), weights, strict=True):
            parameter.detach().numpy()[...] = weight
        self.done += 1
        return self._loss()


class Survey:
    """The surface of a run that somebody looks at: worked on while it is asked about, and only then.

    So a page that asks now and then takes little of the run's time, and one that is gone takes none.
    """

    def __init__(
        self, built: Built, path: Callable[[], Sequence[Moment]], clock: Callable[[], float]
    ) -> None:
        """`path` gives the known moments of the run, the present one last."""
        self._built = built
        self._path = path
        self._clock = clock
        self._surface: Surface | None = None
        self._asked: tuple[Directions, int] | None = None

    def go_on(self, directions: Directions, seed: int, again: bool, seconds: float) -> dict[str, Any]:
        """Work for about that long; the fields of a `SurfaceReply`. Raises NoPlane."""
        if self._surface is None or again or self._asked != (directions, seed):
            self._surface = Surface(self._built, self._path(), directions, seed)
            self._asked = directions, seed
        until = self._clock() + seconds
        while self._surface.work() and self._clock() < until:
            pass
        return _answer(self._surface)


def _plane(path: Sequence[Weights], directions: Directions, seed: int) -> Plane:
    found = random_plane(path[-1], seed) if directions == "random" else path_plane(path, path[-1])
    if found is not None:
        return found
    if directions == "random":
        raise NoPlane(
            "Random directions change each weight by its own length and leave biases: this model has too few "
            "weights to span a plane. Look along the path."
        )
    if len(path) < FEWEST:
        raise NoPlane(
            f"Of the path so far {len(path)} point{' is' if len(path) == 1 else 's are'} known, and a plane "
            f"needs {FEWEST}: train on, or take random directions."
        )
    raise NoPlane("The path so far is a straight line, which spans no plane: take random directions.")


def _axes(places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Two axes of one scale with the whole path inside."""
    low, high = places.min(axis=0), places.max(axis=0)
    half = float((high - low).max()) * (0.5 + MARGIN)
    first, second = (_axis(centre - half, centre + half) for centre in (low + high) / 2)
    return first, second


def _axis(low: float, high: float) -> np.ndarray:
    return np.linspace(low, high, SIDE)


def _coarse_to_fine() -> Iterator[tuple[int, int]]:
    """Every point of the grid once, so that what is there soon covers all of it."""
    seen = np.zeros((SIDE, SIDE), bool)
    stride = SIDE - 1
    while stride:
        for j in range(0, SIDE, stride):
            for i in range(0, SIDE, stride):
                if not seen[j, i]:
                    seen[j, i] = True
                    yield j, i
        stride //= 2


def _answer(surface: Surface) -> dict[str, Any]:
    """The fields of a `SurfaceReply`."""
    return {
        "step": surface.step,
        "directions": surface.directions,
        "shares": surface.plane.shares,
        "done": surface.done / surface.all,
        "first": surface.first.tolist(),
        "second": surface.second.tolist(),
        "losses": surface.grid.tolist(),
        "path": surface.on_path.tolist(),
    }
