/** The DataLoader in words: which sampler gives the order, how an epoch is cut, and why a batch is shorter. */
import type { Decoded } from "./arrays";
import { formatCount } from "./numbers";
import type { BatchView, Data, DataFacts } from "./protocol";
import { plural } from "./words";

export type Loading = Pick<Data, "batch_size" | "drop_last" | "num_workers" | "style">;

/** Why the last batch of an epoch is shorter than the others, or why none is. */
export function whyShort(facts: DataFacts, { batch_size, drop_last, num_workers, style }: Loading): string {
  if (facts.streaming) return "A stream never runs out, so every batch is full; an epoch is as many steps as you set.";
  const samples = facts.training_samples;
  if (style === "iterable" && num_workers > 1) {
    return `Each of the ${num_workers} workers cuts its own share of the ${formatCount(samples)} samples into batches of ${batch_size}, so each may end with a shorter one${drop_last ? ", which drop_last leaves out" : ""}.`;
  }
  const full = Math.floor(samples / batch_size);
  const rest = samples % batch_size;
  const sum = `${formatCount(samples)} = ${formatCount(full)} × ${batch_size}`;
  if (rest === 0) return `${sum}: every batch is full.`;
  if (drop_last) return `${sum} + ${rest}: drop_last leaves ${rest === 1 ? "that one" : `those ${rest}`} out of each epoch.`;
  return `${sum} + ${rest}: the last batch is shorter, it has the ${rest === 1 ? "one that is" : `${rest} that are`} left.`;
}

/** What gives the order of an epoch, as PyTorch calls it, and what that means. */
export function samplerText(style: "map" | "iterable" | "stream", shuffle: boolean): { name: string; means: string } {
  if (style === "stream") return { name: "stream", means: "samples are drawn anew, none comes twice" };
  if (style === "iterable") {
    const means = shuffle
      ? "the dataset gives its samples one after the other; the DataLoader cannot shuffle it"
      : "the dataset gives its samples one after the other";
    return { name: "IterableDataset", means };
  }
  return shuffle
    ? { name: "RandomSampler", means: "another order for every epoch" }
    : { name: "SequentialSampler", means: "the same order in every epoch" };
}

/** Which worker loaded a batch: PyTorch asks them in turn. */
export function workerText(workers: number, index: number): string {
  if (workers === 0) return "loaded by the training process itself (num_workers = 0)";
  const names = `${plural(workers, "worker")} in turn`;
  return `loaded by worker ${index % workers} of ${names}`;
}

/** The place in the epoch of a batch's first sample, from 0: where the sampler's order has it. */
export function firstPlace(batch: Placed): number {
  const found = batch.order ? Array.from(batch.order.values).indexOf(batch.samples.values[0]!) : -1;
  return found < 0 ? batch.index * batch.batch_size : batch.order_start + found;
}

type Placed = Pick<Decoded<BatchView>, "index" | "batch_size" | "order" | "order_start" | "samples">;

/** The places in the epoch of a batch of this size, from 1: `97–128`. */
export function placesOf(first: number, size: number): string {
  return size === 1 ? formatCount(first + 1) : `${formatCount(first + 1)}–${formatCount(first + size)}`;
}

/** Where the shown part of the order, so many places, is cut into batches; workers that share a set cut their own. */
export function cuts(batch: Cut, places: number): number[] {
  const { batch_size, order_start, style, workers } = batch;
  if (style === "iterable" && workers > 1) return [];
  const first = batch_size - (order_start % batch_size);
  return Array.from({ length: Math.max(0, Math.ceil((places - first) / batch_size)) }, (_, i) => first + i * batch_size);
}

type Cut = Pick<BatchView, "batch_size" | "order_start" | "style" | "workers">;
