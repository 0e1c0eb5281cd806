/** Between data coordinates and pixels of a picture whose y axis points up. */

export interface Extent {
  x: readonly [number, number];
  y: readonly [number, number];
}

export interface XY {
  x: number;
  y: number;
}

export function toPixel(point: XY, extent: Extent, width: number, height: number): XY {
  return {
    x: ((point.x - extent.x[0]) / (extent.x[1] - extent.x[0])) * width,
    y: height - ((point.y - extent.y[0]) / (extent.y[1] - extent.y[0])) * height,
  };
}

export function toData(pixel: XY, extent: Extent, width: number, height: number): XY {
  return {
    x: extent.x[0] + (pixel.x / width) * (extent.x[1] - extent.x[0]),
    y: extent.y[0] + ((height - pixel.y) / height) * (extent.y[1] - extent.y[0]),
  };
}

/** The smallest extent around finite points, widened by `margin` of its span; [-1, 1]² for none. */
export function extentOf(points: readonly XY[], margin = 0.08): Extent {
  return { x: range(points.map((p) => p.x), margin), y: range(points.map((p) => p.y), margin) };
}

/** [low, high] of the finite values, widened by `margin` of the span on both sides; never empty. */
export function range(values: readonly number[], margin = 0.08): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [-1, 1];
  const pad = high > low || margin === 0 ? (high - low) * margin : Math.max(1, Math.abs(low) * margin);
  return [low - pad, high + pad];
}

/** The index of the point nearest to `at` (in pixels), null when none is within `reach` pixels. */
export function nearest(pixels: readonly XY[], at: XY, reach: number): number | null {
  let best: number | null = null;
  let distance = reach * reach;
  pixels.forEach((p, i) => {
    const d = (p.x - at.x) ** 2 + (p.y - at.y) ** 2;
    if (d <= distance) [best, distance] = [i, d];
  });
  return best;
}
