/** The part of a large tensor that a card shows, and the steps from one part to the next. */
import type { Grid, GridWindow } from "../protocol";

export type Way = "up" | "down" | "left" | "right";

/** How many rows and columns there are in all; a vector is one row, a number 1 × 1. */
export function extent(shape: readonly number[]): { rows: number; columns: number } {
  return { rows: shape.at(-2) ?? 1, columns: shape.at(-1) ?? 1 };
}

/** The window one step further that way, or null where there is nothing more. A step keeps one row or column in view. */
export function stepped(grid: Grid, shape: readonly number[], way: Way): GridWindow | null {
  const { rows, columns } = extent(shape);
  const [high, wide] = [grid.value.length, grid.value[0]?.length ?? 0];
  const row = shift(grid.row, high, rows, { up: -1, down: 1 }[way as "up"] ?? 0);
  const column = shift(grid.column, wide, columns, { left: -1, right: 1 }[way as "left"] ?? 0);
  if (row === grid.row && column === grid.column) return null;
  return { slices: [...grid.slices], row, column };
}

function shift(at: number, shown: number, all: number, by: number): number {
  const step = Math.max(1, shown - 1);
  return Math.max(0, Math.min(at + by * step, Math.max(0, all - shown)));
}

/** The same place in another slice. */
export function sliced(grid: Grid, dim: number, index: number): GridWindow {
  return { slices: grid.slices.map((old, i) => (i === dim ? index : old)), row: grid.row, column: grid.column };
}

/** Whether the window leaves rows or columns out. */
export function isCut(grid: Grid, shape: readonly number[]): boolean {
  const { rows, columns } = extent(shape);
  return grid.value.length < rows || (grid.value[0]?.length ?? 0) < columns;
}

/** The way an arrow key leads out of the window, from a cell at its edge. */
export function wayOut(key: string, row: number, column: number, grid: Grid): Way | null {
  if (key === "ArrowUp" && row === 0) return "up";
  if (key === "ArrowDown" && row === grid.value.length - 1) return "down";
  if (key === "ArrowLeft" && column === 0) return "left";
  if (key === "ArrowRight" && column === (grid.value[0]?.length ?? 0) - 1) return "right";
  return null;
}
