import { describe, expect, test } from "vitest";
import { readLiteral } from "./literal";

describe("numbers as typed or pasted", () => {
  test.each([
    ["[[1, 2], [3, 4]]", "[[1, 2], [3, 4]]"],
    ["[[1, 2],\n [3, 4]]", "[[1, 2], [3, 4]]"],
    ["1, 2, 3", "[1, 2, 3]"],
    ["1 2 3", "[1, 2, 3]"],
    ["5", "5"],
    ["1\t2\n3\t4\n", "[[1, 2], [3, 4]]"],
    ["1;2.5\r\n-3;4e2", "[[1, 2.5], [-3, 4e2]]"],
    ["1,\n2,", "[[1], [2]]"],
    ["True, false", "[True, False]"],
    ["nan 1", '[float("nan"), 1]'],
  ])("%j is read", (typed, text) => {
    expect(readLiteral(typed)).toEqual({ text });
  });

  test.each([
    ["", /Type numbers/],
    ["1, two", /Row 1: “two” is no number/],
    ["1, 2\n3", /Row 2 has 1 numbers, row 1 has 2/],
    ["[[1, 2], [3]", /missing/],
    ["[1)", /no partner/],
  ])("%j is refused in words", (typed, complaint) => {
    expect(readLiteral(typed)).toEqual({ complaint: expect.stringMatching(complaint) as string });
  });
});
