/** Memory as one strip of elements per storage, and which of them each view of it covers. */

import type { Item, TensorCard } from "./protocol";

/** How a shared storage is told from others: a letter, and a colour of the classes beside it. */
export interface Rail {
  letter: string;
  tone: number;
}

/** A storage, the tensors that see it in the order of the program, and whether it was copied from another. */
export interface Storage {
  id: number;
  size: number;
  views: TensorCard[];
  rail: Rail | null;
}

/** What a view has at one place of the storage: the first element there, and how many (an expanded view repeats). */
export interface Covered {
  index: number[];
  count: number;
}

const TONES = 10;
/** Steps of a search that a degenerate view could make long. */
const MOST_STEPS = 20_000;

function isTensor(card: TensorCard): card is TensorCard & { storage: number } {
  return card.storage !== null && (card.kind === "tensor" || card.kind === "parameter");
}

function byStorage(tensors: readonly TensorCard[]): Map<number, TensorCard[]> {
  const groups = new Map<number, TensorCard[]>();
  for (const card of tensors) {
    if (isTensor(card)) groups.set(card.storage, [...(groups.get(card.storage) ?? []), card]);
  }
  return groups;
}

/** A rail for each storage that two or more names share, in the order of the program. */
export function rails(tensors: readonly TensorCard[]): Map<number, Rail> {
  const shared = [...byStorage(tensors)].filter(([, views]) => views.length > 1);
  return new Map(shared.map(([id], i) => [id, { letter: letter(i), tone: i % TONES }]));
}

/** A … Z, then A1 … Z1, and so on. */
function letter(place: number): string {
  const round = Math.floor(place / 26);
  return String.fromCharCode(65 + (place % 26)) + (round > 0 ? String(round) : "");
}

/** The storages worth a strip: those that are shared, and the copies that were made of such. */
export function storages(tensors: readonly TensorCard[]): Storage[] {
  const groups = byStorage(tensors);
  const rail = rails(tensors);
  return [...groups]
    .filter(([id, views]) => rail.has(id) || views.some((view) => view.relation === "copy of"))
    .map(([id, views]) => ({ id, size: views[0]!.storage_size, views, rail: rail.get(id) ?? null }));
}

/** The values of a storage at `from` ≤ place < `to`, as far as the windows of its views show them. */
export function storedValues({ views }: Storage, from: number, to: number): Map<number, Item> {
  const values = new Map<number, Item>();
  for (const { elements, value } of views) {
    elements.forEach((row, r) =>
      row.forEach((place, c) => {
        if (place >= from && place < to) values.set(place, value!.value[r]![c]!);
      }),
    );
  }
  return values;
}

type Layout = Pick<TensorCard, "shape" | "stride" | "offset">;

/**
 * Which elements of a view lie at `from` ≤ place < `to`.
 *
 * Dimensions are walked from the widest stride to the narrowest, and only where what is left can still reach the
 * range; a stride of 0 repeats what is there.
 */
export function coverage({ shape, stride, offset }: Layout, from: number, to: number): Map<number, Covered> {
  const found = new Map<number, Covered>();
  if (shape.includes(0)) return found;
  const walked = shape.map((_, dim) => dim).filter((dim) => stride[dim] !== 0);
  walked.sort((a, b) => stride[b]! - stride[a]!);
  const repeats = shape.reduce((product, size, dim) => (stride[dim] === 0 ? product * size : product), 1);
  const reach = walked.map((_, i) => walked.slice(i).reduce((sum, dim) => sum + (shape[dim]! - 1) * stride[dim]!, 0));
  const index = shape.map(() => 0);
  let steps = 0;

  const visit = (depth: number, place: number): void => {
    if (++steps > MOST_STEPS) return;
    const dim = walked[depth];
    if (dim === undefined) {
      const before = found.get(place);
      if (place < from || place >= to) return;
      if (before) before.count += repeats;
      else found.set(place, { index: [...index], count: repeats });
      return;
    }
    const [size, step, rest] = [shape[dim]!, stride[dim]!, reach[depth + 1] ?? 0];
    const first = Math.max(0, Math.ceil((from - rest - place) / step));
    const last = Math.min(size - 1, Math.floor((to - 1 - place) / step));
    for (let at = first; at <= last; at++) {
      index[dim] = at;
      visit(depth + 1, place + at * step);
    }
    index[dim] = 0;
  };
  visit(0, offset);
  return found;
}

/** What a step along each dimension means, in words: `rows are 3 apart, columns 1`. */
export function strideText({ shape, stride, offset }: Layout): string {
  const start = offset > 0 ? `starts at ${offset}` : "starts at the beginning";
  if (shape.length === 0) return start;
  const names = shape.length === 1 ? ["elements"] : ["rows", "columns"];
  const named = stride.map((step, dim) => {
    const name = names[dim - (shape.length - names.length)] ?? `dim ${dim}`;
    return step === 0 ? `${name} repeat` : `${name} ${step} apart`;
  });
  return `${start}, ${named.join(", ")}`;
}

/** How a storage came about, in words: shared, or a copy and of what. */
export function storageText({ views, size }: Storage): string {
  const copy = views.find((view) => view.relation === "copy of");
  const names = views.map((view) => view.name);
  const held = `${size} ${size === 1 ? "element" : "elements"}`;
  if (names.length > 1) return `${held}, seen by ${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
  return copy ? `${held}, copied: ${copy.name} has its own memory, not ${copy.base}'s` : held;
}
