import { describe, expect, it } from "vitest";
import {
  callsOfLine,
  cellsOf,
  elementText,
  gridText,
  indexAt,
  isTextbookMatmul,
  moved,
  namesIn,
  placeOf,
  placesOf,
  problemsOfCall,
  shortGridText,
  signOf,
  windowText,
} from "./lens";
import type { Call, CodeProblem, Grid, Item, Operand } from "./protocol";

function grid(value: Item[][], rest: Partial<Grid> = {}): Grid {
  return { slices: [], row: 0, column: 0, value, low: null, high: null, ...rest };
}

function operand(shape: number[], value: Grid): Operand {
  return { name: "a", shape, dtype: "float32", storage: 1, value };
}

describe("a window of a tensor", () => {
  const window = grid([[1, 2], [3, 4]], { slices: [2], row: 10, column: 5 });

  it("knows the index of what stands at a place, and the way back", () => {
    expect(indexAt(window, 3, { row: 1, column: 0 })).toEqual([2, 11, 5]);
    expect(placeOf(window, [2, 11, 5])).toEqual({ row: 1, column: 0 });
  });

  it("does not show other slices, rows and columns", () => {
    expect(placeOf(window, [1, 11, 5])).toBeNull();
    expect(placeOf(window, [2, 9, 5])).toBeNull();
    expect(placeOf(window, [2, 11, 7])).toBeNull();
    expect([...placesOf(window, [[2, 10, 6], [0, 10, 6]])]).toEqual(["0,1"]);
  });

  it("is one row for a vector and one cell for a number", () => {
    expect(indexAt(grid([[1, 2, 3]], { column: 4 }), 1, { row: 0, column: 2 })).toEqual([6]);
    expect(indexAt(grid([[7]]), 0, { row: 0, column: 0 })).toEqual([]);
    expect(placeOf(grid([[7]]), [])).toEqual({ row: 0, column: 0 });
  });

  it("says what it leaves out, and nothing where it shows all", () => {
    expect(windowText(operand([4, 40, 7], window))).toBe("slice [2], rows 10–11 of 40, columns 5–6 of 7");
    expect(windowText(operand([2, 2], grid([[1, 2], [3, 4]])))).toBe("");
    expect(windowText(operand([], grid([[1]])))).toBe("");
  });

  it("becomes cells that know their index", () => {
    expect(cellsOf(operand([2], grid([[5, 6]])))).toEqual([
      [
        { index: [0], value: 5, ghost: false },
        { index: [1], value: 6, ghost: false },
      ],
    ]);
  });
});

describe("text", () => {
  it("names elements as code does", () => {
    expect(elementText("a", [1, 0])).toBe("a[1, 0]");
    expect(elementText("loss", [])).toBe("loss");
  });

  it("writes a window on one line", () => {
    expect(gridText(grid([[4]]))).toBe("4");
    expect(gridText(grid([[4, "nan"]]))).toBe("[4, nan]");
    expect(gridText(grid([[1, 2], [3, -4]]))).toBe("[[1, 2], [3, −4]]");
    expect(shortGridText(grid([[1 / 3, true]]))).toBe("[0.333, True]");
  });

  it("knows the signs of operators, in place too", () => {
    expect(signOf("add")).toBe("+");
    expect(signOf("mul_")).toBe("×");
    expect(signOf("conv2d")).toBeNull();
  });
});

describe("keys on a grid", () => {
  it("move by one and stay inside", () => {
    expect(moved("ArrowRight", { row: 0, column: 0 }, 2, 3)).toEqual({ row: 0, column: 1 });
    expect(moved("ArrowUp", { row: 0, column: 1 }, 2, 3)).toEqual({ row: 0, column: 1 });
    expect(moved("End", { row: 1, column: 0 }, 2, 3)).toEqual({ row: 1, column: 2 });
    expect(moved("a", { row: 1, column: 0 }, 2, 3)).toBeNull();
  });
});

it("only matrices are drawn as the textbook draws a product", () => {
  const matrix = operand([2, 2], grid([[1, 2], [3, 4]]));
  const vector = operand([2], grid([[1, 2]]));
  expect(isTextbookMatmul([matrix, matrix], [matrix])).toBe(true);
  expect(isTextbookMatmul([matrix, vector], [vector])).toBe(false);
});

it("a call has the problems that stand at its very place", () => {
  const place = { line: 2, column: 4, end_line: 2, end_column: 9 };
  const problem: CodeProblem = { ...place, message: "no", fix: null, severity: "error" };
  const wider = { ...problem, end_column: 12 };
  expect(problemsOfCall(place as Call, [problem, wider])).toEqual([problem]);
});

it("calls on one line are listed once each, with the newest round of a loop", () => {
  const made = (id: number, line: number, column: number, kind: Call["kind"] = "elementwise"): Call =>
    ({ id, line, column, end_line: line, end_column: column + 1, kind }) as Call;
  const [older, product, sum, elsewhere, newer] = [made(1, 4, 2), made(2, 4, 5), made(3, 4, 8), made(4, 5, 2), made(5, 4, 2)];
  const calls = [made(0, 4, 0, "create"), older, product, sum, elsewhere, newer];

  expect(callsOfLine(calls, sum)).toEqual([newer, product, sum]);
  expect(callsOfLine(calls, older)).toEqual([older, product, sum]);
});

it("tensors of a call are called by name or place, and what is written in place as before and after", () => {
  const named = (name: string | null): Operand => ({ ...operand([1], grid([[1]])), name });
  const call = { kind: "elementwise", inputs: [named("x"), named(null)], outputs: [named("z")] } as unknown as Call;
  expect(namesIn(call)).toEqual({ names: ["x", "input 2"], result: "z" });
  const write = { kind: "write", inputs: [named("x"), named("y")], outputs: [named(null)] } as unknown as Call;
  expect(namesIn(write)).toEqual({ names: ["x before", "y"], result: "x" });
});
