/** The program as this browser keeps it, and as a link carries it. */
import { toCodeHash } from "../link";
import { keep, recall } from "../storage";

const STORED = "playground.tensor-code";

/** This page's own: another tab of the browser may have kept something else since. */
let own: string | null = null;

/** What was typed last; null on a first visit. */
export function recallCode(): string | null {
  return recall(STORED);
}

export function keepCode(code: string): void {
  own = code;
  keep(STORED, code);
}

/** The address that opens this program elsewhere. */
export function codeLink(): string {
  return `${location.origin}${location.pathname}${toCodeHash(own ?? recallCode() ?? "")}`;
}
