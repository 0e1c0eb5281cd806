import { describe, expect, test } from "vitest";
import { contrast, css, diverging, inkOn, mix, parseColour, sequential, type Palette } from "./colour";

const palette = {
  negative: [232, 121, 27],
  zero: [236, 239, 242],
  positive: [33, 102, 201],
} as unknown as Palette;

describe("reading colours", () => {
  test("hex, short hex and rgb() are the same colour", () => {
    expect(parseColour(" #ff8800 ")).toEqual([255, 136, 0]);
    expect(parseColour("#f80")).toEqual([255, 136, 0]);
    expect(parseColour("rgb(255, 136, 0)")).toEqual([255, 136, 0]);
    expect(parseColour("rgb(255 136 0 / 0.5)")).toEqual([255, 136, 0]);
  });

  test("what is no colour is an error that names it", () => {
    expect(() => parseColour("bluish")).toThrow('"bluish"');
  });

  test("colours are written back for the canvas", () => {
    expect(css([1.4, 2, 3])).toBe("rgb(1 2 3)");
    expect(css([1, 2, 3], 0.5)).toBe("rgb(1 2 3 / 0.5)");
  });
});

describe("scales", () => {
  test("zero is neutral, the bounds take the full hue, beyond them it is clamped", () => {
    expect(diverging(0, 2, palette)).toEqual(palette.zero);
    expect(diverging(-2, 2, palette)).toEqual(palette.negative);
    expect(diverging(9, 2, palette)).toEqual(palette.positive);
  });

  test("a bound of zero paints everything neutral instead of dividing by it", () => {
    expect(diverging(0, 0, palette)).toEqual(palette.zero);
    expect(sequential(0, 0, [0, 0, 0], palette)).toEqual(palette.zero);
  });

  test("mixing takes NaN as no share", () => {
    expect(mix([0, 0, 0], [10, 10, 10], NaN)).toEqual([0, 0, 0]);
    expect(mix([0, 0, 0], [10, 10, 10], 0.5)).toEqual([5, 5, 5]);
  });
});

test("ink is chosen so that numbers can be read on any cell", () => {
  for (let level = 0; level <= 255; level++) {
    expect(contrast([level, level, level], inkOn([level, level, level]))).toBeGreaterThan(4.5);
  }
  expect(contrast([0, 0, 0], [255, 255, 255])).toBeCloseTo(21);
});
