"""How a run's curves went so far, in its own process: coarse, bounded, and cut where the run goes back."""

from array import array

import numpy as np

MOST = 1024
"""Points of a curve; when there are more, each two become their mean."""


class Series:
    """One curve. `steps` are those of the last measurement in each point, `values` are their means."""

    def __init__(self) -> None:
        self._steps = array("q")
        self._values = array("d")
        self._width = 1
        self._open = 0

    def add(self, step: int, value: float) -> None:
        """Note a value. One at a step that was there before replaces all from that step on."""
        steps, values = self._steps, self._values
        if steps and step <= steps[-1]:
            self._cut(step)
        if steps and 0 < self._open < self._width:
            self._open += 1
            values[-1] += (value - values[-1]) / self._open
            steps[-1] = step
            return
        self._open = 1
        steps.append(step)
        values.append(value)
        if len(steps) > MOST:
            self._halve()

    def _cut(self, step: int) -> None:
        kept = int(np.searchsorted(np.frombuffer(self._steps, np.int64), step))
        del self._steps[kept:], self._values[kept:]
        self._open = 0

    def _halve(self) -> None:
        even = len(self._steps) // 2 * 2
        pairs = np.frombuffer(self._values, np.float64)[:even].reshape(-1, 2).mean(axis=1)
        rest_steps, rest_values = self._steps[even:], self._values[even:]
        self._steps = self._steps[1:even:2] + rest_steps
        self._values = array("d", pairs.tolist()) + rest_values
        self._width *= 2

    def until(self, step: int) -> tuple[np.ndarray, np.ndarray]:
        """Steps and values up to that step, copied."""
        steps = np.array(self._steps, np.int64)
        kept = int(np.searchsorted(steps, step, side="right"))
        return steps[:kept], np.array(self._values, np.float64)[:kept]


class Trend:
    """The series of a run, by the names of its curves."""

    def __init__(self) -> None:
        self._series: dict[str, Series] = {}

    def add(self, name: str, step: int, value: float) -> None:
        if name not in self._series:
            self._series[name] = Series()
        self._series[name].add(step, value)

    def until(self, name: str, step: int) -> tuple[np.ndarray, np.ndarray]:
        """A curve up to that step; empty for one that has no point."""
        return self._series.get(name, _NOTHING).until(step)


_NOTHING = Series()
