import { describe, expect, test } from "vitest";
import type { Palette } from "./colour";
import {
  columns,
  increments,
  logRange,
  multiples,
  options,
  structure,
  valueAt,
  xRange,
  yRange,
  type PlotLine,
  type Reading,
} from "./plot";

const palette = { inkFaint: [0, 0, 0], line: [0, 0, 0] } as unknown as Palette;
const READING: Reading = { log: false, axis: "step", reach: null };

function line(name: string, width: number, band = false): PlotLine {
  const at = (...values: number[]) => Float64Array.from(values);
  const curve = { width, step: at(1, 2), min: at(1, 2), mean: at(3, 4), max: at(5, 6), last: at(7, 8) };
  return { name, colour: [1, 2, 3], dash: [], band, curve };
}

describe("columns", () => {
  test("a bucket of one step is that step, a wider one its mean", () => {
    expect(columns([line("a", 1)], false)).toEqual([[1, 2], [7, 8]]);
    expect(columns([line("a", 2)], false)).toEqual([[1, 2], [3, 4]]);
  });

  test("a band brings the least and the largest of each bucket", () => {
    expect(columns([line("a", 2, true)], false)).toEqual([[1, 2], [3, 4], [1, 2], [5, 6]]);
  });

  test("a line without values yet is empty", () => {
    expect(columns([{ ...line("a", 1), curve: null }], false)).toEqual([[], []]);
  });
});

test("each column has its series, and each band its two edges", () => {
  const lines = [line("a", 1, true), line("b", 1), line("c", 1, true)];
  const made = options(lines, () => READING, { width: 300, height: 100 }, palette);
  expect(made.series).toHaveLength(columns(lines, false).length);
  expect(made.bands!.map((band) => band.series)).toEqual([[5, 4], [7, 6]]);
});

test("new values keep the structure, another dash or scale changes it", () => {
  const before = structure([line("a", 1)], READING);
  expect(structure([line("a", 2)], READING)).toBe(before);
  expect(structure([{ ...line("a", 1), dash: [4, 2] }], READING)).not.toBe(before);
  expect(structure([line("a", 1)], { ...READING, log: true })).not.toBe(before);
});

describe("ranges", () => {
  test("never are empty, whatever was measured", () => {
    expect(xRange(null, null)).toEqual([0, 10]);
    expect(xRange(3, 3)).toEqual([3, 4]);
    expect(yRange(null, null)).toEqual([0, 1]);
    expect(yRange(0, 0)).toEqual([0, 1]);
    expect(yRange(3, 3)).toEqual([0, 6]);
    expect(yRange(-2, -2)).toEqual([-4, 1]);
    expect(logRange(null, null)).toEqual([-1, 0]);
    expect(logRange(Infinity, -Infinity)).toEqual([-1, 0]);
    const [low, high] = logRange(2, 2);
    expect(low).toBeLessThan(2);
    expect(high).toBeGreaterThan(2);
  });

  test("reach as far as a chart is told to, and further where there are values", () => {
    expect(xRange(1, 300, [0, 400])).toEqual([0, 400]);
    expect(xRange(1, 500, [0, 400])).toEqual([0, 500]);
    expect(xRange(null, null, [0, 400])).toEqual([0, 400]);
    expect(xRange(null, null, [0, 0])).toEqual([0, 10]);
  });

  test("a loss is seen from zero, an R² of −3 … −1 around its values", () => {
    expect(yRange(0.1, 1)[0]).toBe(0);
    expect(yRange(-3, -1)[0]).toBeLessThan(-3);
  });
});

test("the read-out takes a line's own value, else the last one before the cursor", () => {
  const data = [[1, 2, 3], [9, undefined, null], [undefined, undefined, 4]] as const;
  const at = (line: number, index: number) => valueAt(data as unknown as Parameters<typeof valueAt>[0], line, index);
  expect(at(0, 1)).toBe(9);
  expect(at(0, 2)).toBeNull();
  expect(at(1, 1)).toBeNull();
  expect(valueAt([[1], [2]], 0, 0, true)).toBe(100);
});

test("ticks are round for any span that float32 has", () => {
  for (const high of [2e-7, 0.8, 3, 45, 2e35, 3e38]) {
    const [by] = increments(high).filter((step) => high / step <= 6);
    const found = multiples(null, 1, 0, high, by!);
    expect(found.length).toBeGreaterThanOrEqual(3);
    expect(found.length).toBeLessThanOrEqual(7);
    expect(found.at(-1)!).toBeLessThanOrEqual(high * (1 + 1e-9));
  }
  expect(multiples(null, 1, -1.2, 1.2, 0.5)).toEqual([-1, -0.5, 0, 0.5, 1]);
});
