import { expect, test } from "vitest";
import { rowShares, score, worst } from "./confusion";

const matrix = { classes: ["cat", "dog", "owl"], counts: [8, 2, 0, 1, 9, 0, 0, 3, 0] };

test("the diagonal is what was right", () => {
  expect(score(matrix)).toEqual({ right: 17, total: 23 });
});

test("shares are of the row, and a class without samples has none", () => {
  expect(rowShares(matrix).slice(0, 3)).toEqual([0.8, 0.2, 0]);
  expect(rowShares({ classes: ["a", "b"], counts: [0, 0, 1, 1] })).toEqual([0, 0, 0.5, 0.5]);
});

test("the worst mistake is named, and none where all is right", () => {
  expect(worst(matrix)).toEqual({ truth: "owl", said: "dog", count: 3 });
  expect(worst({ classes: ["a", "b"], counts: [5, 0, 0, 5] })).toBeNull();
});
