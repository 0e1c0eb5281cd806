import { expect, test } from "vitest";
import { decode, numbers } from "./arrays";
import { Buckets } from "./buckets";
import type { CurveDelta } from "./protocol";

/** A delta and its blob, as the server lays them out. */
function delta(start: number, values: number[], width = 1): [CurveDelta, ArrayBuffer] {
  const bytes = new Float64Array([...values, ...values, ...values, ...values, ...values]).buffer;
  const column = (i: number) => ({ dtype: "f8" as const, shape: [values.length], offset: 8 * i * values.length });
  const columns = { step: column(0), min: column(1), mean: column(2), max: column(3), last: column(4) };
  return [{ width, start, total: start + values.length, ...columns }, bytes];
}

test("deltas continue the curve", () => {
  const curve = new Buckets();
  expect(curve.merge(...delta(0, [1, 2]))).toBe(true);
  expect(curve.merge(...delta(2, [3]))).toBe(true);
  expect([...curve.columns.last]).toEqual([1, 2, 3]);
});

test("a bucket that was still filling is written over", () => {
  const curve = new Buckets();
  curve.merge(...delta(0, [1, 2]));
  curve.merge(...delta(1, [9, 3]));
  expect([...curve.columns.mean]).toEqual([1, 9, 3]);
});

test("a gap is refused, and the curve stays as it was", () => {
  const curve = new Buckets();
  curve.merge(...delta(0, [1, 2]));
  expect(curve.merge(...delta(5, [6]))).toBe(false);
  expect(curve.columns.step.length).toBe(2);
});

test("another width begins anew", () => {
  const curve = new Buckets();
  curve.merge(...delta(0, [1, 2, 3, 4]));
  expect(curve.merge(...delta(2, [5], 2))).toBe(false);
  expect(curve.merge(...delta(0, [1.5, 3.5], 2))).toBe(true);
  expect([...curve.columns.mean]).toEqual([1.5, 3.5]);
  expect(curve.columns.width).toBe(2);
});

test("the newest bucket is asked for again when resuming", () => {
  const curve = new Buckets();
  expect(curve.cursor).toEqual({ width: 1, count: 0 });
  curve.merge(...delta(0, [1, 2, 3]));
  expect(curve.cursor).toEqual({ width: 1, count: 2 });
});

test("a curve grows past its first room", () => {
  const curve = new Buckets();
  const long = Array.from({ length: 3000 }, (_, i) => i);
  curve.merge(...delta(0, long));
  curve.merge(...delta(3000, [3000]));
  expect(curve.columns.last.at(-1)).toBe(3000);
  expect(curve.columns.last.length).toBe(3001);
});

test("arrays anywhere in a frame become numbers", () => {
  const blob = new Uint8Array([0, 0, 0, 0, 0, 0, 0, 0, 7, 8, 9]).buffer;
  const wire = { dtype: "u1" as const, shape: [3], offset: 8 };
  expect([...numbers(wire, blob)]).toEqual([7, 8, 9]);
  expect(decode({ rows: [{ picture: wire, name: "a" }], none: null }, blob)).toEqual({
    rows: [{ picture: { shape: [3], values: new Uint8Array([7, 8, 9]) }, name: "a" }],
    none: null,
  });
});
