/** Samples of a data set as points of a picture. */

import { extentOf, range, type Extent, type XY } from "./plane";
import type { DataPreview } from "./protocol";

/** `target` is a class index or a value. */
export interface DataPoint extends XY {
  target: number;
  validation: boolean;
}

/** Points of a 2-D set; a 1-D set has its target as y. */
export function pointsOf(preview: DataPreview): DataPoint[] {
  return preview.x.map((row, i) => {
    const target = preview.y[i]!;
    return { x: row[0]!, y: row[1] ?? target, target, validation: preview.validation[i] ?? false };
  });
}

/** What the picture shows: the model's plane where there is one, and all points. A canvas to draw on holds still. */
export function planeOf(points: readonly XY[], drawn: boolean, view: Extent | null): Extent {
  const around = extentOf(points);
  const parts = [view, drawn ? CANVAS : null, view && !drawn ? null : around];
  const known = parts.filter((part): part is Extent => part !== null);
  return {
    x: range(known.flatMap((part) => [...part.x]), 0),
    y: range(known.flatMap((part) => [...part.y]), 0),
  };
}

const CANVAS: Extent = { x: [-1.2, 1.2], y: [-1.2, 1.2] };

export function countSplit(points: readonly DataPoint[]): string {
  const held = points.filter((point) => point.validation).length;
  return `${points.length - held} training and ${held} validation points`;
}

/** Up to `most` samples as a small scatter plot: a table is seen along its first two columns with many values. */
export function scatter(preview: DataPreview, most: number): DataPoint[] {
  if (preview.facts.kind !== "table") return pointsOf({ ...preview, x: preview.x.slice(0, most) });
  const width = preview.x[0]?.length ?? 0;
  const varied = Array.from({ length: width }, (_, k) => k).filter(
    (k) => new Set(preview.x.map((row) => row[k])).size > MANY,
  );
  const [across = 0, up = Math.min(1, width - 1)] = varied;
  return pointsOf({ ...preview, x: preview.x.slice(0, most).map((row) => [row[across]!, row[up]!]) });
}

const MANY = 8;
