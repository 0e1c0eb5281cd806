/** Runs in words. */
import { formatCount, formatNumber, formatPercent } from "../numbers";
import { grouped, listed } from "../words";
import type { Difference, RunSummary } from "../protocol";

/** How it stands: `paused`, `running`, `looking back`, `diverged` … */
export function stateText({ state, step, furthest }: Pick<RunSummary, "state" | "step" | "furthest">): string {
  if (step >= furthest || state === "stopped" || state === "failed") return state;
  return state === "running" ? "repeating" : "looking back";
}

/** `step 1,200 of 4,000 · epoch 3 of 10`. */
export function placeText({ step, furthest, epoch, epochs }: RunSummary): string {
  const of = step < furthest ? ` of ${formatCount(furthest)}` : "";
  return `step ${formatCount(step)}${of} · epoch ${formatCount(epoch)} of ${formatCount(epochs)}`;
}

/** The losses, and the score if there is one: `training 0.041`, `validation 0.059`, `accuracy 97.5 %`. */
export function scores({ scalars }: Pick<RunSummary, "scalars">): string[] {
  const { "training loss": training, "validation loss": validation, accuracy, r2 } = scalars;
  return [
    ...(training === undefined ? [] : [`training ${formatNumber(training)}`]),
    ...(validation === undefined ? [] : [`validation ${formatNumber(validation)}`]),
    ...(accuracy === undefined ? [] : [`accuracy ${formatPercent(accuracy)}`]),
    ...(r2 === undefined ? [] : [`R² ${formatNumber(r2)}`]),
  ];
}

/** `Learning rate 0.03 → 0.003`; the same change in several layers is told once: `Layers 2 and 4: Tanh → ReLU`. */
export function differenceTexts(differences: readonly Difference[]): string[] {
  const same = grouped(differences, ({ label, here, there }) => JSON.stringify([kindOf(label), here, there]));
  return same.map((all) => told(all[0]!, labelOf(all.map(({ label }) => label))));
}

function told({ here, there }: Difference, label: string): string {
  const what = PLACED.test(label) ? `${label}:` : label;
  if (here === null) return `${what} ${there} removed`;
  if (there === null) return `${what} ${here} added`;
  return `${what} ${there} → ${here}`;
}

/** A layer that was replaced is known by its place. */
const PLACED = /^Layers? (\d+)/;

/** What labels of the same kind have in common: that of a layer is not its place. */
export function kindOf(label: string): string {
  return PLACED.test(label) ? "Layer" : label;
}

/** One label for all of a kind: `Layer 2`, `Layers 2 and 4`. */
export function labelOf(labels: readonly string[]): string {
  const places = labels.map((label) => PLACED.exec(label)?.[1] ?? "");
  return labels.length === 1 ? labels[0]! : `Layers ${listed(places)}`;
}

/** Where a run began: `from step 120 of Run 1`; empty for one that began at step 0. */
export function originText(run: RunSummary, all: readonly RunSummary[]): string {
  if (run.parent === null) return "";
  const parent = all.find((other) => other.run === run.parent)?.name ?? "a run that is no longer known";
  return `from step ${formatCount(run.branched_at)} of ${parent}`;
}
