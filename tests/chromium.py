"""Sees to a Chromium for the browser tests: the machine's, Playwright's own, or the system's package."""

import os
import shutil
import subprocess
import sys

from playwright.sync_api import Error, sync_playwright

NAMES = ("chromium", "chromium-browser")
BY_HAND = "sudo apt-get install chromium    (or a chromium of any other origin on the PATH)"


def on_path() -> str | None:
    """The machine's own Chromium."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def playwrights_own_starts() -> bool:
    """Whether Playwright's Chromium is there with the libraries it needs."""
    try:
        with sync_playwright() as playwright:
            playwright.chromium.launch().close()
    except Error:
        return False
    return True


def install() -> bool:
    """Get one; whether that worked."""
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    if playwrights_own_starts():
        return True
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        for command in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
            subprocess.run(["apt-get", "-qq", *command], check=False)
    return on_path() is not None


def main() -> int:
    if on_path() or playwrights_own_starts() or install():
        return 0
    print(f"The browser tests need Chromium, and none could be had. Install it with:\n  {BY_HAND}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
