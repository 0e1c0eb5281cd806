"""The lenses: how shapes are broadcast, where an element came from, whose memory it is."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.ui.access import fits, serious
from tests.ui.conftest import Complaints, Server, wait_for_app
from tests.ui.tensors import card, open_tensors, write


@pytest.fixture
def workspace(app: Page) -> Page:
    open_tensors(app)
    return app


def lens(page: Page, call: str) -> Locator:
    """The lens on a call, by its code."""
    return page.get_by_role("region", name=f"Lens on {call}", exact=True)


def elements(within: Locator, name: str) -> Locator:
    """The grid of a result, of which an element can be chosen."""
    return within.get_by_role("grid", name=f"choose an element of {name}", exact=True)


def lit(within: Locator, name: str) -> list[str]:
    """The numbers that light up in an operand."""
    return within.get_by_role("table", name=name, exact=True).locator("td.lit").all_inner_texts()


def arithmetic(within: Locator) -> Locator:
    return within.get_by_role("status", name="Arithmetic", exact=True)


def test_broadcasting_shows_what_is_repeated_and_which_elements_meet(workspace: Page) -> None:
    write(workspace, "a = torch.tensor([[1.], [2.], [3.]])\nb = torch.tensor([10., 20.])\nc = a + b")

    view = lens(workspace, "a + b")
    shapes = view.get_by_role("table", name="Shapes aligned from the right", exact=True)
    expect(shapes.get_by_role("row", name="a 3 1, repeated 2 times")).to_be_visible()
    expect(shapes.get_by_role("row", name="b no such axis: repeated 3 times 2")).to_be_visible()
    ghosts = view.get_by_role("table", name="repeated: b", exact=True).locator("td.ghost")
    expect(ghosts).to_have_text(["10", "20", "10", "20"])

    elements(view, "c").get_by_role("gridcell", name="23", exact=True).click()

    expect(arithmetic(view)).to_contain_text("c[2, 1] = 3 + 20 = 23")
    assert lit(view, "repeated: a") == ["3"]
    assert lit(view, "repeated: b") == ["20"]


def test_shapes_that_do_not_fit_show_the_very_axis_that_clashes(workspace: Page) -> None:
    write(workspace, "x = torch.ones(2, 3)\nw = torch.ones(4)\ny = x * w")

    view = lens(workspace, "x * w")
    expect(view).to_contain_text("Dimension −1 does not fit: x has 3, w has 4.")
    shapes = view.get_by_role("table", name="Shapes aligned from the right", exact=True)
    expect(shapes.get_by_role("row", name="result").get_by_role("cell").nth(1)).to_contain_text("clash")
    expect(shapes.get_by_role("row", name="result").get_by_role("cell").nth(0)).not_to_contain_text("clash")
    expect(view).to_contain_text("must match the size of tensor b (4)")


def test_an_element_of_a_product_is_walked_to_by_keys_and_written_out(workspace: Page) -> None:
    write(workspace, "A = torch.arange(6.).view(2, 3)\nB = torch.arange(6.).view(3, 2)\nC = A @ B")
    view = lens(workspace, "A @ B")
    first = elements(view, "C").get_by_role("gridcell").first
    expect(arithmetic(view)).to_contain_text("C[0, 0] = 0·0 + 1·2 + 2·4 = 10")

    first.focus()
    workspace.keyboard.press("ArrowRight")
    workspace.keyboard.press("ArrowDown")

    expect(elements(view, "C").get_by_role("gridcell", name="40", exact=True)).to_be_focused()
    expect(arithmetic(view)).to_contain_text("C[1, 1] = 3·1 + 4·3 + 5·5 = 40")
    assert lit(view, "elements of A") == ["3", "4", "5"]
    assert lit(view, "elements of B") == ["1", "3", "5"]


def test_a_convolution_lights_its_window(workspace: Page) -> None:
    write(
        workspace,
        "img = torch.arange(16.).view(1, 1, 4, 4)\nk = torch.ones(1, 1, 2, 2)\n"
        "y = torch.nn.functional.conv2d(img, k)",
    )
    view = lens(workspace, "torch.nn.functional.conv2d(img, k)")

    elements(view, "y").get_by_role("gridcell", name="50", exact=True).click()

    expect(arithmetic(view)).to_contain_text("y[0, 0, 2, 2] = 10·1 + 11·1 + 14·1 + 15·1 = 50")
    assert lit(view, "elements of img") == ["10", "11", "14", "15"]


def test_memory_shows_what_is_shared_what_was_copied_and_what_a_write_changed(workspace: Page) -> None:
    write(workspace, "x = torch.arange(6.).view(2, 3)\nt = x.T\nc = t.clone()\nx[0] = 7")

    memory = workspace.get_by_role("region", name="Memory lens", exact=True)
    shared = memory.get_by_role("grid", name="Cells of Storage A", exact=True)
    expect(memory).to_contain_text("c has its own memory, not t's")
    expect(memory).to_contain_text("x, t changed, for they share memory")

    shared.get_by_role("gridcell", name="place 3, 3, t[0, 1]", exact=True).focus()

    expect(card(workspace, "x").locator("td.lit")).to_have_text(["3"])
    expect(card(workspace, "t").locator("td.lit")).to_have_text(["3"])
    expect(card(workspace, "c").locator("td.lit")).to_have_count(0)
    workspace.keyboard.press("ArrowRight")
    expect(card(workspace, "t").locator("td.lit")).to_have_text(["4"])


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_axe_finds_nothing_serious_in_the_lenses(
    page: Page, server: Server, complaints: Complaints, width: int, scheme: str
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(server.url)
    wait_for_app(page)
    open_tensors(page)
    write(page, "a = torch.ones(3, 1)\nv = a.view(3)\nb = torch.arange(20.)\nc = a + b")
    expect(arithmetic(lens(page, "a + b"))).to_contain_text("c[0, 0] = 1 + 0 = 1")

    assert serious(page) == []
    assert fits(page)
