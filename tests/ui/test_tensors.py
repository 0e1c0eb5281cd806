"""The Tensors tab: making tensors, one op at a time, and gradients beside the values."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.ui.controls import button


@pytest.fixture
def sheet(app: Page) -> Page:
    app.get_by_role("tab", name="Tensors", exact=True).click()
    expect(app.get_by_label("from", exact=True)).to_be_visible()
    return app


def making(page: Page, name: str) -> Locator:
    """A field of the form for a new tensor."""
    return page.get_by_role("region", name="New tensor", exact=True).get_by_label(name, exact=True)


def applying(page: Page, name: str) -> Locator:
    """A field of the form for an op."""
    return page.get_by_role("region", name="Apply an op", exact=True).get_by_label(name, exact=True)


def tensor(page: Page, name: str) -> Locator:
    return page.get_by_role("list", name="Tensors", exact=True).get_by_role("listitem", name=name, exact=True)


def make(page: Page, name: str, how: str, *, requires_grad: bool = False, **fields: str) -> None:
    """Makes the next tensor, which is called `name`."""
    if not making(page, "from").is_visible():
        button(page, "Add tensor").click()
    making(page, "from").select_option(how)
    for label, text in fields.items():
        making(page, label).fill(text)
    if requires_grad:
        making(page, "requires_grad").check()
    button(page, f"Make {name}").click()
    expect(tensor(page, name)).to_be_visible()


def apply(page: Page, name: str, op: str, *inputs: str) -> None:
    applying(page, "op").select_option(op)
    labels = ["tensor"] if len(inputs) == 1 else [f"tensor {i + 1}" for i in range(len(inputs))]
    for label, given in zip(labels, inputs, strict=True):
        applying(page, label).select_option(given)
    button(page, f"Apply as {name}").click()


def cells(grid: Locator) -> list[str]:
    return [text.replace("−", "-") for text in grid.get_by_role("cell").all_inner_texts()]


def test_a_tensor_from_a_list_shows_values_shape_dtype_and_its_line(sheet: Page) -> None:
    make(sheet, "a", "tensor", values="[[1, 2, 3], [4, 5, 6]]")

    card = tensor(sheet, "a")
    assert cells(card.get_by_role("table", name="value of a", exact=True)) == ["1", "2", "3", "4", "5", "6"]
    expect(card).to_contain_text("a = torch.tensor([[1, 2, 3], [4, 5, 6]])")
    expect(card).to_contain_text("[2, 3]")
    expect(card).to_contain_text("int64")


@pytest.mark.parametrize(
    ("how", "fields", "line"),
    [
        ("zeros", {"shape": "2, 3"}, "torch.zeros(2, 3)"),
        ("ones", {"shape": "4"}, "torch.ones(4)"),
        ("rand", {"shape": "2, 2", "seed": "7"}, "torch.rand(2, 2)"),
        ("randn", {"shape": "[3]"}, "torch.randn(3)"),
        ("arange", {"values": "0, 6"}, "torch.arange(0, 6)"),
        ("linspace", {"values": "0, 1, 5"}, "torch.linspace(0, 1, 5)"),
        ("eye", {"values": "3"}, "torch.eye(3)"),
        ("full", {"shape": "2, 2", "values": "1.5"}, "torch.full((2, 2), 1.5)"),
    ],
)
def test_a_tensor_is_made_in_each_of_pytorchs_ways(
    sheet: Page, how: str, fields: dict[str, str], line: str
) -> None:
    make(sheet, "a", how, **fields)

    expect(tensor(sheet, "a")).to_contain_text(line)


def test_backward_puts_the_gradients_beside_the_values(sheet: Page) -> None:
    make(sheet, "a", "tensor", values="[1., 2., 3.]", requires_grad=True)
    make(sheet, "b", "tensor", values="[4., 5., 6.]", requires_grad=True)
    apply(sheet, "c", "mul", "a", "b")
    expect(tensor(sheet, "c")).to_contain_text("MulBackward0")
    apply(sheet, "d", "sum", "c")

    button(sheet, "d.backward()").click()

    gradient = tensor(sheet, "a").get_by_role("table", name="gradient of a", exact=True)
    expect(gradient).to_be_visible()
    assert cells(gradient) == ["4", "5", "6"]
    assert cells(tensor(sheet, "b").get_by_role("table", name="gradient of b", exact=True)) == ["1", "2", "3"]


def test_shapes_that_do_not_fit_are_explained_and_nothing_is_lost(sheet: Page) -> None:
    make(sheet, "a", "ones", shape="2, 3")
    make(sheet, "b", "ones", shape="4")

    apply(sheet, "c", "add", "a", "b")

    said = sheet.get_by_role("alert").filter(has_text="tensor a (3) must match the size of tensor b (4)")
    expect(said).to_be_visible()
    expect(tensor(sheet, "c")).to_have_count(0)
    expect(applying(sheet, "tensor 1")).to_have_value("a")


def test_gradients_of_more_than_a_scalar_are_refused_in_words(sheet: Page) -> None:
    make(sheet, "a", "ones", shape="2, 3", requires_grad=True)
    apply(sheet, "b", "exp", "a")
    expect(tensor(sheet, "b")).to_be_visible()

    button(sheet, "b.backward()").click()

    expect(tensor(sheet, "b")).to_contain_text("scalar")


def test_a_shape_that_cannot_be_read_is_said_at_its_field(sheet: Page) -> None:
    making(sheet, "from").select_option("zeros")
    making(sheet, "shape").fill("two by three")

    button(sheet, "Make a").click()

    expect(making(sheet, "shape")).to_have_attribute("aria-invalid", "true")
    expect(sheet.get_by_text("A shape is sizes with commas between, as 2, 3.")).to_be_visible()


def test_undo_takes_the_newest_tensor_back_and_redo_brings_it_again(sheet: Page) -> None:
    make(sheet, "a", "ones", shape="2")
    make(sheet, "b", "zeros", shape="2")
    workspace = sheet.get_by_role("tabpanel", name="Tensors", exact=True)

    workspace.get_by_role("button", name="Undo", exact=True).click()
    expect(tensor(sheet, "b")).to_have_count(0)
    workspace.get_by_role("button", name="Redo", exact=True).click()

    expect(tensor(sheet, "b")).to_be_visible()


def test_tensors_are_still_there_after_a_reload(sheet: Page) -> None:
    make(sheet, "a", "randn", shape="3", seed="5")
    before = cells(tensor(sheet, "a").get_by_role("table", name="value of a", exact=True))

    sheet.reload()

    expect(tensor(sheet, "a")).to_be_visible()
    assert cells(tensor(sheet, "a").get_by_role("table", name="value of a", exact=True)) == before


def test_a_tensor_that_others_are_made_from_cannot_be_removed_first(sheet: Page) -> None:
    make(sheet, "a", "ones", shape="2")
    apply(sheet, "b", "exp", "a")
    expect(tensor(sheet, "b")).to_be_visible()
    expect(button(sheet, "Remove a")).to_be_disabled()

    button(sheet, "Remove b").click()

    expect(tensor(sheet, "b")).to_have_count(0)
    expect(button(sheet, "Remove a")).to_be_enabled()


def test_axe_finds_nothing_serious_among_tensors(sheet: Page) -> None:
    make(sheet, "a", "randn", shape="2, 2, 3", requires_grad=True)
    apply(sheet, "b", "sum", "a")
    button(sheet, "b.backward()").click()
    expect(tensor(sheet, "a").get_by_role("table", name="gradient of a [0]", exact=True)).to_be_visible()

    found = Axe().run(sheet).response["violations"]

    assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []
