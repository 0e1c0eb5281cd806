"""The page over plain http from another machine, where browsers keep back what they trust only https with."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.ui.conftest import ELSEWHERE, Complaints, Server, wait_for_app
from tests.ui.controls import add_layer, button, layers, play_until, row

TOKEN = "a token & 100 % of it"


@pytest.fixture
def far(page: Page, complaints: Complaints) -> Iterator[Page]:
    """The page as another machine shows it, opened with the address that the server printed."""
    running = Server("--port", "0", "--host", "0.0.0.0", "--token", TOKEN, "--allow-host", ELSEWHERE)
    try:
        page.goto(running.url.replace("127.0.0.1", ELSEWHERE))
        wait_for_app(page)
        assert not page.evaluate("isSecureContext")
        yield page
    finally:
        running.stop()
        complaints.allow("Cross-Origin-Opener-Policy header has been ignored")


def test_a_stack_is_edited_and_trained_from_another_machine(far: Page) -> None:
    assert "token" not in far.url
    before = layers(far)
    add_layer(far, "Dropout")
    expect(row(far, "Dropout 1")).to_be_visible()
    assert len(layers(far)) == len(before) + 1
    play_until(far, 10)


def test_code_is_copied_from_another_machine(far: Page) -> None:
    far.get_by_role("tab", name="Code", exact=True).click()
    button(far, "Copy").click()
    expect(far.get_by_text("Copied", exact=True)).to_be_visible()
