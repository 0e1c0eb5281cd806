/** What a branch was before it was one: its parents' curves, each up to where it was left. */
import type { CurveColumns } from "./curves";

/** A run's part of the way: its own curve, from where it began to where its branch left it. */
export interface Stretch {
  curve: CurveColumns | null;
  until: number;
}

const COLUMNS = ["step", "min", "mean", "max", "last"] as const;

/** The way up to a branch as one curve, oldest run first; null where nothing of it is known. */
export function joined(stretches: readonly Stretch[]): CurveColumns | null {
  const parts = stretches.flatMap(({ curve, until }) => (curve ? [upTo(curve, until)] : []));
  if (parts.every(({ step }) => step.length === 0)) return null;
  const whole = (name: (typeof COLUMNS)[number]) => Float64Array.from(parts.flatMap((part) => [...part[name]]));
  return {
    width: Math.max(...parts.map(({ width }) => width)),
    step: whole("step"),
    min: whole("min"),
    mean: whole("mean"),
    max: whole("max"),
    last: whole("last"),
  };
}

/** The buckets that end at this step or before it. */
function upTo(curve: CurveColumns, until: number): CurveColumns {
  const after = curve.step.findIndex((step) => step > until);
  if (after < 0) return curve;
  const cut = Object.fromEntries(COLUMNS.map((name) => [name, curve[name].subarray(0, after)]));
  return { ...curve, ...cut };
}
