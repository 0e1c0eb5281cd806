/** An epoch as a row of boxes: one a batch while they fit, else each box stands for several. */

export const MOST_BOXES = 48;

export interface Box {
  /** How full, 0 to 1: the last batch may be smaller. */
  share: number;
}

export function boxes(batches: number, lastBatch: number, batchSize: number): Box[] {
  const shown = Math.min(batches, MOST_BOXES);
  const last = batchSize > 0 ? Math.min(1, lastBatch / batchSize) : 1;
  return Array.from({ length: shown }, (_, i) => ({ share: i === batches - 1 ? last : 1 }));
}

/** The box in which batch `index` of `batches` lies. */
export function boxOf(index: number, batches: number): number {
  return batches <= MOST_BOXES ? index : Math.floor((index * MOST_BOXES) / batches);
}
