/** The geometry of a histogram: bars that touch, a baseline, and where zero is. */

export interface HistogramData {
  low: number;
  high: number;
  counts: ArrayLike<number>;
}

export interface Bar {
  x: number;
  width: number;
  height: number;
}

/** Bars in a box of `width` × `height` pixels; an occupied bin is at least one pixel high. */
export function bars(data: HistogramData, width: number, height: number): Bar[] {
  const n = data.counts.length;
  const most = largest(data.counts);
  const step = width / Math.max(1, n);
  const gap = step >= 3 ? 1 : 0;
  return Array.from({ length: n }, (_, i) => {
    const count = data.counts[i]!;
    const share = most > 0 && count > 0 ? count / most : 0;
    return { x: i * step, width: step - gap, height: share > 0 ? Math.max(1, share * height) : 0 };
  });
}

/** Where `value` stands in a box of `width` pixels, null outside. */
export function positionOf(value: number, data: HistogramData, width: number): number | null {
  if (!(data.high > data.low) || value < data.low || value > data.high) return null;
  return ((value - data.low) / (data.high - data.low)) * width;
}

export function total(counts: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sum += counts[i]!;
  return sum;
}

/** The bin in which the middle value lies, as the value at its centre; null for an empty histogram. */
export function median(data: HistogramData): number | null {
  const half = total(data.counts) / 2;
  if (half === 0) return null;
  let sum = 0;
  for (let i = 0; i < data.counts.length; i++) {
    sum += data.counts[i]!;
    if (sum >= half) return data.low + ((i + 0.5) / data.counts.length) * (data.high - data.low);
  }
  return null;
}

function largest(counts: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < counts.length; i++) most = Math.max(most, counts[i]!);
  return most;
}
