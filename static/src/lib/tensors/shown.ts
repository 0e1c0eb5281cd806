/** Which cards are in view: those of the newest run, and those of the last one that got further. */
import type { TensorCard, TensorsReply } from "../protocol";

export interface ShownCard {
  card: TensorCard;
  /** From an earlier run: the program stops before it gets here. */
  stale: boolean;
}

/** While a program is broken at a line, what an earlier run made of the rest of it stays. */
export function shownCards(before: readonly ShownCard[], reply: TensorsReply): ShownCard[] {
  const fresh = reply.tensors.map((card) => ({ card, stale: false }));
  if (!reply.problems.some((problem) => problem.severity === "error")) return fresh;
  const names = new Set(reply.tensors.map((card) => card.name));
  const kept = before.filter(({ card }) => !names.has(card.name)).map(({ card }) => ({ card, stale: true }));
  return [...fresh, ...kept];
}
