import { expect, test } from "vitest";
import { extentOf, nearest, range, toData, toPixel, type Extent } from "./plane";

const extent: Extent = { x: [-2, 2], y: [-1, 1] };

test("up is up: the largest y is at the top", () => {
  expect(toPixel({ x: -2, y: 1 }, extent, 100, 50)).toEqual({ x: 0, y: 0 });
  expect(toPixel({ x: 2, y: -1 }, extent, 100, 50)).toEqual({ x: 100, y: 50 });
});

test("a click comes back as the point that was clicked", () => {
  const point = { x: 0.7, y: -0.3 };
  const back = toData(toPixel(point, extent, 380, 300), extent, 380, 300);
  expect(back.x).toBeCloseTo(point.x);
  expect(back.y).toBeCloseTo(point.y);
});

test("an extent holds its points with a margin, and is never empty", () => {
  expect(extentOf([{ x: 0, y: 0 }, { x: 1, y: 2 }], 0.1)).toEqual({ x: [-0.1, 1.1], y: [-0.2, 2.2] });
  expect(extentOf([])).toEqual({ x: [-1, 1], y: [-1, 1] });
  expect(range([5, NaN])).toEqual([4, 6]);
});

test("the nearest point is found within reach only", () => {
  const pixels = [{ x: 0, y: 0 }, { x: 10, y: 0 }];
  expect(nearest(pixels, { x: 8, y: 0 }, 5)).toBe(1);
  expect(nearest(pixels, { x: 50, y: 0 }, 5)).toBeNull();
});
