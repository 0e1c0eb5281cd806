/** Which tensors can be the data of an experiment: a table of samples, and a value for each. */
import type { TensorCard } from "../protocol";

const FEWEST = 4;

/** Tensors with a row for each sample. */
export function tables(cards: readonly TensorCard[]): TensorCard[] {
  return cards.filter(({ value, shape }) => value !== null && (shape.length === 1 || shape.length === 2) && shape[0]! >= FEWEST);
}

/** Tensors with one value for each sample. */
export function columns(cards: readonly TensorCard[]): TensorCard[] {
  return tables(cards).filter(({ shape }) => shape.length === 1 || shape[1] === 1);
}

/** The pair to suggest: names as they are usual, else the newest two that have as many rows; null for none. */
export function pairOf(cards: readonly TensorCard[]): { x: TensorCard; y: TensorCard } | null {
  const pairs = columns(cards).flatMap((y) =>
    tables(cards)
      .filter((x) => x.name !== y.name && x.shape[0] === y.shape[0])
      .map((x) => ({ x, y })),
  );
  const usual = pairs.find(({ x, y }) => /^x$/i.test(x.name) && /^(y|target|labels?)$/i.test(y.name));
  return usual ?? pairs.at(-1) ?? null;
}
