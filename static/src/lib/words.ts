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

/** How often each of these is there, in the order of their first. */
export function counts(texts: readonly string[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const text of texts) found.set(text, (found.get(text) ?? 0) + 1);
  return found;
}

/** Something that is there several times: `Layer (2×)`. */
export function timed(text: string, times: number): string {
  return times > 1 ? `${text} (${times}×)` : text;
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

/** An argument's name as a label: `validation_samples` is `Validation samples`. */
export function spelled(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
