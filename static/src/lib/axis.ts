/** The numbers beside an axis: round, and as short as can be. */

/** A value: `0.25`, `120`, `1e-3`, `2.5e+6`. */
export function tickLabel(value: number): string {
  const size = Math.abs(value);
  const short = size === 0 || (size >= 1e-2 && size < 1e5) ? String(round(value)) : power(value);
  return short.replace(/^-/, "−");
}

function power(value: number): string {
  return value.toExponential(1).replace(".0e", "e");
}

/** A step count: `0`, `500`, `1k`, `1.5k`, `2M`. */
export function formatStep(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return `${round(value / 1e6)}M`;
  if (size >= 1e3) return `${round(value / 1e3)}k`;
  return String(round(value));
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}

/** Round positions inside [low, high], about `about` of them, in steps of 1, 2 or 5 times a power of ten. */
export function ticks(low: number, high: number, about: number): number[] {
  if (!(high > low) || !Number.isFinite(high - low)) return [low];
  const raw = (high - low) / Math.max(1, about);
  const unit = 10 ** Math.floor(Math.log10(raw));
  const step = unit * ([1, 2, 5, 10].find((m) => m * unit >= raw * 0.999) ?? 10);
  const out: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) out.push(i * step);
  return out.map((v) => Number(v.toPrecision(12)));
}
