/** Where elements stand: in a tensor, and in the window of it that is shown. */

import { formatNumber } from "./numbers";
import type { Call, CodeProblem, Grid, Item, Operand } from "./protocol";
import { itemText } from "./tensors/values";

/** A place in a window, counted from its corner. */
export interface Place {
  row: number;
  column: number;
}

/** One cell as it is drawn; `ghost` is a copy that only broadcasting makes, and null an element not in the window. */
export interface Cell {
  index: readonly number[];
  value: Item | null;
  ghost: boolean;
}

/** The index of the element that a window shows at a place; a vector is one row, a number one cell. */
export function indexAt(grid: Grid, dims: number, { row, column }: Place): number[] {
  if (dims === 0) return [];
  if (dims === 1) return [grid.column + column];
  return [...grid.slices, grid.row + row, grid.column + column];
}

/** Where a window shows an element; null outside it. */
export function placeOf(grid: Grid, index: readonly number[]): Place | null {
  const inSlice = index.slice(0, -2).every((at, i) => at === grid.slices[i]);
  const row = index.length > 1 ? index.at(-2)! - grid.row : 0;
  const column = index.length > 0 ? index.at(-1)! - grid.column : 0;
  const inside = inSlice && row >= 0 && row < grid.value.length && column >= 0 && column < grid.value[row]!.length;
  return inside ? { row, column } : null;
}

/** The window of an operand as cells. */
export function cellsOf({ value: grid, shape }: Pick<Operand, "value" | "shape">): Cell[][] {
  return grid.value.map((items, row) =>
    items.map((value, column) => ({
      index: indexAt(grid, shape.length, { row, column }),
      value,
      ghost: false,
    })),
  );
}

/** What of a tensor its window leaves out, in words; empty where it shows all. */
export function windowText({ value: grid, shape }: Pick<Operand, "value" | "shape">): string {
  const [rows, columns] = [grid.value.length, grid.value[0]?.length ?? 0];
  const parts: string[] = [];
  if (grid.slices.length > 0) parts.push(`slice [${grid.slices.join(", ")}]`);
  if (shape.length > 1 && rows < shape.at(-2)!) parts.push(`rows ${span(grid.row, rows)} of ${shape.at(-2)!}`);
  if (shape.length > 0 && columns < shape.at(-1)!) {
    parts.push(`columns ${span(grid.column, columns)} of ${shape.at(-1)!}`);
  }
  return parts.join(", ");
}

function span(from: number, count: number): string {
  return count > 1 ? `${from}–${from + count - 1}` : String(from);
}

/** An element as code writes it: `a[1, 0]`, and `a` where the tensor is one number. */
export function elementText(name: string, index: readonly number[]): string {
  return index.length > 0 ? `${name}[${index.join(", ")}]` : name;
}

/** What the tensors of a call are called; one that is written in place has its name, and `before` it was written. */
export function namesIn({ kind, inputs, outputs }: Call, output = 0): { names: string[]; result: string } {
  const names = inputs.map(({ name }, place) => name ?? `input ${place + 1}`);
  const written = kind === "write" ? names[0] : undefined;
  if (written !== undefined) names[0] = `${written} before`;
  return { names, result: outputs[output]?.name ?? written ?? "result" };
}

/** Where a key leads in a grid of this size; null for a key that does not move. */
export function moved(key: string, { row, column }: Place, rows: number, columns: number): Place | null {
  const to: Record<string, Place> = {
    ArrowUp: { row: row - 1, column },
    ArrowDown: { row: row + 1, column },
    ArrowLeft: { row, column: column - 1 },
    ArrowRight: { row, column: column + 1 },
    Home: { row, column: 0 },
    End: { row, column: columns - 1 },
  };
  const next = to[key];
  if (!next) return null;
  return { row: clamp(next.row, rows), column: clamp(next.column, columns) };
}

function clamp(at: number, count: number): number {
  return Math.max(0, Math.min(count - 1, at));
}

/** The end of an operand's colour scale, which goes from −bound to bound. */
export function boundOf({ low, high }: Pick<Grid, "low" | "high">): number {
  return Math.max(Math.abs(low ?? 0), Math.abs(high ?? 0));
}

export function isWhole(dtype: string): boolean {
  return /int|bool/.test(dtype);
}

/** A place as a set holds it. */
export function placeKey({ row, column }: Place): string {
  return `${row},${column}`;
}

/** The places of a window at which these elements stand; what lies outside it is left out. */
export function placesOf(grid: Grid, indices: readonly (readonly number[])[]): Set<string> {
  const places = indices.map((index) => placeOf(grid, index));
  return new Set(places.filter((place) => place !== null).map(placeKey));
}

const SIGNS: Readonly<Record<string, string>> = {
  add: "+",
  sub: "−",
  mul: "×",
  div: "÷",
  floor_divide: "//",
  remainder: "%",
  pow: "**",
  matmul: "@",
  mm: "@",
  bmm: "@",
  mv: "@",
  eq: "==",
  ne: "!=",
  lt: "<",
  le: "≤",
  gt: ">",
  ge: "≥",
};

/** What stands between the operands of a call: `+` for add; null where the op is no operator. */
export function signOf(op: string): string | null {
  return SIGNS[op.replace(/_$/, "")] ?? null;
}

/** Whether two matrices can be drawn as the textbook does: the second above the result, the first beside it. */
export function isTextbookMatmul(inputs: readonly Operand[], outputs: readonly Operand[]): boolean {
  return inputs.length === 2 && outputs.length === 1 && [...inputs, ...outputs].every(({ shape }) => shape.length === 2);
}

/** A window as text on one line: `[4, 5]`, `[[1, 2], [3, 4]]`; one number stands bare. */
export function gridText({ value }: Pick<Grid, "value">, text = (item: Item): string => itemText(item, false)): string {
  const rows = value.map((row) => row.map(text).join(", "));
  if (rows.length === 1) return value[0]!.length === 1 ? rows[0]! : `[${rows[0]!}]`;
  return `[${rows.map((row) => `[${row}]`).join(", ")}]`;
}

/** The same in three digits, for where there is little room. */
export function shortGridText(grid: Pick<Grid, "value">): string {
  return gridText(grid, (item) => (typeof item === "number" ? formatNumber(item, 3) : itemText(item, false)));
}

/** What is said about a call: the problems at its very place in the program. */
export function problemsOfCall(call: Call, problems: readonly CodeProblem[]): CodeProblem[] {
  return problems.filter((problem) => placeInCode(problem) === placeInCode(call));
}

/** The calls on a call's line, in the order of the program; of those that a loop repeats this one, else the newest. */
export function callsOfLine(calls: readonly Call[], call: Call): Call[] {
  const here = new Map<string, Call>();
  for (const one of calls) {
    if (one.line === call.line && one.kind !== "create") here.set(nameInCode(one), one);
  }
  here.set(nameInCode(call), call);
  return [...here.values()];
}

/** The layers of one model are called at one place, each under its own text. */
function nameInCode(call: Call): string {
  return `${placeInCode(call)} ${call.text}`;
}

function placeInCode(one: Call | CodeProblem): string {
  return [one.line, one.column, one.end_line, one.end_column].join();
}
