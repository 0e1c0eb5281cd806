/** Numbers as people read them: few digits, no noise, and words where there is no number. */

/** Four significant digits: `0.04123`, `12.35`, `2.1e-3`, `1.2e+6`; `–` where nothing was measured. */
export function formatNumber(value: number | null | undefined, digits = 4): string {
  if (value === null || value === undefined) return "–";
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text =
    size >= 1e-2 && size < 1e6 ? plain(value, digits) : value.toExponential(Math.min(2, digits - 1));
  return text.replace(/(\.\d*?)0+(?=e|$)/, "$1").replace(/\.(?=e|$)/, "").replace("-", "−").replace("e−", "e-");
}

function plain(value: number, digits: number): string {
  const whole = Math.floor(Math.log10(Math.abs(value))) + 1;
  return value.toFixed(Math.max(0, digits - whole));
}

/** A count with thousands apart: `1,923`. */
export function formatCount(value: number): string {
  return GROUPED.format(value);
}

const GROUPED = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** A share as a percentage: `97.5 %`. */
export function formatPercent(share: number | null | undefined): string {
  if (share === null || share === undefined || Number.isNaN(share)) return "–";
  return `${(share * 100).toFixed(share === 1 || share === 0 ? 0 : 1)} %`;
}

/** A value beside an axis, as short as can be: `0.25`, `120`, `1e-3`. */
export function tickLabel(value: number): string {
  const size = Math.abs(value);
  const short = size === 0 || (size >= 1e-2 && size < 1e5) ? trim(value) : power(value);
  return short.replace(/^-/, "−");
}

function power(value: number): string {
  return value.toExponential(1).replace(".0e", "e");
}

/** A step count on an axis: `0`, `500`, `1k`, `1.5k`, `2M`. */
export function formatStep(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return `${trim(value / 1e6)}M`;
  if (size >= 1e3) return `${trim(value / 1e3)}k`;
  return trim(value);
}

function trim(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** Round tick positions inside [low, high], about `count` of them, in steps of 1, 2 or 5 times a power of ten. */
export function ticks(low: number, high: number, count: number): number[] {
  if (!(high > low) || !Number.isFinite(high - low)) return [low];
  const raw = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((m) => m * power >= raw * 0.999) ?? 10);
  const out: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) out.push(i * step);
  return out.map((v) => Number(v.toPrecision(12)));
}

/** The powers of ten inside [low, high], at most seven; where there are fewer than two, 2 and 5 times them too. */
export function logTicks(low: number, high: number): number[] {
  if (!(low > 0) || !(high >= low) || high === Infinity) return [];
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const inside = (value: number): boolean => value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9);
  const decades = Array.from({ length: last - first + 1 }, (_, i) => Number(`1e${first + i}`));
  const powers = decades.filter(inside);
  if (powers.length < 2) return decades.flatMap((p) => [p, 2 * p, 5 * p]).filter(inside);
  const every = Math.ceil(powers.length / 7);
  return powers.filter((_, i) => i % every === 0);
}

/** The shape as PyTorch writes it: `[32, 2]`, `[]` for a scalar. */
export function formatShape(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}
