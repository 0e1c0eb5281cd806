"""The Tensors workspace: a program, its cards, and what is wrong with it at which line."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.ui.access import fits, serious
from tests.ui.conftest import Visit
from tests.ui.controls import button
from tests.ui.tensors import card, cells, code, editor, expect_cells, open_tensors, write


@pytest.fixture
def workspace(app: Page) -> Page:
    open_tensors(app)
    return app


def test_a_first_visit_finds_an_example_with_its_cards(workspace: Page) -> None:
    expect(card(workspace, "loss")).to_contain_text("MeanBackward0")
    assert Axe().run(workspace).response["violations"] == []
    expect(card(workspace, "w").get_by_role("grid", name="gradient of w", exact=True)).to_be_visible()
    expect(workspace.get_by_role("log", name="Printed")).to_contain_text("loss is 2.25")


def test_what_is_typed_becomes_cards(workspace: Page) -> None:
    editor(workspace).click()
    workspace.keyboard.press("Control+a")
    workspace.keyboard.type("x = torch.tensor([[1., 2.], [3., 4.]], requires_grad=True)\ny = (x * x).sum()\n")
    expect_cells(workspace, "x", ["1", "2", "3", "4"])
    expect_cells(workspace, "y", ["30"])
    workspace.keyboard.type("y.backward()\nt = x.detach().T")

    expect_cells(workspace, "x", ["2", "4", "6", "8"], of="gradient")
    expect_cells(workspace, "t", ["1", "3", "2", "4"])
    for fact in ("[2, 2]", "float32", "stride (1, 2)", "contiguous False", "view of x"):
        expect(card(workspace, "t")).to_contain_text(fact)
    expect(card(workspace, "y")).to_contain_text("SumBackward0")


def test_a_program_put_in_as_a_whole_stays_as_it_is(workspace: Page) -> None:
    program = "x = torch.zeros(2)\nfor i in range(3):\n    x = x + i\nprint(x)"
    editor(workspace).fill(program)
    expect_cells(workspace, "x", ["3", "3"])

    editor(workspace).fill(program.replace("range(3)", "range(4)"))

    expect_cells(workspace, "x", ["6", "6"])
    assert code(workspace) == program.replace("range(3)", "range(4)")


def test_spaces_typed_after_a_colon_are_those_that_enter_put_there(workspace: Page) -> None:
    editor(workspace).click()
    workspace.keyboard.press("Control+a")
    workspace.keyboard.type("x = torch.zeros(2)\nfor i in range(3):\n    if i:\n        x = x + i")
    expect_cells(workspace, "x", ["3", "3"])

    assert code(workspace) == "x = torch.zeros(2)\nfor i in range(3):\n    if i:\n        x = x + i"
    workspace.keyboard.press("Enter")
    workspace.keyboard.type(" " * 9 + "#")
    assert code(workspace).endswith("\n" + " " * 9 + "#")


def test_a_refused_line_is_named_and_the_last_good_cards_stay(workspace: Page) -> None:
    write(workspace, "a = torch.ones(2, 3)\nb = torch.ones(4)\nc = b.sum()")
    expect_cells(workspace, "c", ["4"])

    write(workspace, "a = torch.ones(2, 3)\nb = a + torch.ones(4)\nc = b.sum()")

    problems = workspace.get_by_role("status", name="Problems", exact=True)
    expect(problems).to_contain_text("line 2")
    expect(problems).to_contain_text("The size of tensor a (3) must match the size of tensor b (4)")
    expect(card(workspace, "c")).to_contain_text("earlier run")
    expect(card(workspace, "a")).not_to_contain_text("earlier run")

    problems.get_by_role("button", name="Go to line 2").click()
    expect(editor(workspace)).to_be_focused()
    workspace.keyboard.press("End")
    workspace.keyboard.type(" if False else a")
    expect(problems).not_to_contain_text("must match")


def test_a_mistake_in_a_later_version_does_not_win_over_an_earlier_one_that_is_slow(workspace: Page) -> None:
    write(workspace, "a = torch.ones(1)")
    expect_cells(workspace, "a", ["1"])
    held = []
    workspace.route("**/api/tensors", lambda route: held.append(route) if not held else route.continue_())
    write(workspace, "a = torch.ones(1) * 2")
    workspace.wait_for_timeout(400)
    write(workspace, "a = torch.ones(1) * 3")
    workspace.wait_for_timeout(400)

    held[0].continue_()

    expect_cells(workspace, "a", ["3"])


def test_a_large_tensor_is_a_window_that_scrolls_and_a_deep_one_has_a_picker(workspace: Page) -> None:
    write(workspace, "m = torch.arange(10000).view(100, 100)\nd = torch.arange(24).view(4, 2, 3)")
    expect(card(workspace, "m")).to_contain_text("rows 0–15 of 100")
    assert cells(workspace, "m")[0] == "0"

    button(workspace, "Scroll m down").click()
    expect(card(workspace, "m")).to_contain_text("rows 15–30 of 100")
    button(workspace, "Scroll m right").click()
    expect(card(workspace, "m")).to_contain_text("columns 15–30 of 100")
    expect(card(workspace, "m").get_by_role("gridcell").first).to_have_text("1515")
    card(workspace, "m").get_by_role("gridcell").first.focus()
    workspace.keyboard.press("ArrowUp")
    expect(card(workspace, "m")).to_contain_text("rows 0–15 of 100")

    expect_cells(workspace, "d", ["0", "1", "2", "3", "4", "5"])
    workspace.get_by_label("dim 0 of d").fill("3")
    expect_cells(workspace, "d", ["18", "19", "20", "21", "22", "23"])


def test_an_element_lights_up_in_every_view_of_it(workspace: Page) -> None:
    write(workspace, "x = torch.arange(6)\nv = x.view(2, 3)\nother = torch.zeros(6)")
    expect(card(workspace, "v")).to_contain_text("view of x")

    card(workspace, "x").get_by_role("gridcell").nth(4).hover()

    expect(card(workspace, "v").get_by_role("gridcell").nth(4)).to_have_class(re.compile(r"\blit\b"))
    expect(card(workspace, "other").locator(".lit")).to_have_count(0)


def test_the_lens_follows_the_cursor(workspace: Page) -> None:
    write(workspace, "x = torch.arange(6.).view(2, 3)\ny = (x ** 2).mean()\nz = x @ x.T\n")
    lens = workspace.get_by_role("region", name="Lens", exact=True)
    expect(lens.get_by_role("heading", name="x @ x.T", exact=True)).to_be_visible()

    workspace.keyboard.press("ArrowUp")
    workspace.keyboard.press("ArrowUp")

    expect(lens.get_by_role("heading", name="(x ** 2).mean()", exact=True)).to_be_visible()


def test_the_keyboard_alone_writes_runs_and_leaves_the_editor(workspace: Page) -> None:
    editor(workspace).focus()
    workspace.keyboard.press("Control+a")
    workspace.keyboard.type("x = torch.zeros(2)")
    workspace.keyboard.press("Control+Enter")
    expect_cells(workspace, "x", ["0", "0"])
    button(workspace, "Run").focus()
    workspace.keyboard.press("Enter")
    editor(workspace).focus()
    workspace.keyboard.press("Tab")
    expect(editor(workspace)).to_be_focused()

    workspace.keyboard.press("Escape")
    workspace.keyboard.press("Tab")

    expect(editor(workspace)).not_to_be_focused()
    described = editor(workspace).get_attribute("aria-describedby")
    expect(workspace.locator(f"#{described}")).to_contain_text("leaves the editor")


def test_the_program_is_still_there_after_a_reload_and_behind_its_link(workspace: Page) -> None:
    program = 'größe = torch.tensor([1.5])\nprint(f"{größe}")'
    write(workspace, program)
    expect_cells(workspace, "größe", ["1.5"])
    workspace.context.grant_permissions(["clipboard-read", "clipboard-write"])
    button(workspace, "Copy link").click()
    expect(workspace.get_by_text("Link to the code copied")).to_be_visible()
    link = workspace.evaluate("navigator.clipboard.readText()")

    workspace.reload()
    expect_cells(workspace, "größe", ["1.5"])
    write(workspace, "a = torch.ones(1)")
    expect_cells(workspace, "a", ["1"])
    workspace.goto("about:blank")
    workspace.goto(link)

    expect_cells(workspace, "größe", ["1.5"])
    assert code(workspace) == program


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
def test_axe_finds_nothing_serious_and_nothing_hangs_over_the_edge(
    visit: Visit, scheme: str, width: int
) -> None:
    page = visit(color_scheme=scheme, viewport={"width": width, "height": 900})
    open_tensors(page)
    write(page, "x = torch.randn(3, 30, 30, requires_grad=True)\nx.sum().backward()\nv = x[0]\nz = v @ y1")
    expect(page.get_by_role("status", name="Problems", exact=True)).to_contain_text("line 4")
    expect(card(page, "x").get_by_role("grid", name="gradient of x", exact=True)).to_be_visible()

    assert serious(page) == []
    assert fits(page)
