import { describe, expect, test } from "vitest";
import { formatStep, tickLabel, ticks } from "./axis";

test("tick labels are short and lose no order of magnitude", () => {
  expect([0, 0.25, 1, 120, -0.5].map(tickLabel)).toEqual(["0", "0.25", "1", "120", "−0.5"]);
  expect([0.001, 0.00021, 2_500_000, -1e-4].map(tickLabel)).toEqual(["1e-3", "2.1e-4", "2.5e+6", "−1e-4"]);
});

test("steps are counted in thousands and millions", () => {
  expect([0, 500, 1500, 2_000_000].map(formatStep)).toEqual(["0", "500", "1.5k", "2M"]);
});

describe("ticks", () => {
  test("are round and inside the range", () => {
    expect(ticks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(ticks(-1.3, 1.3, 4)).toEqual([-1, 0, 1]);
    expect(ticks(3, 97, 4)).toEqual([50]);
  });

  test("an empty or endless range has one", () => {
    expect(ticks(2, 2, 5)).toEqual([2]);
    expect(ticks(0, Infinity, 5)).toEqual([0]);
  });
});
