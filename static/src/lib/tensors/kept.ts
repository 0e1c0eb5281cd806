/** The program as this browser keeps it, and as a link carries it. */
import { toCodeHash } from "../link";
import { keep, recall } from "../storage";

const STORED = "playground.tensor-code";

/** What was typed last; null on a first visit. */
export function recallCode(): string | null {
  return recall(STORED);
}

export function keepCode(code: string): void {
  keep(STORED, code);
}

/** The address that opens this program elsewhere. */
export function codeLink(): string {
  return `${location.origin}${location.pathname}${toCodeHash(recallCode() ?? "")}`;
}
