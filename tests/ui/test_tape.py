"""The tape: the autograd graph, walked by keys, and backward played on it edge by edge."""

import re

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

from tests.ui.access import fits, serious
from tests.ui.conftest import Visit
from tests.ui.controls import button
from tests.ui.tensors import open_tensors, write

CODE = """x = torch.tensor([1., 2., 3.], requires_grad=True)
b = torch.tensor(0.5, requires_grad=True)
y = x * x + b
loss = y.sum()
loss.backward()
"""


def graph(page: Page) -> Locator:
    return page.get_by_role("group", name="Autograd graph", exact=True)


def node(page: Page, name: str) -> Locator:
    """A node by what its name begins with."""
    return graph(page).get_by_role("button", name=re.compile(f"^{re.escape(name)}"))


def caption(page: Page) -> Locator:
    return page.get_by_role("status", name="What backward does", exact=True)


def box(page: Page) -> FloatRect:
    """Where the root stands on the screen."""
    found = node(page, "SumBackward0").bounding_box()
    assert found
    return found


@pytest.fixture
def tape(app: Page) -> Page:
    open_tensors(app)
    write(app, CODE)
    expect(node(app, "SumBackward0")).to_be_visible()
    return app


def test_nodes_are_ops_and_leaves_in_words_as_well_and_their_gradients_are_checked(tape: Page) -> None:
    expect(node(tape, "SumBackward0, loss, shape []; from y")).to_be_visible()
    expect(node(tape, "MulBackward0, shape [3]; from x and x")).to_be_visible()
    expect(node(tape, "leaf b, shape []; into y")).to_be_visible()

    button(tape, "Table of Autograd graph").click()

    table = tape.get_by_role("table", name="Autograd graph", exact=True)
    expect(table.get_by_role("row", name=re.compile("^MulBackward0 .*x.*twice"))).to_be_visible()
    expect(table.get_by_role("row", name=re.compile(r"^x \(leaf\) \[3\] \[2, 4, 6\]"))).to_be_visible()

    button(tape, "Check gradients").click()

    expect(tape.get_by_role("status", name="Gradient check", exact=True)).to_contain_text("gradients agree")


def test_backward_plays_and_goes_by_steps_with_sums_and_broadcasts_undone(tape: Page) -> None:
    button(tape, "backward").click()
    expect(caption(tape)).to_contain_text("2 of 6")
    button(tape, "Pause backward").click()
    said = []
    while button(tape, "Step on").is_enabled():
        button(tape, "Step on").click()
        said.append(caption(tape).inner_text())

    words = " ".join(said)
    assert "to b; summed over dim 0 (broadcast undone); b.grad is complete" in words
    assert "all 2 have arrived and are added; x.grad is complete" in words
    expect(node(tape, "leaf x, shape [3]")).to_have_accessible_name(re.compile(r"gradient \[2, 4, 6\]"))
    expect(graph(tape)).to_contain_text("Σ 3")

    button(tape, "Step back").click()
    expect(node(tape, "leaf x, shape [3]")).not_to_have_accessible_name(re.compile("gradient"))


def test_keys_walk_along_the_edges_open_a_node_and_move_the_picture(tape: Page) -> None:
    node(tape, "SumBackward0").focus()
    tape.keyboard.press("ArrowUp")
    expect(node(tape, "AddBackward0")).to_be_focused()
    tape.keyboard.press("Tab")
    expect(node(tape, "leaf b")).to_be_focused()
    tape.keyboard.press("Tab")
    expect(node(tape, "MulBackward0")).to_be_focused()
    tape.keyboard.press("Enter")

    details = tape.get_by_role("region", name="Node MulBackward0", exact=True)
    expect(details).to_contain_text("input: g · other")
    expect(details.get_by_role("table", name="gradient for x", exact=True).first).to_contain_text("1")
    expect(details.get_by_role("list", name="Saved tensors", exact=True)).to_contain_text("other")
    button(tape, "Close node").click()
    expect(details).to_have_count(0)

    before = box(tape)
    button(tape, "Zoom in").click()
    closer = box(tape)
    assert closer["width"] > before["width"]
    graph(tape).focus()
    tape.keyboard.press("ArrowLeft")
    assert box(tape)["x"] > closer["x"]
    button(tape, "Fit the graph").click()
    assert box(tape)["width"] <= before["width"] + 1


@pytest.mark.parametrize(("width", "scheme"), [(1440, "dark"), (390, "light")])
def test_axe_finds_nothing_serious_on_the_tape_and_nothing_moves_unasked(
    visit: Visit, width: int, scheme: str
) -> None:
    page = visit(viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce")
    open_tensors(page)
    write(page, CODE)
    expect(node(page, "SumBackward0")).to_be_visible()

    button(page, "backward").click()
    expect(caption(page)).to_contain_text("1 of 6")
    button(page, "Step on").click()
    expect(caption(page)).to_contain_text("2 of 6")
    node(page, "AddBackward0").click()
    expect(page.get_by_role("region", name="Node AddBackward0", exact=True)).to_be_visible()

    assert serious(page) == []
    assert fits(page)
