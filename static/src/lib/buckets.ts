/** Curves as they arrive: buckets that grow by deltas, so that a skipped frame loses no point. */
import { numbers } from "./arrays";
import type { CurveColumns } from "./curves";
import type { CurveCursor, CurveDelta } from "./protocol";

const COLUMNS = ["step", "min", "mean", "max", "last"] as const;
type Column = (typeof COLUMNS)[number];

export class Buckets {
  #width = 1;
  #length = 0;
  #columns = allocate(256);

  /** The curve as it is now: new views on every call, so that a reader sees that it changed. */
  get columns(): CurveColumns {
    const cut = (name: Column) => this.#columns[name].subarray(0, this.#length);
    return {
      width: this.#width,
      step: cut("step"),
      min: cut("min"),
      mean: cut("mean"),
      max: cut("max"),
      last: cut("last"),
    };
  }

  /** What to ask from when resuming: the newest bucket may still be filling, so it is asked for again. */
  get cursor(): CurveCursor {
    return { width: this.#width, count: Math.max(0, this.#length - 1) };
  }

  /** Takes a delta in. False if buckets before it are missing: then the curve must be asked for anew. */
  merge(delta: CurveDelta, blob: ArrayBuffer): boolean {
    const known = delta.width === this.#width ? this.#length : 0;
    if (delta.start > known) return false;
    if (delta.total > this.#columns.step.length) this.#grow(delta.total);
    for (const name of COLUMNS) this.#columns[name].set(numbers(delta[name], blob), delta.start);
    this.#width = delta.width;
    this.#length = delta.total;
    return true;
  }

  #grow(needed: number): void {
    const grown = allocate(Math.max(needed, 2 * this.#columns.step.length));
    for (const name of COLUMNS) grown[name].set(this.#columns[name]);
    this.#columns = grown;
  }
}

function allocate(capacity: number): Record<Column, Float64Array<ArrayBuffer>> {
  const columns = COLUMNS.map((name) => [name, new Float64Array(capacity)]);
  return Object.fromEntries(columns) as Record<Column, Float64Array<ArrayBuffer>>;
}
