/** Histograms over time as ridges: one behind the other, the newest in front. */
import type { Decoded } from "./arrays";
import { formatCount, formatNumber } from "./numbers";
import type { XY } from "./plane";
import type { ActivationHistory } from "./protocol";

export type History = Decoded<ActivationHistory>;

export interface Ridge {
  step: number;
  baseline: number;
  /** The outline from left to right, along the top. */
  points: XY[];
}

/** The share of the height that a ridge may rise above its baseline. */
const RISE = 0.34;
const FULL = 255;

/** The range of all histograms together. */
export function rangeOf({ low, high }: History): [number, number] {
  return [Math.min(...low.values), Math.max(...high.values)];
}

/** The oldest first and farthest up, in a box of `width` × `height` pixels. */
export function ridges(history: History, width: number, height: number): Ridge[] {
  const [times, bins] = history.counts.shape as [number, number];
  const [low, high] = rangeOf(history);
  const scale = width / (high - low || 1);
  const rise = height * RISE;
  return Array.from({ length: times }, (_, t) => {
    const baseline = times > 1 ? rise + ((height - rise) * t) / (times - 1) : height;
    const [from, to] = [history.low.values[t]!, history.high.values[t]!];
    const points = Array.from({ length: bins }, (_, i) => ({
      x: (from + ((i + 0.5) / bins) * (to - from) - low) * scale,
      y: baseline - (rise * history.counts.values[t * bins + i]!) / FULL,
    }));
    const first = { x: (from - low) * scale, y: baseline };
    const last = { x: (to - low) * scale, y: baseline };
    return { step: history.steps.values[t]!, baseline, points: [first, ...points, last] };
  });
}

/** What the picture shows, in a sentence. */
export function historyText(history: History): string {
  const { steps, low, high } = history;
  const [first, last] = [steps.values[0]!, steps.values.at(-1)!];
  const span = (i: number): string =>
    `${formatNumber(low.values.at(i), 3)} … ${formatNumber(high.values.at(i), 3)}`;
  if (steps.values.length === 1) return `At step ${formatCount(first)} its outputs lie in ${span(0)}.`;
  return `From step ${formatCount(first)}, with outputs in ${span(0)}, to step ${formatCount(last)}, with ${span(-1)}.`;
}
