/** The moments of a run as a slider has them: from where it began to the furthest it came. */
import { formatCount } from "./numbers";
import type { Progress } from "./protocol";

/** Where a run stands on its own time line. */
export interface Standing {
  step: number;
  furthest: number;
  epoch: number;
  running: boolean;
}

/** Where the keys of the slider lead that the browser's own slider would not: to the kept states. */
export function keptFrom(key: string, step: number, kept: readonly number[]): number | null {
  if (key === "PageUp") return kept.find((at) => at > step) ?? null;
  if (key === "PageDown") return kept.findLast((at) => at < step) ?? null;
  return null;
}

/** What a screen reader says of the slider: `step 120 of 400, epoch 3`. */
export function valueText({ step, furthest, epoch }: Standing): string {
  const of = step < furthest ? ` of ${formatCount(furthest)}` : "";
  return `step ${formatCount(step)}${of}, epoch ${formatCount(epoch)}`;
}

/** Where it stands, as a line under the slider. */
export function standingText({ step, furthest, running }: Standing): string {
  if (step >= furthest) return `Step ${formatCount(step)}: the present`;
  const place = `Step ${formatCount(step)} of ${formatCount(furthest)}`;
  return running ? `${place}: repeating what it did` : `${place}: looking back`;
}

/** What became of steps that were made a second time; empty where none were. */
export function repeatedText(repeated: Progress["repeated"]): string {
  if (repeated === null) return "";
  const since = formatCount(repeated.since);
  return repeated.equal
    ? `Repeated since step ${since}: every loss is equal, bit for bit.`
    : `Repeated since step ${since}: some losses differ from the first time.`;
}
