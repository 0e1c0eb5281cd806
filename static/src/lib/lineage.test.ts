import { expect, test } from "vitest";
import { joined } from "./lineage";

const curve = (steps: number[], width = 1) => {
  const values = Float64Array.from(steps, (step) => step / 10);
  return { width, step: Float64Array.from(steps), min: values, mean: values, max: values, last: values };
};

test("a parent's curve ends where the branch left it", () => {
  const way = joined([{ curve: curve([1, 2, 3, 4]), until: 2 }])!;
  expect([...way.step]).toEqual([1, 2]);
  expect([...way.last]).toEqual([0.1, 0.2]);
});

test("the way leads through all parents in their order", () => {
  const way = joined([
    { curve: curve([2, 4, 6], 2), until: 4 },
    { curve: curve([5, 6, 7]), until: 6 },
  ])!;
  expect([...way.step]).toEqual([2, 4, 5, 6]);
  expect(way.width).toBe(2);
});

test("without a parent that is known there is no way to draw", () => {
  expect(joined([])).toBeNull();
  expect(joined([{ curve: null, until: 5 }])).toBeNull();
});
