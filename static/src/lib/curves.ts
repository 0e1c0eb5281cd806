/** Curves of buckets → the aligned columns a line chart draws, a summary in words, and a table. */

import { formatCount, formatNumber } from "./numbers";

/** One curve: column i of each array is bucket i, spanning `width` steps from `step[i]`. */
export interface CurveColumns {
  width: number;
  step: Float64Array;
  min: Float64Array;
  mean: Float64Array;
  max: Float64Array;
  last: Float64Array;
}

/** A value, null for a gap (not finite), undefined where this line has no point at that x. */
export type Cell = number | null | undefined;
export type Aligned = [x: number[], ...lines: Cell[][]];

export interface Line {
  x: ArrayLike<number>;
  values: ArrayLike<number>;
}

/** One x axis for lines with their own. On a log axis stand powers of ten, and what is not positive is a gap. */
export function align(lines: readonly Line[], log = false): Aligned {
  const xs = lines.length > 0 ? union(lines.map((line) => line.x)) : [];
  return [xs, ...lines.map((line) => spread(line, xs, log))];
}

function union(axes: readonly ArrayLike<number>[]): number[] {
  const own = new Set(axes);
  if (own.size === 1) return Array.from(axes[0]!);
  const all = new Set<number>();
  for (const axis of own) for (let i = 0; i < axis.length; i++) all.add(axis[i]!);
  return [...all].sort((a, b) => a - b);
}

function spread(line: Line, xs: readonly number[], log: boolean): Cell[] {
  const out = new Array<Cell>(xs.length).fill(undefined);
  let at = 0;
  for (let i = 0; i < line.x.length; i++) {
    while (xs[at]! < line.x[i]!) at++;
    const value = line.values[i]!;
    out[at] = shown(log ? Math.log10(value) : value);
  }
  return out;
}

function shown(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** The same curve with `each` neighbouring buckets made one, with their mean and their range. */
export function coarsened(curve: CurveColumns, each: number): CurveColumns {
  if (each <= 1) return curve;
  const starts = Array.from({ length: Math.ceil(curve.step.length / each) }, (_, i) => i * each);
  const merged = (column: Float64Array, merge: (part: Float64Array) => number) =>
    Float64Array.from(starts, (start) => merge(column.subarray(start, start + each)));
  const last = (part: Float64Array) => part[part.length - 1]!;
  return {
    width: curve.width * each,
    step: merged(curve.step, last),
    min: merged(curve.min, (part) => part.reduce((a, b) => (b < a || Number.isNaN(a) ? b : a))),
    mean: merged(curve.mean, (part) => part.reduce((a, b) => a + b) / part.length),
    max: merged(curve.max, (part) => part.reduce((a, b) => (b > a || Number.isNaN(a) ? b : a))),
    last: merged(curve.last, last),
  };
}

export interface Named {
  name: string;
  curve: CurveColumns | null;
}

/** What the axis of curves counts. */
export type Axis = "step" | "seconds";

/** A place on the axis, in words. */
export function at(x: number, axis: Axis): string {
  return axis === "step" ? `step ${formatCount(x)}` : `${formatNumber(x, 3)} s`;
}

/** What the picture says, in one sentence a line: `training 0.041 at step 1,923, lowest 0.039 at step 1,800`. */
export function summarise(lines: readonly Named[], axis: Axis = "step"): string {
  const said = lines.filter((line) => line.curve && line.curve.step.length > 0);
  if (said.length === 0) return "No values yet.";
  return `${said.map((line) => sentence(line.name, line.curve!, axis)).join("; ")}.`;
}

function sentence(name: string, curve: CurveColumns, axis: Axis): string {
  const end = curve.last.length - 1;
  const lowest = argmin(curve.min);
  const now = `${name} ${formatNumber(curve.last[end])} at ${at(curve.step[end]!, axis)}`;
  if (lowest === null) return now;
  return `${now}, lowest ${formatNumber(curve.min[lowest])} near ${at(curve.step[lowest]!, axis)}`;
}

function argmin(values: ArrayLike<number>): number | null {
  let best: number | null = null;
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i]!) && (best === null || values[i]! < values[best]!)) best = i;
  }
  return best;
}

export interface Table {
  head: string[];
  rows: string[][];
}

/** At most `limit` rows, spread evenly and always with the newest: a table of 4,000 rows helps nobody. */
export function tabulate(lines: readonly Named[], axis: Axis = "step", limit = 50): Table {
  const known = lines.filter((line) => line.curve);
  const data = align(known.map((line) => ({ x: line.curve!.step, values: line.curve!.last })));
  const rows = pick(data[0].length, limit).map((i) => [
    axis === "step" ? formatCount(data[0][i]!) : formatNumber(data[0][i]!),
    ...known.map((_, k) => cellText(data[k + 1] as Cell[], i)),
  ]);
  return { head: [axis, ...known.map((line) => line.name)], rows };
}

function cellText(column: Cell[], i: number): string {
  return column[i] === null ? "not finite" : column[i] === undefined ? "" : formatNumber(column[i]);
}

/** Up to `limit` indices out of `length`, first and last among them. */
export function pick(length: number, limit: number): number[] {
  if (length <= limit) return Array.from({ length }, (_, i) => i);
  return Array.from({ length: limit }, (_, i) => Math.round((i * (length - 1)) / (limit - 1)));
}
