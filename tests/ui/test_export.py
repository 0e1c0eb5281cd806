"""What is taken home: scripts that parse, files that can be read, and the proof."""

import ast
import json
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from safetensors.numpy import load_file

from playground.experiment.spec import Experiment
from tests.ui.conftest import Visit
from tests.ui.controls import button, choose, number, play_until


def menu_item(page: Page, name: str) -> Locator:
    button(page, "Export").click()
    return page.get_by_role("menuitem", name=name, exact=True)


def shown_code(page: Page) -> str:
    code = page.get_by_role("dialog").locator("pre")
    expect(code).not_to_be_empty()
    return str(code.text_content()) + "\n"


def downloaded(page: Page, press: Locator, to: Path) -> Path:
    with page.expect_download() as waiting:
        press.click()
    path = to / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


@pytest.fixture
def copying(visit: Visit) -> Page:
    """A page that may read the clipboard back."""
    return visit(permissions=["clipboard-read", "clipboard-write"])


@pytest.mark.parametrize(
    ("name", "library"), [("PyTorch script", "import torch\n"), ("Engine script", "import engine as torch\n")]
)
def test_a_script_is_shown_whole_and_parses(app: Page, name: str, library: str) -> None:
    menu_item(app, name).click()

    code = shown_code(app)
    assert library in code
    assert "nn.Sequential" in code
    ast.parse(code)


def test_code_is_coloured_by_what_it_is(app: Page) -> None:
    menu_item(app, "PyTorch script").click()

    code = app.get_by_role("dialog").locator("pre")
    keyword, plain = code.locator("span.keyword").first, code
    colour = "element => getComputedStyle(element).color"
    assert keyword.evaluate(colour) != plain.evaluate(colour)


def test_copy_puts_the_script_on_the_clipboard(copying: Page) -> None:
    menu_item(copying, "PyTorch script").click()
    code = shown_code(copying)

    copying.get_by_role("dialog").get_by_role("button", name="Copy", exact=True).click()

    expect(copying.get_by_role("dialog").get_by_text("Copied", exact=True)).to_be_visible()
    assert copying.evaluate("navigator.clipboard.readText()") == code


def test_download_saves_the_script(app: Page, tmp_path: Path) -> None:
    menu_item(app, "Engine script").click()
    code = shown_code(app)

    saved = downloaded(app, button(app, "Download"), tmp_path)

    assert saved.suffix == ".py"
    assert saved.read_text() == code


def test_the_experiment_is_saved_as_json_that_can_be_opened(app: Page, tmp_path: Path) -> None:
    menu_item(app, "Experiment (JSON)").click()

    saved = downloaded(app, button(app, "Download"), tmp_path)

    assert Experiment.model_validate(json.loads(saved.read_text())).data.name == "Spiral"


def test_what_needs_a_run_says_so_before_there_is_one(app: Page) -> None:
    item = menu_item(app, "Weights")

    expect(item).to_have_attribute("aria-disabled", "true")
    expect(app.get_by_text("after Play: there is no run yet").first).to_be_visible()


def test_weights_are_saved_under_pytorch_names(app: Page, tmp_path: Path) -> None:
    play_until(app, 10)

    saved = downloaded(app, menu_item(app, "Weights"), tmp_path)

    assert load_file(saved)["0.weight"].shape == (24, 2)


def test_the_menu_is_walked_with_arrows_and_left_with_escape(app: Page) -> None:
    button(app, "Export").press("Enter")
    expect(app.get_by_role("menuitem", name="PyTorch script", exact=True)).to_be_focused()

    app.keyboard.press("ArrowDown")
    expect(app.get_by_role("menuitem", name="Engine script", exact=True)).to_be_focused()
    app.keyboard.press("Escape")

    expect(app.get_by_role("menu")).to_have_count(0)
    expect(button(app, "Export")).to_be_focused()


def test_verify_finds_the_script_equal_to_the_run(app: Page) -> None:
    choose(app, "Linear regression")
    number(app, "Epochs").fill("5")
    number(app, "Epochs").press("Enter")
    play_until(app, 10)
    expect(app.get_by_role("status", name="Epoch", exact=True)).to_have_text("5", timeout=20_000)

    menu_item(app, "Engine script").click()
    button(app, "Verify").click()

    proof = app.get_by_role("region", name="Verification", exact=True)
    expect(proof.get_by_role("status")).to_contain_text("Equal, largest difference 0.", timeout=30_000)
    curves = proof.get_by_role("img", name="Run and script", exact=True)
    expect(curves).to_be_visible()
    expect(curves).to_be_in_viewport(ratio=1)


def test_verify_waits_for_a_run(app: Page) -> None:
    menu_item(app, "Engine script").click()

    expect(button(app, "Verify")).to_be_disabled()
    expect(app.get_by_role("region", name="Verification", exact=True)).to_contain_text("Press Play first")
