/** The Speed slider: ten notches a decade from 1 step/s up, and the last one for as fast as possible. */
import { formatCount } from "./numbers";

export const FASTEST = 41;

/** Steps per second of a notch; null is as fast as possible. */
export function speedAt(notch: number): number | null {
  if (notch >= FASTEST) return null;
  return Number((10 ** (notch / 10)).toPrecision(2));
}

/** The notch nearest to a speed. */
export function notchOf(speed: number | null): number {
  if (speed === null) return FASTEST;
  return Math.min(FASTEST - 1, Math.max(0, Math.round(10 * Math.log10(speed))));
}

/** A speed in words. */
export function speedText(speed: number | null): string {
  if (speed === null) return "as fast as possible";
  const shown = speed < 10 ? String(Number(speed.toPrecision(2))) : formatCount(speed);
  return `${shown} ${shown === "1" ? "step" : "steps"} per second`;
}
