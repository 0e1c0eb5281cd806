"""From what the server knows of a run to the frame that one client lacks."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from playground.live.pacing import Known
from playground.live.run import Run
from playground.protocol import PROTOCOL
from playground.protocol.requests import CurveCursor, Subscribe
from playground.protocol.views import Views

ALIGNMENT = 8
DTYPES = {"<f4": "f4", "<f8": "f8", "<i4": "i4", "|u1": "u1"}


def build(run: Run, known: Known, watched: frozenset[str] | None = None) -> tuple[dict[str, Any], Known]:
    """A `protocol.frames.Frame` as plain data, and what its client will have then.

    Of the views only those `watched` are in it; null is all of them.
    """
    blob = Blob()
    with run.lock:
        curves: dict[str, Any] = {}
        cursors: dict[str, CurveCursor] = dict(known.curves)
        points = {name: curve.points for name, curve in run.curves.items()}
        for name, curve in run.curves.items():
            if known.points.get(name) != curve.points:
                delta = curve.delta(known.curves.get(name))
                curves[name] = blob.put(delta._asdict())
                cursors[name] = delta.cursor
        changed = {
            name: seq
            for name, (seq, _) in run.views.items()
            if (watched is None or name in watched) and seq > known.views.get(name, 0)
        }
        frame = {
            "protocol": PROTOCOL,
            "run": run.id,
            "seq": run.seq,
            "state": run.state,
            "problem": run.problem.model_dump() if run.problem else None,
            "progress": blob.put(run.progress),
            "scalars": blob.put(run.scalars),
            "curves": curves,
            "views": blob.put({name: run.views[name][1] for name in changed}),
        }
        then = Known(run.seq, cursors, points, {**known.views, **changed})
    frame["blob"] = blob.bytes()
    return frame, then


def known_of(subscribe: Subscribe) -> Known:
    """What a client says that it has: of each view that it names, what was in its last frame.

    Curves are sent again where it does not say how much.
    """
    views = Views.model_fields if subscribe.views is None else subscribe.views
    return Known(subscribe.seq, dict(subscribe.curves), views=dict.fromkeys(views, subscribe.seq))


class Blob:
    """Collects the arrays of a frame; what `put` returns says where each one lies."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0

    def put(self, value: Any) -> Any:
        """`value` with its arrays replaced by `protocol.wire.Array`, and NaN and infinities by null."""
        if isinstance(value, np.ndarray):
            return self._array(value)
        if isinstance(value, float):
            return value if math.isfinite(value) else None
        if isinstance(value, Mapping):
            return {key: self.put(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.put(item) for item in value]
        return value

    def _array(self, array: np.ndarray) -> dict[str, Any]:
        little = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
        offset = self._size
        raw = little.tobytes()
        padding = -len(raw) % ALIGNMENT
        self._parts += [raw, bytes(padding)]
        self._size += len(raw) + padding
        return {"dtype": DTYPES[little.dtype.str], "shape": list(array.shape), "offset": offset}

    def bytes(self) -> bytes:
        """All arrays, each at its offset."""
        return b"".join(self._parts)
