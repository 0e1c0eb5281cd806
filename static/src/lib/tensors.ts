/** The tensor workbench without a page: names, shapes as typed, and values laid out as grids. */

import type { Statement, StatementOp } from "./protocol";

/** What is kept: the statements, and the tensor whose `backward()` was called. */
export interface Sheet {
  statements: Statement[];
  backward: string | null;
}

export const NOTHING: Sheet = { statements: [], backward: null };

/** What the values of a new tensor start with: something that runs, and can require gradients. */
export const EXAMPLES: Record<string, string> = {
  tensor: "[[1., 2.], [3., 4.]]",
  full: "1.5",
  randint: "0, 10",
  arange: "0, 6",
  linspace: "0, 1, 5",
  eye: "3",
};

const LETTERS = "abcdefghijklmnopqrstuvwxyz";

/** The first free name: a … z, then a1 … z1, and so on. */
export function freeName(taken: readonly string[]): string {
  const used = new Set(taken);
  for (let round = 0; ; round++) {
    for (const letter of LETTERS) {
      const name = round === 0 ? letter : `${letter}${round}`;
      if (!used.has(name)) return name;
    }
  }
}

/** `2, 3`, `[2, 3]`, `(2,)` or `2 x 3`; nothing at all is the shape of a single number. Null for no shape. */
export function readShape(text: string): number[] | null {
  const bare = text.trim().replace(/^[[(]|[\])]$/g, "").trim().replace(/,$/, "");
  if (bare === "") return [];
  const parts = bare.split(/\s*[,x×]\s*|\s+/);
  return parts.every((part) => /^\d{1,7}$/.test(part)) ? parts.map(Number) : null;
}

/**
 * The inputs of an op, as many as it can take, empty where none is meant: what was chosen, else the newest tensors.
 *
 * Where a second tensor is optional it is taken if there is one.
 */
export function inputsOf(op: StatementOp, taken: readonly string[], chosen: readonly string[]): string[] {
  const usual = Math.max(op.least_inputs, Math.min(op.most_inputs, 2, taken.length));
  return Array.from({ length: op.most_inputs }, (_, i) => {
    const fallback = i < usual ? (taken.at(i - usual) ?? taken.at(-1) ?? "") : "";
    const wanted = chosen[i] ?? fallback;
    return wanted === "" || taken.includes(wanted) ? wanted : fallback;
  });
}

/** The statements that use this tensor. */
export function usersOf(name: string, statements: readonly Statement[]): string[] {
  return statements.filter((one) => one.inputs?.includes(name)).map((one) => one.name);
}

/** Without this tensor; a `backward()` of it goes with it. */
export function without(name: string, sheet: Sheet): Sheet {
  return {
    statements: sheet.statements.filter((one) => one.name !== name),
    backward: sheet.backward === name ? null : sheet.backward,
  };
}

/** A number; or true, false, nan, inf, -inf as the server writes them. */
export type Item = number | boolean | string;

/** A matrix of a tensor: `index` says which, for tensors of three and more dimensions. */
export interface Slice {
  index: string;
  rows: Item[][];
}

/** Matrices of a nested list: a number is 1 × 1, a vector one row, and what is deeper a row of matrices. */
export function slices(value: unknown, index: readonly number[] = []): Slice[] {
  const label = index.length > 0 ? `[${index.join(", ")}]` : "";
  if (!Array.isArray(value)) return [{ index: label, rows: [[value as Item]] }];
  if (!Array.isArray(value[0])) return [{ index: label, rows: value.length > 0 ? [value as Item[]] : [] }];
  if (!Array.isArray(value[0][0])) return [{ index: label, rows: value as Item[][] }];
  return value.flatMap((inner, i) => slices(inner, [...index, i]));
}

/** The number of an item, for its colour. */
export function numberOf(item: Item): number {
  if (typeof item === "boolean") return item ? 1 : 0;
  return typeof item === "number" ? item : Number(item.replace("inf", "Infinity"));
}

/** An item as PyTorch would name it, short enough for a cell. */
export function itemText(item: Item, whole: boolean): string {
  if (typeof item === "boolean") return item ? "True" : "False";
  if (typeof item === "string") return item.replace("-", "−");
  const size = Math.abs(item);
  const text =
    whole || item === 0
      ? String(item)
      : size >= 1e5 || size < 1e-3
        ? item.toExponential(1)
        : String(Number(size < 1000 ? item.toFixed(4) : item.toPrecision(7)));
  return text.replace(/^-/, "−");
}

/** A sheet that was stored, or nothing where it is not one. */
export function asSheet(stored: unknown): Sheet {
  const sheet = stored as Partial<Sheet> | null;
  if (!Array.isArray(sheet?.statements)) return NOTHING;
  const sound = sheet.statements.every((one) => typeof one?.name === "string" && typeof one.op === "string");
  if (!sound) return NOTHING;
  return { statements: sheet.statements, backward: typeof sheet.backward === "string" ? sheet.backward : null };
}
