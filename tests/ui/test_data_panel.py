"""Data sets, their settings and the user's own data."""

from playwright.sync_api import Page, expect

from tests.ui.conftest import Complaints
from tests.ui.controls import add_layer, button, choose, counter, dataset, layers, number, play_until, row

DATASETS = (
    *("Spiral", "Circles", "XOR", "Gaussians", "Moons", "Linear regression", "Plane", "Stream"),
    *("Digits", "Iris", "Wine", "Breast cancer", "Diabetes", "CSV", "Drawn points"),
)
FLOWERS = "length,width,kind\n" + "".join(
    f"{1 + i % 7 / 10},{2 + i % 5 / 10},rose\n{4 + i % 7 / 10},{5 + i % 5 / 10},lily\n" for i in range(40)
)


def test_every_data_set_is_offered(app: Page) -> None:
    for name in DATASETS:
        expect(dataset(app, name)).to_have_count(1)


def test_a_data_set_brings_its_preset_while_the_stack_is_untouched(app: Page) -> None:
    choose(app, "Linear regression")

    expect(row(app, "Linear 1")).to_contain_text("1 × 1 + 1 = 2")
    assert layers(app) == ["Linear 1"]
    expect(app.get_by_role("combobox", name="Loss", exact=True)).to_have_value("MSELoss")
    expect(counter(app, "R²")).to_be_visible()


def test_an_edited_stack_is_kept_and_the_preset_offered(app: Page) -> None:
    add_layer(app, "ReLU")
    edited = layers(app)

    choose(app, "Circles")
    assert layers(app) == edited

    button(app, "Load preset").click()
    expect(row(app, "ReLU 1")).to_have_count(0)
    expect(button(app, "Play")).to_be_enabled()


def test_another_data_set_ends_the_run(app: Page) -> None:
    play_until(app, 10)
    expect(app.get_by_text("Choosing another data set ends the run.")).to_be_visible()

    choose(app, "Moons")

    expect(button(app, "Play")).to_be_enabled()
    expect(counter(app, "Step")).to_have_text("0")


def test_loader_settings_are_seen_in_the_code_beside_them(app: Page) -> None:
    code = app.get_by_role("region", name="Code of the DataLoader")
    expect(code).to_contain_text("batch_size=32")

    number(app, "Batch size").fill("50")
    app.get_by_role("checkbox", name="drop_last", exact=True).check()

    expect(code).to_contain_text("batch_size=50")
    expect(code).to_contain_text("drop_last=True")
    expect(app.get_by_text("350 training samples in 7 batches")).to_be_visible()


def test_nonsense_in_a_field_is_answered_there_and_the_value_kept(app: Page) -> None:
    samples = number(app, "Samples")
    samples.fill("")
    expect(samples).to_have_accessible_description("Enter a number.")

    samples.blur()

    expect(samples).to_have_value("500")
    samples.fill("3")
    expect(samples).to_have_attribute("aria-invalid", "true")
    expect(button(app, "Play")).to_be_disabled()


def test_arrow_keys_turn_a_number(app: Page) -> None:
    number(app, "Batch size").press("ArrowUp")
    expect(number(app, "Batch size")).to_have_value("33")
    number(app, "Noise").press("ArrowDown")
    expect(number(app, "Noise")).to_have_value("0.09")


def test_a_csv_is_chosen_looked_at_and_trained_on(app: Page) -> None:
    choose(app, "CSV")
    with app.expect_file_chooser() as chooser:
        button(app, "Choose a CSV").click()
    chooser.value.set_files({"name": "flowers.csv", "mimeType": "text/csv", "buffer": FLOWERS.encode()})

    expect(app.get_by_role("combobox", name="Target", exact=True)).to_have_value("kind")
    columns = app.get_by_role("table", name="Columns of flowers.csv")
    expect(columns).to_contain_text("width")
    assert columns.evaluate("table => table.scrollWidth <= table.parentElement.clientWidth")
    expect(button(app, "Play")).to_be_enabled()
    play_until(app, 10)


def test_pasted_rows_become_a_csv(app: Page) -> None:
    choose(app, "CSV")
    app.get_by_role("textbox", name="Paste CSV rows").evaluate(
        """(field, text) => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", text);
            const pasted = { clipboardData, bubbles: true, cancelable: true };
            field.dispatchEvent(new ClipboardEvent("paste", pasted));
        }""",
        FLOWERS,
    )

    expect(app.get_by_text("pasted.csv", exact=True)).to_be_visible()
    expect(button(app, "Play")).to_be_enabled()


def test_a_dropped_csv_is_taken_from_any_data_set(app: Page) -> None:
    app.evaluate(
        """(text) => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([text], "dropped.csv", { type: "text/csv" }));
            const dropped = { dataTransfer, bubbles: true, cancelable: true };
            document.body.dispatchEvent(new DragEvent("drop", dropped));
        }""",
        FLOWERS,
    )

    expect(dataset(app, "CSV")).to_be_checked()
    expect(app.get_by_text("dropped.csv", exact=True)).to_be_visible()


def test_a_csv_the_server_does_not_have_is_asked_for(app: Page, complaints: Complaints) -> None:
    choose(app, "CSV")
    with app.expect_file_chooser() as chooser:
        button(app, "Choose a CSV").click()
    chooser.value.set_files({"name": "flowers.csv", "mimeType": "text/csv", "buffer": FLOWERS.encode()})
    expect(app.get_by_role("combobox", name="Target", exact=True)).to_have_value("kind")
    expect(button(app, "Play")).to_be_enabled()

    app.context.clear_cookies()
    app.reload()
    # What the page was asking for as its session went away.
    complaints.allow("401")

    expect(app.get_by_role("alert").filter(has_text="flowers.csv").first).to_be_visible()
    expect(row(app, "Linear 1")).to_be_visible()
    with app.expect_file_chooser() as chooser:
        button(app, "Choose another CSV").click()
    chooser.value.set_files({"name": "flowers.csv", "mimeType": "text/csv", "buffer": FLOWERS.encode()})
    expect(button(app, "Play")).to_be_enabled()
