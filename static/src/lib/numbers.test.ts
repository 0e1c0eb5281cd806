import { describe, expect, test } from "vitest";
import { formatCount, formatNumber, formatPercent, formatShape, formatStep, logTicks, tickLabel, ticks } from "./numbers";

describe("numbers as text", () => {
  test.each([
    [0, "0"],
    [1, "1"],
    [0.041234, "0.04123"],
    [12.3456, "12.35"],
    [1923, "1923"],
    [-0.5, "−0.5"],
    [100, "100"],
    [0.00021, "2.1e-4"],
    [1_200_000, "1.2e+6"],
    [-3e-9, "−3e-9"],
  ])("%d is written %s", (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  test("a small number keeps as many digits as a large one", () => {
    expect(formatNumber(0.0134, 2)).toBe("0.013");
    expect(formatNumber(0.134, 2)).toBe("0.13");
  });

  test("no number has words of its own", () => {
    expect(formatNumber(null)).toBe("–");
    expect(formatNumber(undefined)).toBe("–");
    expect(formatNumber(NaN)).toBe("NaN");
    expect(formatNumber(-Infinity)).toBe("−∞");
    expect(formatPercent(null)).toBe("–");
  });

  test("counts, shares, steps and shapes", () => {
    expect(formatCount(1923)).toBe("1,923");
    expect(formatPercent(0.975)).toBe("97.5 %");
    expect(formatPercent(1)).toBe("100 %");
    expect([0, 500, 1500, 2_000_000].map(formatStep)).toEqual(["0", "500", "1.5k", "2M"]);
    expect(formatShape([32, 2])).toBe("[32, 2]");
    expect(formatShape([])).toBe("[]");
  });
});

describe("ticks", () => {
  test("have short labels that lose no order of magnitude", () => {
    expect([0, 0.25, 1, 120, -0.5].map(tickLabel)).toEqual(["0", "0.25", "1", "120", "−0.5"]);
    expect([0.001, 2_500_000, -1e-4].map(tickLabel)).toEqual(["1e-3", "2.5e+6", "−1e-4"]);
  });

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

describe("ticks of a log axis", () => {
  test("are powers of ten", () => {
    expect(logTicks(0.005, 20)).toEqual([0.01, 0.1, 1, 10]);
    expect(logTicks(0.1, 1)).toEqual([0.1, 1]);
  });

  test("are closer within one decade", () => {
    expect(logTicks(0.2, 0.6)).toEqual([0.2, 0.5]);
    expect(logTicks(0.15, 3)).toEqual([0.2, 0.5, 1, 2]);
  });

  test("are few, however far apart the ends", () => {
    expect(logTicks(1e-30, 1).length).toBeLessThanOrEqual(7);
    expect(logTicks(5e-324, 1e300).length).toBeLessThanOrEqual(7);
  });

  test("are none where a log axis has no meaning", () => {
    expect([logTicks(0, 1), logTicks(-1, 1), logTicks(NaN, 1), logTicks(1, Infinity)]).toEqual([[], [], [], []]);
  });
});
