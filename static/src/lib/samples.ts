/** Samples of a data set as points of a picture. */

import { extentOf, range, type Extent, type XY } from "./plane";
import type { DataPreview, Point } from "./protocol";

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

/** Points as they are drawn, before the server has split them; all count as training points. */
export function drawnPoints(points: readonly Point[]): DataPoint[] {
  return points.map(({ x, y, label }) => ({ x, y, target: label, validation: false }));
}

/** The classes up to the last one drawn, two at least. */
export function drawnClasses(points: readonly Point[]): string[] {
  const last = points.reduce((most, point) => Math.max(most, point.label), 1);
  return Array.from({ length: last + 1 }, (_, i) => `class ${i}`);
}

/** How far the picture reaches beyond the data, as a share of its extent: as far as the model is asked. */
const MARGIN = 0.15;
const CANVAS: Extent = { x: [-1.2, 1.2], y: [-1.2, 1.2] };

/** What the picture shows: the plane on which the model was asked, else a square around the points. */
export function planeOf(points: readonly XY[], drawn: boolean, view: Extent | null): Extent {
  if (view) return union(view, extentOf(points, 0), points.length);
  return drawn ? union(CANVAS, extentOf(points, 0), points.length) : squareAround(points);
}

/** A canvas to draw on holds still as long as its points lie inside. */
function union(a: Extent, b: Extent, points: number): Extent {
  return points === 0 ? a : { x: range([...a.x, ...b.x], 0), y: range([...a.y, ...b.y], 0) };
}

function squareAround(points: readonly XY[]): Extent {
  const { x, y } = extentOf(points, 0);
  const half = Math.max(x[1] - x[0], y[1] - y[0]) * (0.5 + MARGIN) || 1;
  const side = ([low, high]: readonly [number, number]): [number, number] => {
    const centre = (low + high) / 2;
    return [centre - half, centre + half];
  };
  return { x: side(x), y: side(y) };
}

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
