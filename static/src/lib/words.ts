/** Words and counts as a person reads them. Numbers that were measured: see `numbers.ts`. */
import { formatCount } from "./numbers";

/** A whole number cut into groups of three, to be drawn with a gap between them. */
export function groups(value: number): string[] {
  return formatCount(value).split(",");
}

/** `1 layer`, `2 layers`. */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${formatCount(n)} ${n === 1 ? one : many}`;
}

/** `a, b and c`. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** Those with the same key together, in the order of the first of each. */
export function grouped<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const found = new Map<string, T[]>();
  for (const item of items) found.set(keyOf(item), [...(found.get(keyOf(item)) ?? []), item]);
  return [...found.values()];
}

/** A sentence begins with a capital and ends with a stop. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  return trimmed.charAt(0).toUpperCase() + stopped(trimmed).slice(1);
}

/** With a stop at its end. */
export function stopped(text: string): string {
  const trimmed = text.trim();
  return /[.!?:]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

/** File sizes: `12 kB`. */
export function fileSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** The text where there is room for it, else its beginning and `…`; nothing where not one letter has room. */
export function shortened(text: string, hasRoom: (text: string) => boolean): string {
  if (hasRoom(text)) return text;
  const letters = [...text];
  let [kept, lost] = [0, letters.length];
  const cut = (length: number) => `${letters.slice(0, length).join("").trimEnd()}…`;
  while (lost - kept > 1) {
    const middle = (kept + lost) >> 1;
    if (hasRoom(cut(middle))) kept = middle;
    else lost = middle;
  }
  return kept > 0 ? cut(kept) : "";
}

/** An argument's name as a label: `validation_samples` is `Validation samples`. */
export function spelled(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
