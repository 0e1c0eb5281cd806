/** The Speed slider: slow motion, then ten notches a decade from 1 step/s up, then as fast as possible. */
import { formatCount } from "./numbers";

/** One phase at a time, with captions. */
export const SLOW = "slow motion";

/** Slow motion, steps per second, or null for as fast as possible. */
export type Pace = typeof SLOW | number | null;

export const FASTEST = 42;

export function paceAt(notch: number): Pace {
  if (notch >= FASTEST) return null;
  if (notch <= 0) return SLOW;
  return Number((10 ** ((notch - 1) / 10)).toPrecision(2));
}

/** The notch nearest to a pace. */
export function notchOf(pace: Pace): number {
  if (pace === null) return FASTEST;
  if (pace === SLOW) return 0;
  return Math.min(FASTEST - 1, Math.max(1, 1 + Math.round(10 * Math.log10(pace))));
}

/** A pace in words. */
export function paceText(pace: Pace): string {
  if (pace === null) return "as fast as possible";
  if (pace === SLOW) return "slow motion";
  const shown = pace < 10 ? String(Number(pace.toPrecision(2))) : formatCount(pace);
  return `${shown} ${shown === "1" ? "step" : "steps"} per second`;
}
