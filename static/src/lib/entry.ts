/** What a person types into a number field, and what the field makes of it. */

export interface Bounds {
  integer: boolean;
  low?: number | null;
  high?: number | null;
}

export type Read = { value: number } | { complaint: string };

/** The number that was typed. Numbers out of bounds pass: the server says what is wrong with them. */
export function readNumber(text: string, { integer }: Bounds): Read {
  const trimmed = text.trim();
  const value = Number(trimmed);
  if (trimmed === "" || !Number.isFinite(value)) return { complaint: "Enter a number." };
  if (integer && !Number.isInteger(value)) return { complaint: "Enter a whole number." };
  return { value };
}

/** How far one press of an arrow key goes: a tenth of the number's own size, one for whole numbers. */
export function stepOf(value: number, { integer }: Bounds): number {
  if (integer) return 1;
  if (value === 0) return 0.01;
  return 10 ** (Math.floor(Math.log10(Math.abs(value)) + 1e-9) - 1);
}

/** The number one arrow press away, kept inside the bounds and free of rounding noise. */
export function nudge(value: number, by: 1 | -1, bounds: Bounds): number {
  const step = stepOf(value, bounds);
  const next = Number((value + by * step).toPrecision(12));
  return Math.min(bounds.high ?? Infinity, Math.max(bounds.low ?? -Infinity, next));
}

/** What bounds say to a person: `1 to 512`, `at least 0`. */
export function boundsText({ low, high }: Bounds): string {
  const has = (bound: number | null | undefined): bound is number => bound !== null && bound !== undefined;
  if (has(low) && has(high)) return `${low} to ${high}`;
  if (has(low)) return `at least ${low}`;
  return has(high) ? `at most ${high}` : "";
}
