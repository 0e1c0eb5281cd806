import { expect, test } from "vitest";
import { withNumber } from "./perOutput";

test("the first weight that is set gives the other classes a weight of 1", () => {
  expect(withNumber(null, 3, 1, 4.5)).toEqual([1, 4.5, 1]);
});

test("another weight leaves the others", () => {
  expect(withNumber([0.5, 4.5], 2, 0, 2)).toEqual([2, 4.5]);
  expect(withNumber([0.5, 4.5], 2, 0, null)).toEqual([1, 4.5]);
});

test("weights that are all 1 are none", () => {
  expect(withNumber([1, 4.5], 2, 1, null)).toBeNull();
  expect(withNumber(null, 2, 1, 1)).toBeNull();
});

test("there are as many as outputs, whatever there was before", () => {
  expect(withNumber([2, 3], 3, 0, 4)).toEqual([4, 3, 1]);
  expect(withNumber([2, 3, 5], 2, 0, 4)).toEqual([4, 3]);
});
