import { describe, expect, test } from "vitest";
import { badge, barShare, boundOf, byPhase, cellsOf, factsOf, indexOf, markOf, placeText } from "./detective";
import type { ChainCall, FindingReply, FoundTensor } from "./protocol";

const tensor = (part: Partial<FoundTensor> = {}): FoundTensor => ({
  name: "weight",
  shape: [2, 3],
  dtype: "float32",
  smallest: -3,
  largest: 1e30,
  not_finite: 1,
  values: [[1e30, "inf"], [-3, 0.5]],
  row: 0,
  column: 1,
  marked: [0, 2],
  at: [0, 2],
  histogram: null,
  ...part,
});

describe("a bar", () => {
  test("grows with the logarithm, and what is not finite fills it", () => {
    expect(barShare(null)).toBe(1);
    expect(barShare(0)).toBe(0);
    expect(barShare(1e20) - barShare(1e10)).toBeCloseTo(barShare(1e10) - barShare(1));
    expect(barShare(3.4e38)).toBeGreaterThan(0.99);
    expect(barShare(1e-30)).toBe(0.01);
  });
});

describe("a tensor at the scene", () => {
  test("has the index of each cell, and its mark inside the window", () => {
    expect(cellsOf(tensor())[0]!.map(({ index }) => index)).toEqual([[0, 1], [0, 2]]);
    expect(markOf(tensor())).toBe("0,1");
  });

  test("of more dimensions is a table of its last one", () => {
    expect(indexOf([2, 3, 4], 5, 1)).toEqual([1, 2, 1]);
    expect(indexOf([4], 0, 2)).toEqual([2]);
    expect(indexOf([], 0, 0)).toEqual([]);
  });

  test("takes its colours from what is finite", () => {
    expect(boundOf(tensor())).toBe(1e30);
    expect(boundOf(tensor({ values: [["nan"]] }))).toBe(0);
  });

  test("is said in words", () => {
    expect(factsOf(tensor())).toBe("[2, 3], float32, −3 to 1e+30, 1 not finite");
    expect(factsOf(tensor({ smallest: null, largest: null, not_finite: 6 }))).toBe("[2, 3], float32, 6 not finite");
    expect(placeText(tensor())).toBe("weight[0, 2]");
    expect(placeText(tensor({ at: [] }))).toBe("weight");
  });
});

test("calls stand under their phases", () => {
  const call = (phase: ChainCall["phase"], op: string): ChainCall => ({ phase, layer: null, op, largest: 1, times: 1 });
  const groups = byPhase([call("forward", "a"), call("forward", "b"), call("loss", "c")]);
  expect(groups.map(({ phase, calls }) => [phase, calls.length])).toEqual([["forward", 2], ["loss", 1]]);
});

test("a card says what its layer did", () => {
  const finding = { step: 37, value: "inf", headline: "Step 37, forward: Linear 2 made the first inf", arithmetic: "1 = 2" };
  expect(badge(finding as FindingReply).text).toBe("first inf in step 37");
});
