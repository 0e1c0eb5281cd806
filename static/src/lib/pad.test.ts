import { expect, test } from "vitest";
import { empty, erase, ink, stroke } from "./pad";

test("a pen inks its cell and touches the neighbours, and never lightens", () => {
  const once = ink(empty(3), 3, 1, 1);
  expect(once).toEqual([0, 0.35, 0, 0.35, 1, 0.35, 0, 0.35, 0]);
  expect(ink(once, 3, 0, 1)[4]).toBe(1);
});

test("the edge of the pad cuts the pen off instead of wrapping around", () => {
  expect(ink(empty(2), 2, 1, 0)).toEqual([0.35, 1, 0, 0.35]);
});

test("a stroke leaves no gap and has both ends", () => {
  expect(stroke([0, 0], [3, 1])).toEqual([[0, 0], [1, 0], [2, 1], [3, 1]]);
  expect(stroke([2, 2], [2, 2])).toEqual([[2, 2]]);
});

test("erasing takes one cell", () => {
  expect(erase([1, 1, 1, 1], 2, 1, 0)).toEqual([1, 0, 1, 1]);
});
