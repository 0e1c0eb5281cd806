"""For everyone: names of the contract, contrast, both themes, wide and narrow."""

from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.ui.access import fits, serious
from tests.ui.conftest import PHONE, Visit, wait_for_app
from tests.ui.controls import add_layer, button, counter, play_until

WIDTHS = {1440: 900, 768: 1024, 390: 844}


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> Literal["light", "dark"]:
    return request.param


@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_serious(
    visit: Visit, scheme: Literal["light", "dark"], width: int
) -> None:
    page = visit(color_scheme=scheme, viewport={"width": width, "height": WIDTHS[width]})
    play_until(page, 100)
    button(page, "Pause").click()
    add_layer(page, "Conv2d")
    expect(page.get_by_text("Play is not possible")).to_be_visible()

    assert serious(page) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_hangs_over_the_edge(visit: Visit, width: int) -> None:
    page = visit(viewport={"width": width, "height": WIDTHS[width]})
    play_until(page, 10)

    assert fits(page)


def test_on_a_phone_the_result_comes_first(visit: Visit) -> None:
    page = visit(viewport=PHONE, has_touch=True, is_mobile=True)
    result = page.get_by_role("group", name="Decision boundary", exact=True).bounding_box()
    stack = page.get_by_role("list", name="Layers", exact=True).bounding_box()
    data = page.get_by_role("radio", name="Spiral", exact=True).bounding_box()
    assert result and stack and data
    assert result["y"] < stack["y"] < data["y"]

    expect(button(page, "Mute Tanh 1")).to_be_hidden()
    button(page, "Actions of Tanh 1").tap()
    button(page, "Mute Tanh 1").tap()
    expect(button(page, "Mute Tanh 1")).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize(
    ("role", "name"),
    [
        *(("tab", name) for name in ("Model", "Tensors", "Runs", "Code")),
        *(("button", name) for name in ("Play", "Step batch", "Step epoch", "Reset", "New seed")),
        *(("button", name) for name in ("zero_grad", "forward", "loss", "backward", "step")),
        *(("button", name) for name in ("Export", "Open", "Load preset", "Add layer", "Undo", "Redo")),
        *(("button", f"{act} Linear 1{way}") for act, way in (("Move", " up"), ("Move", " down"))),
        *(("button", f"{act} Linear 1") for act in ("Mute", "Remove")),
        *(("spinbutton", name) for name in ("Learning rate", "Epochs", "Samples", "Noise", "Data seed")),
        *(("spinbutton", name) for name in ("Seed", "Validation share", "Batch size", "num_workers")),
        *(("checkbox", name) for name in ("Shuffle", "drop_last")),
        *(("combobox", name) for name in ("Optimizer", "Loss")),
        *(("status", name) for name in ("Epoch", "Step", "Training loss", "Validation loss", "Accuracy")),
        ("slider", "Speed"),
        ("list", "Layers"),
        ("listitem", "Linear 1"),
        ("group", "Decision boundary"),
        ("img", "Loss curve"),
    ],
)
def test_a_control_has_its_name(app: Page, role: str, name: str) -> None:
    expect(app.get_by_role(role, name=name, exact=True)).to_have_count(1)  # type: ignore[arg-type]


def test_the_theme_is_chosen_and_kept(app: Page) -> None:
    background = "getComputedStyle(document.body).backgroundColor"
    light = app.evaluate(background)
    button(app, "Theme: system").click()
    button(app, "Theme: light").click()
    expect(button(app, "Theme: dark")).to_be_visible()
    assert app.evaluate(background) != light

    app.reload()
    wait_for_app(app)

    expect(button(app, "Theme: dark")).to_be_visible()
    assert app.evaluate(background) != light


def test_nothing_moves_by_itself_where_motion_is_unwanted(visit: Visit) -> None:
    page = visit(reduced_motion="reduce")
    durations = page.evaluate(
        "[...document.querySelectorAll('*')].flatMap(e => getComputedStyle(e).transitionDuration.split(', '))"
    )
    assert set(durations) == {"0s"}


def test_a_screen_reader_hears_a_summary_now_and_then(app: Page) -> None:
    play_until(app, 10)
    summary = app.locator("p[aria-live=polite]").filter(has_text="training loss")
    expect(summary).to_contain_text("running")
    expect(counter(app, "Step")).to_have_attribute("aria-live", "off")
