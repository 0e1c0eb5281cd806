"""The worked example of docs/capture.md does what it says."""

from __future__ import annotations

import re
from pathlib import Path


def test_the_example_is_captured() -> None:
    text = (Path(__file__).parents[3] / "docs" / "capture.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", text, re.S)
    assert code is not None
    names: dict[str, object] = {}
    exec(compile(code[1].replace("range(1000)", "range(10)"), "capture.md", "exec"), names)
    assert names["step"].replays == 8  # type: ignore[attr-defined]
