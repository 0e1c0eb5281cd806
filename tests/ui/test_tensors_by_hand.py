"""Tensors built by hand: forms and the palette write code; examples and data leave and arrive."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.ui.controls import button, counter, play_until
from tests.ui.tensors import apply, card, choose, code, expect_cells, open_tensors, take_example, write


@pytest.fixture
def workspace(app: Page) -> Page:
    open_tensors(app)
    expect(card(app, "loss")).to_be_visible()
    write(app, "a = torch.tensor([[1., 2., 3.], [4., 5., 6.]])\nb = torch.ones(4)")
    expect_cells(app, "b", ["1", "1", "1", "1"])
    return app


def fill(page: Page, **fields: str) -> None:
    for label, text in fields.items():
        page.get_by_role("dialog").get_by_label(label, exact=True).fill(text)


def test_form_and_palette_write_code_and_undo_takes_their_lines_back(workspace: Page) -> None:
    before = code(workspace)
    button(workspace, "Add tensor").click()
    fill(workspace, values="1\t2\t3\n4\t5\t6")
    workspace.get_by_role("dialog").get_by_label("dtype", exact=True).select_option("float64")
    button(workspace, "Add to the code").click()
    expect_cells(workspace, "c", ["1", "2", "3", "4", "5", "6"])
    assert code(workspace).endswith("c = torch.tensor([[1, 2, 3], [4, 5, 6]], dtype=torch.float64)\n")

    choose(workspace, "a", "c")
    apply(workspace, "mul")
    expect_cells(workspace, "d", ["1", "4", "9", "16", "25", "36"])
    assert code(workspace).endswith("d = a * c\n")

    button(workspace, "Undo").click()
    expect(card(workspace, "d")).to_have_count(0)
    button(workspace, "Undo").click()
    expect(card(workspace, "c")).to_have_count(0)
    assert code(workspace) == before
    button(workspace, "Redo").click()
    expect_cells(workspace, "c", ["1", "2", "3", "4", "5", "6"])


def test_the_form_says_at_its_field_what_it_cannot_read(workspace: Page) -> None:
    button(workspace, "Add tensor").click()
    dialog = workspace.get_by_role("dialog")
    dialog.get_by_label("Make with", exact=True).select_option("zeros")
    fill(workspace, shape="two by three")

    expect(dialog.get_by_label("shape", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(dialog).to_contain_text("A shape is sizes with commas between, as 2, 3.")


def test_an_op_that_does_not_fit_is_greyed_with_the_reason(workspace: Page) -> None:
    choose(workspace, "a", "b")
    workspace.get_by_role("button", name="Apply op").click()
    dialog = workspace.get_by_role("dialog", name="Apply an op", exact=True)
    dialog.get_by_role("searchbox").fill("add")

    add = dialog.get_by_role("button", name="add", exact=True)
    expect(add).to_have_attribute("aria-disabled", "true")
    expect(add).to_have_accessible_description(re.compile(r"tensor a \(3\).*tensor b \(4\)"))
    add.click(force=True)
    expect(dialog).to_be_visible()


def test_the_palette_is_walked_by_keyboard(workspace: Page) -> None:
    choose(workspace, "a")
    workspace.get_by_role("button", name="Apply op").focus()
    workspace.keyboard.press("Enter")
    workspace.keyboard.type("sum")
    expect(workspace.get_by_role("dialog").get_by_role("button", name="sum", exact=True)).to_be_visible()
    workspace.keyboard.press("Enter")

    expect_cells(workspace, "c", ["21"])


def test_an_example_takes_the_place_of_the_code_and_undo_brings_it_back(workspace: Page) -> None:
    before = code(workspace)
    take_example(workspace, "Rows times columns")
    expect_cells(workspace, "c", ["7", "8", "16", "17"])
    expect(workspace.get_by_text("Look: Choose an element of c")).to_be_visible()

    button(workspace, "Undo").click()

    expect(card(workspace, "back")).to_have_count(0)
    assert code(workspace) == before


def test_every_example_on_the_shelf_runs_but_the_one_that_shows_a_clash(workspace: Page) -> None:
    button(workspace, "Examples").click()
    shelf = workspace.get_by_role("dialog", name="Examples", exact=True)
    buttons = shelf.get_by_role("listitem").get_by_role("button").all()
    titles = [each.get_attribute("aria-label") or "" for each in buttons]
    workspace.keyboard.press("Escape")
    stopped = []
    for title in titles:
        with workspace.expect_response("**/api/tensors") as answer:
            take_example(workspace, title)
        if any(problem["severity"] == "error" for problem in answer.value.json()["problems"]):
            stopped.append(title)

    assert len(titles) >= 8
    assert stopped == ["Shapes that clash"]


def test_a_pair_of_tensors_becomes_the_data_of_the_model(workspace: Page) -> None:
    write(workspace, "torch.manual_seed(0)\nx = torch.randn(40, 2)\ny = x[:, 0] * 2 - x[:, 1]")
    expect(card(workspace, "y")).to_be_visible()
    button(workspace, "Use as data").click()
    dialog = workspace.get_by_role("dialog", name="Use as data", exact=True)
    expect(dialog.get_by_label("x", exact=True)).to_have_value("x")
    expect(dialog.get_by_label("y", exact=True)).to_have_value("y")
    dialog.get_by_role("button", name="Open in Model").click()

    expect(workspace.get_by_role("tab", name="Model", exact=True)).to_have_attribute("aria-selected", "true")
    expect(workspace.get_by_role("radio", name="CSV", exact=True)).to_be_checked()
    expect(button(workspace, "Play")).to_be_enabled()


def test_a_layer_of_a_run_is_inspected_as_tensors(app: Page) -> None:
    play_until(app, 10)
    button(app, "Pause").click()
    expect(counter(app, "Step")).not_to_have_text("0")
    button(app, "Inspect in Tensors: Linear 1").click()

    expect(app.get_by_role("tab", name="Tensors", exact=True)).to_have_attribute("aria-selected", "true")
    expect(app.get_by_role("list", name="Tensors", exact=True)).to_contain_text("[24, 2]")
