"""The Tensors workspace, as its tests speak of it."""

from playwright.sync_api import Locator, Page, expect

from tests.ui.controls import button


def editor(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Tensor code", exact=True)


def open_tensors(page: Page) -> None:
    page.get_by_role("tab", name="Tensors", exact=True).click()
    expect(editor(page)).to_be_visible()


def write(page: Page, code: str) -> None:
    """Puts this program in place of the one there, as a paste does."""
    editor(page).click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(code)


def code(page: Page) -> str:
    """The program as the page keeps it."""
    return str(page.evaluate("localStorage.getItem('playground.tensor-code')"))


def card(page: Page, name: str) -> Locator:
    return page.get_by_role("list", name="Tensors", exact=True).get_by_role("listitem", name=name, exact=True)


def cells(page: Page, name: str, of: str = "value") -> list[str]:
    """The numbers that a card shows, row by row."""
    grid = card(page, name).get_by_role("grid", name=f"{of} of {name}", exact=True)
    return [text.replace("−", "-") for text in grid.get_by_role("gridcell").all_inner_texts()]


def expect_cells(page: Page, name: str, numbers: list[str], of: str = "value") -> None:
    grid = card(page, name).get_by_role("grid", name=f"{of} of {name}", exact=True)
    expect(grid.get_by_role("gridcell")).to_have_text([text.replace("-", "−") for text in numbers])


def choose(page: Page, *names: str) -> None:
    for name in names:
        page.get_by_role("checkbox", name=f"Choose {name}", exact=True).check()


def apply(page: Page, op: str) -> None:
    """Applies an op of the palette to the tensors chosen."""
    page.get_by_role("button", name="Apply op").click()
    dialog = page.get_by_role("dialog", name="Apply an op", exact=True)
    dialog.get_by_role("searchbox", name="Search ops", exact=True).fill(op)
    dialog.get_by_role("button", name=op, exact=True).click()
    expect(dialog).to_have_count(0)


def take_example(page: Page, title: str) -> None:
    button(page, "Examples").click()
    shelf = page.get_by_role("dialog", name="Examples", exact=True)
    shelf.get_by_role("button", name=title, exact=True).click()
