import { describe, expect, test } from "vitest";
import { asSheet, freeName, inputsOf, itemText, NOTHING, numberOf, readShape, slices, usersOf, without } from "./tensors";

describe("names", () => {
  test("go through the alphabet, pass over what is taken, and do not end at z", () => {
    expect(freeName([])).toBe("a");
    expect(freeName(["a", "b", "d"])).toBe("c");
    expect(freeName([..."abcdefghijklmnopqrstuvwxyz"])).toBe("a1");
  });
});

describe("shapes as typed", () => {
  test.each([
    ["2, 3", [2, 3]],
    ["[2,3]", [2, 3]],
    ["(4,)", [4]],
    ["2 x 3 x 4", [2, 3, 4]],
    ["2 3", [2, 3]],
    ["", []],
    ["[]", []],
    ["0", [0]],
  ])("%j is read", (text, shape) => {
    expect(readShape(text)).toEqual(shape);
  });

  test.each(["2, -3", "two", "1.5", "2,,3"])("%j is no shape", (text) => {
    expect(readShape(text)).toBeNull();
  });
});

describe("the inputs of an op", () => {
  const op = (least: number, most: number) =>
    ({ least_inputs: least, most_inputs: most }) as Parameters<typeof inputsOf>[0];

  test("are the newest tensors", () => {
    expect(inputsOf(op(1, 1), ["a", "b", "c"], [])).toEqual(["c"]);
    expect(inputsOf(op(2, 2), ["a", "b", "c"], [])).toEqual(["b", "c"]);
    expect(inputsOf(op(1, 3), ["a", "b"], [])).toEqual(["a", "b", ""]);
  });

  test("leave an optional second one out while there is only one tensor, and repeat a needed one", () => {
    expect(inputsOf(op(1, 2), ["a"], [])).toEqual(["a", ""]);
    expect(inputsOf(op(2, 2), ["a"], [])).toEqual(["a", "a"]);
  });

  test("are what was chosen, as long as it is still there", () => {
    expect(inputsOf(op(1, 2), ["a", "b"], ["b", ""])).toEqual(["b", ""]);
    expect(inputsOf(op(2, 2), ["a", "b"], ["z", "a"])).toEqual(["a", "a"]);
  });
});

describe("a sheet", () => {
  const sheet = {
    statements: [
      { name: "a", op: "ones" },
      { name: "b", op: "sum", inputs: ["a"] },
    ],
    backward: "b",
  };

  test("knows who uses a tensor", () => {
    expect(usersOf("a", sheet.statements)).toEqual(["b"]);
    expect(usersOf("b", sheet.statements)).toEqual([]);
  });

  test("loses a tensor together with its backward", () => {
    expect(without("b", sheet)).toEqual({ statements: [sheet.statements[0]], backward: null });
  });

  test("comes back from storage, or is empty where storage holds something else", () => {
    expect(asSheet(JSON.parse(JSON.stringify(sheet)))).toEqual(sheet);
    for (const other of [null, 3, "x", {}, { statements: [1] }]) expect(asSheet(other)).toEqual(NOTHING);
  });
});

describe("values as grids", () => {
  test("a number, a vector and a matrix are one grid", () => {
    expect(slices(5)).toEqual([{ index: "", rows: [[5]] }]);
    expect(slices([1, 2])).toEqual([{ index: "", rows: [[1, 2]] }]);
    expect(slices([[1], [2]])).toEqual([{ index: "", rows: [[1], [2]] }]);
    expect(slices([])).toEqual([{ index: "", rows: [] }]);
  });

  test("deeper tensors are matrices with their index", () => {
    expect(slices([[[1]], [[2]]])).toEqual([
      { index: "[0]", rows: [[1]] },
      { index: "[1]", rows: [[2]] },
    ]);
    expect(slices([[[[1]], [[2]]]]).map((slice) => slice.index)).toEqual(["[0, 0]", "[0, 1]"]);
  });

  test("cells are short, and what is no number says so", () => {
    expect([1 / 3, 12345678, 0.00004, -2].map((v) => itemText(v, false))).toEqual(["0.3333", "1.2e+7", "4.0e-5", "−2"]);
    expect([true, "nan", "-inf"].map((v) => itemText(v, false))).toEqual(["True", "nan", "−inf"]);
    expect(itemText(12345678, true)).toBe("12345678");
    expect(["nan", "inf", "-inf", true].map(numberOf)).toEqual([NaN, Infinity, -Infinity, 1]);
  });
});
