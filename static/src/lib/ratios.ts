/** Update-to-weight ratios on a logarithmic scale, judged by the band in which they usually lie. */

/** The powers of ten that the scale shows. */
export const DECADES = [-8, 0] as const;

/** Where a ratio stands on the scale, 0 to 1; null for none. */
export function placeOf(ratio: number | null): number | null {
  if (ratio === null || !(ratio > 0)) return null;
  const [low, high] = DECADES;
  return Math.min(1, Math.max(0, (Math.log10(ratio) - low) / (high - low)));
}

export type Verdict = "unknown" | "still" | "low" | "healthy" | "high";

export function verdict(ratio: number | null, [low, high]: readonly [number, number]): Verdict {
  if (ratio === null) return "unknown";
  if (ratio === 0) return "still";
  return ratio < low ? "low" : ratio > high ? "high" : "healthy";
}

/** The verdict as a person says it, with a sign of its own. */
export const VERDICTS: Record<Verdict, { sign: string; text: string }> = {
  unknown: { sign: "–", text: "no step yet" },
  still: { sign: "■", text: "stands still" },
  low: { sign: "▾", text: "low: it learns slowly" },
  healthy: { sign: "✓", text: "healthy" },
  high: { sign: "▴", text: "high: it may overshoot" },
};
