/** Curves on this side of the wire: buckets that grow by deltas, so that a skipped frame loses no point. */
import { decode } from "./arrays";
import type { CurveCursor, CurveDelta } from "./protocol";

export const COLUMNS = ["step", "min", "mean", "max", "last"] as const;
export type Column = (typeof COLUMNS)[number];

export class Curve {
  /** Steps one bucket spans. */
  width = 1;
  length = 0;
  #columns: Record<Column, Float64Array>;

  constructor(capacity = 256) {
    this.#columns = allocate(capacity);
  }

  /** One column's numbers, as long as the curve. A view: valid until the next merge. */
  column(name: Column): Float64Array {
    return this.#columns[name].subarray(0, this.length);
  }

  /** The newest value, or null before the first. */
  get latest(): number | null {
    return this.length > 0 ? this.#columns.last[this.length - 1]! : null;
  }

  /** What to ask from when resuming: the newest bucket may still be filling, so it is asked for again. */
  get cursor(): CurveCursor {
    return { width: this.width, count: Math.max(0, this.length - 1) };
  }

  /** Takes a delta in. False if buckets before it are missing: then the curve must be asked for anew. */
  merge(delta: CurveDelta): boolean {
    const start = delta.start;
    if (start > (delta.width === this.width ? this.length : 0)) return false;
    const end = Math.max(start, delta.total);
    if (end > this.#columns.step.length) this.#grow(end);
    for (const name of COLUMNS) this.#columns[name].set(decode(delta[name]), start);
    this.width = delta.width;
    this.length = end;
    return true;
  }

  #grow(needed: number): void {
    const grown = allocate(Math.max(needed, 2 * this.#columns.step.length));
    for (const name of COLUMNS) grown[name].set(this.#columns[name]);
    this.#columns = grown;
  }
}

function allocate(capacity: number): Record<Column, Float64Array> {
  const columns = COLUMNS.map((name) => [name, new Float64Array(capacity)]);
  return Object.fromEntries(columns) as Record<Column, Float64Array>;
}
