/** Whether somebody is at something that lies below an element, and would lose it if that grew. */

const HOVERS = matchMedia("(hover: hover)");

/** True while the pointer, or the keyboard's focus, is on what stands beneath `place` on the page. */
export function isSomebodyBelow(place: Element): boolean {
  const pointed = HOVERS.matches ? [...document.querySelectorAll(":hover")].at(-1) : undefined;
  const focused = document.querySelector(":focus-visible");
  return [pointed, focused].some((element) => element && liesBelow(element, place));
}

function liesBelow(element: Element, place: Element): boolean {
  const [lower, upper] = [element.getBoundingClientRect(), place.getBoundingClientRect()];
  return lower.top >= upper.bottom && lower.left < upper.right && lower.right > upper.left;
}
