import { expect, test } from "vitest";
import { gridWidth, itemText, numberOf } from "./values";

test("cells are short, and what is no number says so", () => {
  expect([1 / 3, 12345678, 0.00004, -2].map((v) => itemText(v, false))).toEqual(["0.3333", "1.2e+7", "4.0e-5", "−2"]);
  expect([true, "nan", "-inf"].map((v) => itemText(v, false))).toEqual(["True", "nan", "−inf"]);
  expect(itemText(12345678, true)).toBe("12345678");
  expect(["nan", "inf", "-inf", true].map(numberOf)).toEqual([NaN, Infinity, -Infinity, 1]);
});

test("a window is as wide as the longest numbers of its columns", () => {
  expect(gridWidth({ value: [[1, 2, 3]] }, true)).toBe(128);
  expect(gridWidth({ value: [[1, 2, 0.1234]] }, false)).toBeGreaterThan(135);
  expect(gridWidth({ value: [] }, true)).toBeLessThan(10);
});
