"""Makes `docs/picture.png`, the README's picture, from the running program: `make picture`."""

import os
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from tests.chromium import on_path

PICTURE = Path(__file__).with_name("picture.png")
SECONDS = 120


def learn(page: Page) -> None:
    """Train the Spiral of the first visit until the boundary follows it, then stand still."""
    page.get_by_role("button", name="Play", exact=True).click()
    slider = page.get_by_role("slider", name="Speed")
    slider.focus()
    slider.press("End")
    accuracy = page.get_by_role("status", name="Accuracy")
    expect(accuracy).to_contain_text("100", timeout=SECONDS * 1000)
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement.blur()")


def main() -> None:
    """Start a server, look at it, end it."""
    command = [sys.executable, "-m", "playground", "--no-browser", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 — our own command
        try:
            assert server.stdout is not None  # noqa: S101 — says to the type checker what PIPE means
            address = next(word for line in server.stdout for word in line.split() if word.startswith("http"))
            with sync_playwright() as playwright:
                unboxed = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
                browser = playwright.chromium.launch(executable_path=on_path(), args=unboxed)
                page = browser.new_page(viewport={"width": 1440, "height": 900}, color_scheme="light")
                page.goto(address, wait_until="networkidle")  # the thumbnails are there
                learn(page)
                page.screenshot(path=PICTURE)
                browser.close()
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
