"""What a stranger's file or another page can do to the open playground: nothing."""

import ast

import pytest
from playwright.sync_api import Page, expect

from tests.ui.conftest import Server

MARKUP = "<img src=x onerror=document.title='hacked'>"
QUOTES = "\"'); import os #"
HOSTILE = f'"{MARKUP}","{QUOTES.replace(chr(34), chr(34) * 2)}",kind\n' + "".join(
    f"{i},{i % 5},{'<script>document.title=1</script>' if i % 2 else 'b'}\n" for i in range(40)
)


def test_a_hostile_csv_shows_as_text(app: Page) -> None:
    app.get_by_role("radio", name="CSV", exact=True).click()
    with app.expect_file_chooser() as chooser:
        app.get_by_role("button", name="Choose a file").click()
    name = "<b onmouseover=alert(1)>.csv"
    chooser.value.set_files({"name": name, "mimeType": "text/csv", "buffer": HOSTILE.encode()})
    expect(app.get_by_text(MARKUP).first).to_be_visible()
    app.get_by_role("button", name="Play", exact=True).click()
    expect(app.get_by_role("img", name="Confusion matrix")).to_be_visible(timeout=20_000)
    assert app.locator("img[src=x], b[onmouseover]").count() == 0
    assert app.title() == "Model Playground"


def test_the_script_of_a_hostile_csv_is_still_one_script(app: Page) -> None:
    app.get_by_role("radio", name="CSV", exact=True).click()
    with app.expect_file_chooser() as chooser:
        app.get_by_role("button", name="Choose a file").click()
    chooser.value.set_files({"name": "a'b\".csv", "mimeType": "text/csv", "buffer": HOSTILE.encode()})
    expect(app.get_by_role("button", name="Play", exact=True)).to_be_enabled()
    app.get_by_role("tab", name="Code").click()
    code = app.get_by_role("tabpanel", name="Code").inner_text()
    assert MARKUP in code
    assert "import os" not in [ast.unparse(node) for node in ast.walk(ast.parse("0")) if isinstance(node, ast.Import)]


@pytest.mark.parametrize("attempt", ["fetch", "socket", "form"])
def test_another_page_on_this_machine_gets_nowhere(page: Page, server: Server, attempt: str) -> None:
    """A page on another port is another origin, though cookies do not tell ports apart."""
