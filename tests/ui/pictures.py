"""What a canvas shows, asked of its pixels."""

from playwright.sync_api import Locator, Page

COLOURS = """async canvas => {
  for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
  const context = canvas.getContext("2d");
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  const seen = new Set();
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] > 0) seen.add((data[i] << 16) | (data[i + 1] << 8) | data[i + 2]);
  }
  return seen.size;
}"""
"""A picture that was just laid out learns its size in one frame and is drawn in the next."""


def chart(page: Page, name: str) -> Locator:
    """A picture by its accessible name."""
    return page.get_by_role("img", name=name, exact=True)


def colours(canvas: Locator) -> int:
    """How many different colours are painted on a canvas; 0 on an empty one."""
    return int(canvas.evaluate(COLOURS))


def hover_at(page: Page, over: Locator, across: float, down: float) -> None:
    """Moves the cursor to a place inside, as shares of its width and height."""
    over.scroll_into_view_if_needed()
    box = over.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * across, box["y"] + box["height"] * down)
