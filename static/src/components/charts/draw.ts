/** What canvas pictures share: class marks, and axes with round numbers around a plot. */

import { css, type Palette, type Rgb } from "../../lib/colour";
import { markPath, type Shape } from "../../lib/marks";
import { tickLabel, ticks } from "../../lib/numbers";
import { toPixel, type Extent } from "../../lib/plane";
import type { Size } from "./Canvas.svelte";

export interface Box extends Size {
  left: number;
  top: number;
}

const paths = new Map<string, Path2D>();

function pathOf(shape: Shape, radius: number): Path2D {
  const key = `${shape} ${radius}`;
  const known = paths.get(key) ?? new Path2D(markPath(shape, radius));
  paths.set(key, known);
  return known;
}

/** Training points are filled, validation points are rings: the rim keeps both visible on any colour. */
export function drawMark(
  context: CanvasRenderingContext2D,
  shape: Shape,
  at: { x: number; y: number },
  look: { radius: number; colour: Rgb; rim: Rgb; hollow: boolean },
): void {
  const path = pathOf(shape, look.radius);
  context.save();
  context.translate(at.x, at.y);
  context.lineJoin = "round";
  if (look.hollow) {
    context.strokeStyle = css(look.rim);
    context.lineWidth = 3.4;
    context.stroke(path);
    context.strokeStyle = css(look.colour);
    context.lineWidth = 1.5;
  } else {
    context.fillStyle = css(look.colour);
    context.fill(path);
    context.strokeStyle = css(look.rim);
    context.lineWidth = 1.2;
  }
  context.stroke(path);
  context.restore();
}

/** A ring around the one that was chosen, to be seen on any colour. */
export function drawRing(context: CanvasRenderingContext2D, at: { x: number; y: number }, palette: Palette): void {
  for (const [colour, width] of [[palette.panel, 5], [palette.ink, 2]] as const) {
    context.strokeStyle = css(colour);
    context.lineWidth = width;
    context.beginPath();
    context.arc(at.x, at.y, 10, 0, 2 * Math.PI);
    context.stroke();
  }
}

const rowTicks = (size: Size, extent: Extent): number[] =>
  ticks(extent.y[0], extent.y[1], Math.max(2, Math.floor(size.height / 48)));

/** What is left for the plot between the axes. */
export function axesBox(size: Size, extent: Extent): Box {
  const left = Math.max(...rowTicks(size, extent).map((v) => tickLabel(v).length)) * 6.8 + 10;
  return { left, top: 18, width: size.width - left - 8, height: size.height - 18 - 34 };
}

/** Grid lines, numbers and axis names; answers the box that is left for the plot. */
export function drawAxes(
  context: CanvasRenderingContext2D,
  size: Size,
  extent: Extent,
  palette: Palette,
  names: { x: string; y: string },
  xLabel = tickLabel,
): Box {
  const rows = rowTicks(size, extent);
  const box = axesBox(size, extent);
  context.font = "11px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace";
  context.fillStyle = css(palette.inkFaint);
  context.strokeStyle = css(palette.line);
  context.lineWidth = 1;
  context.textBaseline = "middle";
  context.textAlign = "right";
  for (const value of rows) {
    const y = box.top + toPixel({ x: 0, y: value }, extent, box.width, box.height).y;
    line(context, box.left, y, box.left + box.width, y);
    context.fillText(tickLabel(value), box.left - 6, y);
  }
  context.textAlign = "center";
  for (const value of ticks(extent.x[0], extent.x[1], Math.max(2, Math.floor(size.width / 80)))) {
    const x = box.left + toPixel({ x: value, y: 0 }, extent, box.width, box.height).x;
    line(context, x, box.top, x, box.top + box.height);
    context.fillText(xLabel(value), x, box.top + box.height + 11);
  }
  context.fillText(names.x, box.left + box.width / 2, size.height - 6, box.width);
  context.textAlign = "left";
  context.fillText(names.y, box.left, 7, box.width);
  return box;
}

function line(context: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  context.beginPath();
  context.moveTo(Math.round(x1) + 0.5, Math.round(y1) + 0.5);
  context.lineTo(Math.round(x2) + 0.5, Math.round(y2) + 0.5);
  context.stroke();
}
