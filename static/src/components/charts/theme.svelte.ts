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

function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const role = (name: string): Rgb => parseColour(style.getPropertyValue(name));
  return {
    background: role("--bg"),
    panel: role("--panel"),
    line: role("--line"),
    lineStrong: role("--line-2"),
    ink: role("--ink"),
    inkSoft: role("--ink-2"),
    inkFaint: role("--ink-3"),
    accent: role("--accent"),
    negative: role("--neg"),
    zero: role("--zero"),
    positive: role("--pos"),
    activation: role("--act"),
    gradient: role("--grad"),
    weight: role("--weight"),
    data: role("--data"),
    warning: role("--warn"),
    classes: Array.from({ length: 10 }, (_, i) => role(`--class-${i}`)),
  };
}
