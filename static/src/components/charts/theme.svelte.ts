/** The page's colours as numbers, read once per theme; reading them in an effect redraws on a change. */

import { parseColour, type Palette, type Rgb } from "../../lib/colour";

class Theme {
  #version = $state(0);
  #read: Palette | null = null;

  constructor() {
    const forget = (): void => {
      this.#read = null;
      this.#version++;
    };
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", forget);
    new MutationObserver(forget).observe(document.documentElement, {
      attributeFilter: ["class", "data-theme"],
    });
  }

  get palette(): Palette {
    void this.#version;
    return (this.#read ??= readPalette());
  }
}

export const theme = new Theme();

/** The tokens may be written any way CSS allows, so a probe has the browser work them out. */
function readPalette(): Palette {
  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);
  const style = getComputedStyle(probe);
  const role = (name: string): Rgb => {
    probe.style.color = `var(--${name})`;
    return parseColour(style.color);
  };
  const palette = {
    panel: role("panel"),
    line: role("line"),
    lineStrong: role("line-strong"),
    ink: role("ink"),
    inkSoft: role("ink-2"),
    inkFaint: role("ink-3"),
    accent: role("accent"),
    negative: role("negative"),
    zero: role("zero"),
    positive: role("positive"),
    activation: role("activation"),
    weight: role("weight"),
    gradient: role("gradient"),
    data: role("data"),
    training: role("training"),
    validation: role("validation"),
    warning: role("warn"),
    classes: Array.from({ length: 10 }, (_, i) => role(`class-${i}`)),
  };
  probe.remove();
  return palette;
}
