import { describe, expect, test } from "vitest";
import type { Grid } from "../protocol";
import { isCut, sliced, stepped, wayOut } from "./window";

const grid = (row: number, column: number, slices: number[] = []): Grid => ({
  slices,
  row,
  column,
  value: Array.from({ length: 8 }, () => Array<number>(8).fill(0)),
  low: 0,
  high: 0,
});

describe("the window of a large tensor", () => {
  test("moves on by what it shows, less one, and stops at the end", () => {
    expect(stepped(grid(0, 0), [20, 100], "down")).toEqual({ slices: [], row: 7, column: 0 });
    expect(stepped(grid(7, 0), [20, 100], "down")).toEqual({ slices: [], row: 12, column: 0 });
    expect(stepped(grid(12, 0), [20, 100], "down")).toBeNull();
    expect(stepped(grid(3, 0), [20, 100], "up")).toEqual({ slices: [], row: 0, column: 0 });
    expect(stepped(grid(0, 0), [20, 100], "left")).toBeNull();
  });

  test("keeps its slice, and its place in another slice", () => {
    expect(stepped(grid(0, 0, [2]), [3, 20, 100], "right")).toEqual({ slices: [2], row: 0, column: 7 });
    expect(sliced(grid(4, 5, [2, 0]), 1, 3)).toEqual({ slices: [2, 3], row: 4, column: 5 });
  });

  test("knows whether it leaves something out", () => {
    expect(isCut(grid(0, 0), [8, 8])).toBe(false);
    expect(isCut(grid(0, 0), [9, 8])).toBe(true);
  });

  test("is left by an arrow key at its edge only", () => {
    expect(wayOut("ArrowDown", 7, 3, grid(0, 0))).toBe("down");
    expect(wayOut("ArrowDown", 6, 3, grid(0, 0))).toBeNull();
    expect(wayOut("ArrowLeft", 2, 0, grid(0, 0))).toBe("left");
    expect(wayOut("Enter", 0, 0, grid(0, 0))).toBeNull();
  });
});
