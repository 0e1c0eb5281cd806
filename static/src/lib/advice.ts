/** Which advice is worth showing: what is still true of the experiment, not yet acted on, and not dismissed. */
import { same } from "./edits";
import type { Advice, Experiment } from "./protocol";

/** One rule about one row (or about no row) is one advice, in whatever words. */
export function keyOf({ rule, layer }: Pick<Advice, "rule" | "layer">): string {
  return `${rule}|${layer ?? ""}`;
}

/** A fix that was taken: what it was said to, and what it made another experiment of. */
export interface Taken {
  key: string;
  title: string;
  before: Experiment;
}

/** The check's advice and then the run's, each once; what is about rows that are gone is passed over. */
export function merged(experiment: Experiment, check: readonly Advice[], run: readonly Advice[]): Advice[] {
  const rows = new Set(experiment.layers.map(({ id }) => id));
  const found = new Map<string, Advice>();
  for (const advice of [...check, ...run]) {
    if (advice.layer !== null && !rows.has(advice.layer)) continue;
    const key = keyOf(advice);
    if (!found.has(key)) found.set(key, advice);
  }
  return [...found.values()];
}

/** Without what was acted on. Undone, or said anew in other words by a run that took the change over, it is back. */
export function pending(
  advice: readonly Advice[],
  taken: readonly Taken[],
  current: Experiment,
  waitsForRestart: boolean,
): Advice[] {
  const acted = new Map(taken.filter(({ before }) => !same(before, current)).map((one) => [one.key, one.title]));
  return advice.filter((one) => {
    const title = acted.get(keyOf(one));
    return title === undefined || (title !== one.title && !waitsForRestart);
  });
}
