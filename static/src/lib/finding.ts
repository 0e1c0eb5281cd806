/** A learning rate range test as a picture: its lines over the logarithm of the rate, words and a table. */

import { pick, type Table } from "./curves";
import { formatNumber } from "./numbers";
import type { Extent, XY } from "./plane";
import type { LearningRateReply } from "./protocol";

/** How far above the first loss the picture goes: what blows up leaves it at the top. */
const ROOM = 1.25;

export interface Picture {
  /** x is the decimal logarithm of the rate. */
  losses: XY[];
  smooth: XY[];
  extent: Extent;
  /** Where the suggested rate lies on the smooth line; null where none is suggested. */
  suggestion: XY | null;
}

export function picture({ rates, losses, smooth, first: before, suggestion }: LearningRateReply): Picture {
  const first = before ?? 0;
  const over = (values: readonly number[]): XY[] => values.map((y, i) => ({ x: Math.log10(rates[i]!), y }));
  const low = Math.min(first, ...smooth);
  const high = first + (first - low || Math.abs(first) || 1) * (ROOM - 1);
  const line = over(smooth);
  return {
    losses: over(losses),
    smooth: line,
    extent: { x: [line[0]?.x ?? 0, Math.max(line.at(-1)?.x ?? 1, (line[0]?.x ?? 0) + 1)], y: [low - (high - low) * 0.06, high] },
    suggestion: suggestion === null ? null : { x: Math.log10(suggestion), y: heightAt(line, Math.log10(suggestion)) },
  };
}

/** The height of a line at the last corner up to x. */
function heightAt(line: readonly XY[], x: number): number {
  return (line.findLast((corner) => corner.x <= x) ?? line[0])?.y ?? 0;
}

/** At most 40 rows of the test. */
export function tabulateTest({ rates, losses, smooth }: LearningRateReply): Table {
  const rows = pick(rates.length, 40).map((i) => [rates[i], losses[i], smooth[i]].map((value) => formatNumber(value, 3)));
  return { head: ["learning rate", "loss", "smoothed"], rows };
}
