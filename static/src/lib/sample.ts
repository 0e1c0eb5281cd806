/** One sample's way in words: what the model says of it and why, where it is in its batch, how much it moves. */
import { formatNumber, formatPercent } from "./numbers";
import type { DataPreview, SamplePlace, SampleReply } from "./protocol";
import { listed } from "./words";

export type Split = "training" | "validation";

export interface Sample {
  split: Split;
  /** Its position in its split. */
  index: number;
}

/** The sample in row `row` of a preview, where the training samples come first. */
export function sampleAt({ validation }: Pick<DataPreview, "validation">, row: number): Sample {
  if (!validation[row]) return { split: "training", index: row };
  return { split: "validation", index: row - validation.indexOf(true) };
}

/** The row of a sample in a preview; null where the preview does not reach so far. */
export function rowOf({ validation }: Pick<DataPreview, "validation">, { split, index }: Sample): number | null {
  const held = validation.indexOf(true);
  const row = split === "training" ? index : held < 0 ? -1 : held + index;
  return validation[row] === (split === "validation") ? row : null;
}

/** Whether a classifier takes it for what it is; null for a regression, and before anything is known. */
export function isRight({ classes, predicted, truth }: SampleReply): boolean | null {
  return classes.length > 0 && predicted !== null ? predicted === truth : null;
}

/** What the model says of the sample, and what is true. */
export function verdict(reply: SampleReply, target: string): string {
  const { classes, predicted, truth, probabilities } = reply;
  const right = isRight(reply);
  if (right === null) {
    const off = predicted === null ? null : predicted - truth;
    return `${target || "The target"} is ${formatNumber(truth)}, the model says ${formatNumber(predicted)}: ${formatNumber(off, 3)} off.`;
  }
  const name = (label: number): string => classes[label] ?? String(label);
  const sure = formatPercent(probabilities?.[predicted!]);
  if (right) return `Right: it is ${name(truth)}, and the model says so with ${sure}.`;
  return `Wrong: it is ${name(truth)}, and the model says ${name(predicted!)} with ${sure}.`;
}

/** `Place 3 of 32 in batch 5 of 11 of this epoch.` */
export function placeText(place: SamplePlace | null, split: Split): string {
  if (split === "validation") return "Held out: no batch has it, and no weight was moved by it.";
  if (place === null) return "In which batch it is stands here once an epoch has begun.";
  return `Place ${place.place + 1} of ${place.size} in batch ${place.batch + 1} of ${place.batches} of this epoch.`;
}

/** How strongly the sample pulls at the weights, held against an equal share; empty without a batch. */
export function shareText({ gradient_share, gradient_norm, place }: SampleReply): string {
  if (gradient_share === null || place === null) {
    return gradient_norm === null ? "" : `The gradient of its loss has the norm ${formatNumber(gradient_norm, 3)}.`;
  }
  const times = gradient_share * place.size;
  return `It has ${formatPercent(gradient_share)} of its batch's gradient norms, ${formatNumber(times, 2)} times an equal share.`;
}

export interface Neighbours {
  count: number;
  /** How many of them are of each class. */
  byClass: Map<number, number>;
}

/** The classes of the training samples nearest to a row, each feature in units of its own spread. */
export function neighbours({ x, y, validation }: DataPreview, row: number, count: number): Neighbours {
  const spread = spreads(x);
  const distance = (other: readonly number[]): number =>
    other.reduce((sum, value, k) => sum + ((value - x[row]![k]!) / spread[k]!) ** 2, 0);
  const nearest = x
    .map((other, i) => ({ i, far: distance(other) }))
    .filter(({ i }) => i !== row && !validation[i])
    .sort((a, b) => a.far - b.far)
    .slice(0, count);
  const byClass = new Map<number, number>();
  for (const { i } of nearest) byClass.set(y[i]!, (byClass.get(y[i]!) ?? 0) + 1);
  return { count: nearest.length, byClass };
}

function spreads(x: readonly (readonly number[])[]): number[] {
  return (x[0] ?? []).map((_, k) => {
    const mean = x.reduce((sum, row) => sum + row[k]!, 0) / x.length;
    return Math.sqrt(x.reduce((sum, row) => sum + (row[k]! - mean) ** 2, 0) / x.length) || 1;
  });
}

/** `Of the 5 training samples nearest to it 4 are class 1 and 1 is class 0.` */
export function neighbourText({ count, byClass }: Neighbours, classes: readonly string[]): string {
  if (count === 0) return "";
  const kinds = [...byClass].toSorted((a, b) => b[1] - a[1]);
  const parts = kinds.map(([label, n]) => `${n} ${n === 1 ? "is" : "are"} ${classes[label] ?? label}`);
  return `Of the ${count} training samples nearest to it ${listed(parts)}.`;
}

export interface Ranked {
  row: number;
  /** How wrong the model is: −log of the true class's probability, or the distance from the value. */
  error: number;
  predicted: number;
}

/** The rows on which the model is most wrong, the worst first. What it cannot say counts as worst. */
export function worst(
  answers: readonly { output: readonly (number | null)[]; probabilities: readonly (number | null)[] | null }[],
  truth: readonly number[],
  most: number,
): Ranked[] {
  return answers
    .map(({ output, probabilities }, row) => {
      if (probabilities === null) {
        const predicted = output[0] ?? NaN;
        return { row, predicted, error: orWorst(Math.abs(predicted - truth[row]!)) };
      }
      const shares = probabilities.map((share) => share ?? NaN);
      const predicted = shares.indexOf(Math.max(...shares));
      return { row, predicted, error: orWorst(-Math.log(shares[truth[row]!]!)) };
    })
    .sort((a, b) => b.error - a.error || a.row - b.row)
    .slice(0, most);
}

function orWorst(error: number): number {
  return Number.isNaN(error) ? Infinity : error;
}

export interface Tile {
  values: number[];
  rows: number;
  columns: number;
}

/** Numbers as one picture: a row for a vector, the maps of an image side by side. */
export function tiled(shape: readonly number[], values: readonly number[]): Tile {
  if (shape.length !== 3) return { values: [...values], rows: 1, columns: values.length };
  const [channels, rows, width] = shape as [number, number, number];
  const whole = Math.min(channels, Math.floor(values.length / (rows * width)));
  const columns = whole * width;
  const out = Array.from({ length: rows * columns }, (_, i) => {
    const [y, x] = [Math.floor(i / columns), i % columns];
    return values[Math.floor(x / width) * rows * width + y * width + (x % width)]!;
  });
  return { values: out, rows, columns };
}
