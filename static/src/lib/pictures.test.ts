import { describe, expect, test } from "vitest";
import { classPixels, refine, valuePixels } from "./boundary";
import type { Palette, Rgb } from "./colour";
import { heatmapPixels, inkPixels, largestMagnitude } from "./heatmap";
import { bars, median, positionOf, total } from "./histogram";
import { markPath, shapeOf, SHAPES } from "./marks";

const palette = {
  negative: [255, 0, 0],
  zero: [100, 100, 100],
  positive: [0, 0, 255],
  warning: [255, 255, 0],
  ink: [0, 0, 0],
  classes: [
    [255, 0, 0],
    [0, 0, 255],
  ],
} as unknown as Palette;

const pixel = (pixels: Uint8ClampedArray, i: number): number[] => [...pixels.slice(i * 4, i * 4 + 4)];

describe("heatmaps", () => {
  test("the largest magnitude takes the full hue of its sign", () => {
    const pixels = heatmapPixels([-2, 0, 2], palette);
    expect(pixel(pixels, 0)).toEqual([255, 0, 0, 255]);
    expect(pixel(pixels, 1)).toEqual([100, 100, 100, 255]);
    expect(pixel(pixels, 2)).toEqual([0, 0, 255, 255]);
  });

  test("a value that is not finite is seen, and does not spoil the scale", () => {
    expect(largestMagnitude([1, -Infinity, NaN, -3])).toBe(3);
    expect(pixel(heatmapPixels([NaN, 1], palette), 0)).toEqual([255, 255, 0, 255]);
  });

  test("what is never negative takes one hue", () => {
    const hue: Rgb = [0, 200, 0];
    expect(pixel(heatmapPixels([0, 4], palette, hue), 1)).toEqual([0, 200, 0, 255]);
  });

  test("an image is ink on paper", () => {
    expect(pixel(inkPixels([0, 16], 16, palette), 0)).toEqual([100, 100, 100, 255]);
    expect(pixel(inkPixels([0, 16], 16, palette), 1)).toEqual([0, 0, 0, 255]);
  });
});

describe("the model over the plane", () => {
  test("a guess at random is neutral, certainty is coloured by its class", () => {
    const pixels = classPixels({ winner: [0, 1], confidence: [0.5, 1], classes: 2, rows: 1, columns: 2 }, palette);
    expect(pixel(pixels, 0)).toEqual([100, 100, 100, 255]);
    const [r, , b] = pixel(pixels, 1);
    expect(b).toBeGreaterThan(r!);
  });

  test("a finer grid keeps what is sure, and is undecided half way between two classes", () => {
    const fine = refine({ winner: [0, 1], confidence: [1, 1], classes: 2, rows: 1, columns: 2 }, 4);
    expect(Array.from(fine.winner)).toEqual([...Array(4)].flatMap(() => [0, 0, 0, 0, 1, 1, 1, 1]));
    expect(Array.from(fine.confidence).slice(0, 8)).toEqual([1, 1, 0.875, 0.625, 0.625, 0.875, 1, 1]);
  });

  test("a regression surface is zero-centred", () => {
    expect(pixel(valuePixels([-1, 0], palette), 0)).toEqual([255, 0, 0, 255]);
    expect(pixel(valuePixels([-1, 0], palette), 1)).toEqual([100, 100, 100, 255]);
  });
});

describe("histograms", () => {
  const data = { low: -1, high: 1, counts: [0, 4, 2, 1] };

  test("the fullest bin fills the height, an empty one has none, a rare one is still seen", () => {
    expect(bars(data, 40, 20).map((b) => b.height)).toEqual([0, 20, 10, 5]);
    expect(bars({ ...data, counts: [1, 1000] }, 40, 20)[0]!.height).toBe(1);
  });

  test("no counts at all draw nothing", () => {
    expect(bars({ ...data, counts: [0, 0] }, 10, 10).map((b) => b.height)).toEqual([0, 0]);
    expect(median({ ...data, counts: [0, 0] })).toBeNull();
  });

  test("zero is found inside the range only", () => {
    expect(positionOf(0, data, 40)).toBe(20);
    expect(positionOf(2, data, 40)).toBeNull();
    expect(positionOf(1, { low: 1, high: 1, counts: [5] }, 40)).toBeNull();
  });

  test("the middle value and the total", () => {
    expect(median(data)).toBe(-0.25);
    expect(total(data.counts)).toBe(7);
  });
});

test("every class up to eight has a shape of its own, drawn as a closed path", () => {
  expect(new Set(SHAPES).size).toBe(8);
  for (const shape of SHAPES) expect(markPath(shape, 4)).toMatch(/^M.*Z$/);
  expect(shapeOf(9)).toBe(shapeOf(1));
});
