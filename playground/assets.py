"""Where the page's files are: inside the package in a wheel, beside it in a checkout."""

import json
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
ENTRY = "src/main.ts"


def root() -> Path:
    """The folder that holds `templates/` and `static/`. An editable install keeps them beside the package."""
    return PACKAGE if (PACKAGE / "templates").is_dir() else PACKAGE.parent


def templates() -> Path:
    """The folder of Jinja templates."""
    return root() / "templates"


def dist() -> Path:
    """The folder of the built browser side."""
    return root() / "static" / "dist"


@dataclass(frozen=True)
class Entry:
    """What the page loads: addresses relative to `dist()`."""

    script: str
    styles: tuple[str, ...]
    preloads: tuple[str, ...]


def entry(folder: Path) -> Entry | None:
    """What `main.ts` was built into, from Vite's manifest; None where nothing was built."""
    manifest = folder / ".vite" / "manifest.json"
    if not manifest.is_file():
        return None
    chunks = json.loads(manifest.read_text(encoding="utf-8"))
    seen: list[str] = []
    waiting = [ENTRY]
    while waiting:
        name = waiting.pop(0)
        if name not in seen:
            seen.append(name)
            waiting += chunks[name].get("imports", [])
    return Entry(
        script=chunks[ENTRY]["file"],
        styles=tuple(style for name in seen for style in chunks[name].get("css", [])),
        preloads=tuple(chunks[name]["file"] for name in seen[1:]),
    )
