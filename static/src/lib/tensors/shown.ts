/** Which cards are in view: those of the newest run, and those of the last one that got further. */
import type { TensorCard, TensorsReply } from "../protocol";
import { assignedNames } from "./names";

export interface ShownCard {
  card: TensorCard;
  /** From an earlier run: the program stops before it gets here. */
  stale: boolean;
}

/** While a program is broken at a line, what an earlier run made of the names in the rest of it stays. */
export function shownCards(before: readonly ShownCard[], reply: TensorsReply, code: string): ShownCard[] {
  const fresh = reply.tensors.map((card) => ({ card, stale: false }));
  if (!reply.problems.some((problem) => problem.severity === "error")) return fresh;
  const reached = new Set(reply.tensors.map((card) => card.name));
  const written = new Set(assignedNames(code));
  const kept = before
    .filter(({ card: { name } }) => !reached.has(name) && written.has(name.split(".")[0]!))
    .map(({ card }) => ({ card, stale: true }));
  return [...fresh, ...kept];
}
