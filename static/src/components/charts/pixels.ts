/** A small grid of pixels, scaled to the whole canvas. */

import type { Size } from "./Canvas.svelte";

let scratch: OffscreenCanvas | null = null;

/** `smooth` blends between cells; without it every cell keeps its edges. */
export function drawPixels(
  context: CanvasRenderingContext2D,
  pixels: Uint8ClampedArray<ArrayBuffer>,
  columns: number,
  rows: number,
  size: Size,
  smooth: boolean,
): void {
  if (columns === 0 || rows === 0) return;
  scratch ??= new OffscreenCanvas(columns, rows);
  scratch.width = columns;
  scratch.height = rows;
  scratch.getContext("2d")!.putImageData(new ImageData(pixels, columns, rows), 0, 0);
  context.imageSmoothingEnabled = smooth;
  context.imageSmoothingQuality = "high";
  context.drawImage(scratch, 0, 0, size.width, size.height);
}
