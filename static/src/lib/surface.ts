/** The loss on a plane through the weights: what is there of it, its contours, and slices through it. */
import { contours, type ContourMultiPolygon } from "d3-contour";
import { formatCount, formatNumber } from "./numbers";
import type { Extent, XY } from "./plane";
import type { SurfaceReply } from "./protocol";

const LEVELS = 12;
/** From this ratio of the highest to the lowest loss on, levels are apart by a factor, not by a difference. */
const WIDE = 10;

/** The grid as far as it is whole: every `stride`-th point, row by row; NaN where the loss is not finite. */
export interface Grid {
  stride: number;
  side: number;
  values: number[];
}

/** Points come coarse to fine, so what is there is a coarser grid, whole. Null before the first. */
export function gridOf({ losses, done, path }: SurfaceReply): Grid | null {
  const side = losses.length;
  const known = Math.round(done * (side * side + path.length)) - path.length;
  for (let stride = 1; stride < side - 1; stride *= 2) {
    const coarse = (side - 1) / stride + 1;
    if (known < coarse * coarse) continue;
    const at = Array.from({ length: coarse }, (_, i) => i * stride);
    return { stride, side: coarse, values: at.flatMap((j) => at.map((i) => losses[j]![i] ?? NaN)) };
  }
  return null;
}

/** Where the contour lines lie: between the lowest and the highest finite loss. */
export function levelsOf({ values }: Grid): number[] {
  const finite = values.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  if (!(high > low)) return [];
  const shares = Array.from({ length: LEVELS }, (_, i) => (i + 1) / (LEVELS + 1));
  const wide = low > 0 && high / low > WIDE;
  return shares.map((share) => (wide ? low * (high / low) ** share : low + (high - low) * share));
}

/** The areas above each level, in cells of the grid: the point of row j, column i lies at (i + ½, j + ½). */
export function areas(grid: Grid, levels: readonly number[]): ContourMultiPolygon[] {
  // What is not finite is far above every level.
  const values = grid.values.map((value) => (Number.isFinite(value) ? value : Number.MAX_VALUE));
  return contours().size([grid.side, grid.side]).thresholds([...levels])(values);
}

export function extentOf({ first, second }: SurfaceReply): Extent {
  return { x: [first[0]!, first.at(-1)!], y: [second[0]!, second.at(-1)!] };
}

/** A point of the grid: its column along the first direction and its row along the second. */
export interface Place {
  i: number;
  j: number;
}

/** The point nearest to the model itself. */
export function origin({ first, second }: SurfaceReply): Place {
  const nearest = (axis: readonly number[]): number =>
    axis.reduce((best, value, i) => (Math.abs(value) < Math.abs(axis[best]!) ? i : best), 0);
  return { i: nearest(first), j: nearest(second) };
}

/** The loss along one direction through a point of the whole grid. */
export function slice({ losses, first, second }: SurfaceReply, along: "first" | "second", at: number): XY[] {
  const line = along === "first" ? losses[at]! : losses.map((row) => row[at]!);
  const places = along === "first" ? first : second;
  return places.flatMap((x, i) => (line[i] === null ? [] : [{ x, y: line[i]! }]));
}

/** One sentence on the whole: `Around step 400: from 0.02 to 3.1; the model's own loss is 0.03.` */
export function surfaceText(reply: SurfaceReply): string {
  const grid = gridOf(reply);
  const finite = grid?.values.filter(Number.isFinite) ?? [];
  if (finite.length === 0) return "Nothing is worked out yet.";
  const own = reply.path.at(-1)?.[3];
  const range = `from ${formatNumber(Math.min(...finite), 3)} to ${formatNumber(Math.max(...finite), 3)}`;
  return `Around step ${formatCount(reply.step)}: ${range}; the model's own loss is ${formatNumber(own, 3)}.`;
}

/** Where a surface belongs to another step than that at which the run stands, before or after it; else empty. */
export function elsewhereText({ step }: SurfaceReply, stands: number | null): string {
  if (stands === null || step === stands) return "";
  return `As it was at step ${formatCount(step)}; the run stands at step ${formatCount(stands)} now.`;
}

function rounded(share: number): string {
  if (share < 0.005) return "under 1 %";
  return share > 0.995 ? "over 99 %" : `${(share * 100).toFixed(0)} %`;
}

/** What the axes are: how much of the path each direction explains, or how long a random one is. */
export function directionsText({ directions, shares }: SurfaceReply): string {
  if (directions === "random" || shares === null) {
    return "Two random directions, filter-normalised: at 1, each row of a weight has moved by its own length.";
  }
  const [first, second] = shares.map(rounded);
  return `The two directions in which the path varies most: they hold ${first} and ${second} of its variance.`;
}
