import { expect, test } from "vitest";
import { itemText, numberOf } from "./values";

test("cells are short, and what is no number says so", () => {
  expect([1 / 3, 12345678, 0.00004, -2].map((v) => itemText(v, false))).toEqual(["0.3333", "1.2e+7", "4.0e-5", "−2"]);
  expect([true, "nan", "-inf"].map((v) => itemText(v, false))).toEqual(["True", "nan", "−inf"]);
  expect(itemText(12345678, true)).toBe("12345678");
  expect(["nan", "inf", "-inf", true].map(numberOf)).toEqual([NaN, Infinity, -Infinity, 1]);
});
