"""The moments of a run that are kept: few, but near wherever the run stands."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence

import numpy as np

from playground.training.moment import Moment

MOST = 64
MOST_BYTES = 256 * 2**20


class Moments:
    """At most `MOST` moments of at most `MOST_BYTES` together, or as many as always stay.

    The further a moment is from where the run stands, the more apart they are: of those kept, the one goes
    whose neighbours are nearest to each other for their distance. The first, the newest and the newest good
    one always stay; so do `pinned` ones, up to half of what may be kept: a state that cannot be made again.
    """

    def __init__(self, first: Moment, most: int = MOST, most_bytes: int = MOST_BYTES) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._kept = [first]
        self._pinned: list[Moment] = []
        self._bytes = first.size

    @property
    def first(self) -> Moment:
        """The moment in which the run began."""
        return self._kept[0]

    @property
    def newest_good(self) -> Moment:
        """The newest one in which the run was well; the first, where it never was since."""
        return next((moment for moment in reversed(self._kept) if moment.good), self.first)

    @property
    def all(self) -> Sequence[Moment]:
        """In the order in which the run went through them."""
        return self._kept

    @property
    def bytes(self) -> int:
        """Of all arrays together."""
        return self._bytes

    def keep(self, moment: Moment, pinned: bool = False) -> None:
        """Keep one more, of where the run stands now; others may go for it."""
        if self.at(*moment.key) is not None:
            return
        insort(self._kept, moment, key=lambda kept: kept.key)
        self._bytes += moment.size
        if pinned:
            insort(self._pinned, moment, key=lambda kept: kept.key)
            self._unpin()
        self._thin(moment.step)

    def at(self, step: int, deeds: int) -> Moment | None:
        """The moment after exactly so many updates and deeds, if it is kept."""
        place = bisect_left(self._kept, (step, deeds), key=lambda kept: kept.key)
        found = self._kept[place] if place < len(self._kept) else None
        return found if found is not None and found.key == (step, deeds) else None

    def up_to(self, step: int, deeds: int) -> Moment:
        """The newest one with no more updates and deeds than these; the first, where none is."""
        place = bisect_right(self._kept, (step, deeds), key=lambda kept: kept.key)
        return self._kept[max(0, place - 1)]

    def before(self, step: int) -> Moment | None:
        """The newest one with fewer updates than `step`; null where there is none."""
        place = bisect_left(self._kept, step, key=lambda kept: kept.step)
        return self._kept[place - 1] if place else None

    def pinned_after(self, deeds: int) -> Moment | None:
        """The first pinned one in which more deeds are done, if one is still kept."""
        return next((moment for moment in self._pinned if moment.deeds > deeds), None)

    def _unpin(self) -> None:
        """Of too many pinned moments the oldest are kept like all others."""
        while len(self._pinned) > self._most // 2 or (
            len(self._pinned) > 1 and sum(moment.size for moment in self._pinned) > self._most_bytes // 2
        ):
            del self._pinned[0]

    def _thin(self, here: int) -> None:
        while len(self._kept) > self._most or self._bytes > self._most_bytes:
            crowded = self._crowded(here)
            if crowded is None:
                return
            self._bytes -= self._kept.pop(crowded).size

    def _crowded(self, here: int) -> int | None:
        """The place of the moment that is missed least; null where all must stay."""
        kept = self._kept
        steps = np.array([moment.counters.step for moment in kept], np.float64)
        share = (steps[2:] - steps[:-2]) / (1 + np.abs(here - steps[1:-1]))
        staying = [self.newest_good, *self._pinned]
        while len(share):
            place = 1 + int(share.argmin())
            if share[place - 1] == np.inf:
                return None
            if not any(kept[place] is moment for moment in staying):
                return place
            share[place - 1] = np.inf
        return None
