/** Which samples are in the current batch: what pictures of the data light up. */
import type { Decoded } from "./arrays";
import type { BatchView } from "./protocol";
import { preview } from "./preview.svelte";
import { run } from "./run.svelte";
import { SLOW } from "./speed";

/** Steps per second up to which an eye can follow which samples are lit. */
const CALM = 5;

const NONE: ReadonlySet<number> = new Set();

class Lit {
  /** The batch, while it stands long enough to be looked at. */
  readonly batch = $derived<Decoded<BatchView> | null>(this.#stands() ? (run.views.batch ?? null) : null);
  /** Rows of the preview that are in it: the training set comes first there, in its own order. */
  readonly rows = $derived<ReadonlySet<number>>(this.batch ? rowsOf(this.batch) : NONE);

  #stands(): boolean {
    return !run.running || run.pace === SLOW || (run.pace !== null && run.pace <= CALM);
  }
}

export const lit = new Lit();

function rowsOf(batch: Decoded<BatchView>): ReadonlySet<number> {
  const held = preview.current?.validation.indexOf(true) ?? 0;
  const training = held < 0 ? preview.current!.validation.length : held;
  return new Set(Array.from(batch.samples.values).filter((position) => position < training));
}
