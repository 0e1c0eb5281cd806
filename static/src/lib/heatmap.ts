/** Values → pixels, one pixel a cell; the canvas scales it up without smoothing. */

import { diverging, sequential, type Palette, type Rgb } from "./colour";

export type Numbers = ArrayLike<number>;

/** `signed` is zero-centred; a hue is for what is never negative. */
export type Scale = "signed" | Rgb;

/** The largest finite magnitude, 0 for none: the bound of a zero-centred scale. */
export function largestMagnitude(values: Numbers): number {
  let bound = 0;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]!);
    if (size > bound && size < Infinity) bound = size;
  }
  return bound;
}

/** The colour of one value; what is not finite takes the warning colour, so that it is seen. */
export function colourOf(value: number, bound: number, scale: Scale, palette: Palette): Rgb {
  if (!Number.isFinite(value)) return palette.warning;
  return scale === "signed" ? diverging(value, bound, palette) : sequential(value, bound, scale, palette);
}

/** RGBA bytes of `values`, row by row. */
export function heatmapPixels(
  values: Numbers,
  palette: Palette,
  scale: Scale = "signed",
  bound = largestMagnitude(values),
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(values.length * 4);
  for (let i = 0; i < values.length; i++) {
    const colour = colourOf(values[i]!, bound, scale, palette);
    pixels.set(colour, i * 4);
    pixels[i * 4 + 3] = 255;
  }
  return pixels;
}

/** Greyscale images (0 … `white`) as ink on paper: 0 is the panel, `white` is the ink. */
export function inkPixels(values: Numbers, white: number, palette: Palette): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(values.length * 4);
  for (let i = 0; i < values.length; i++) {
    pixels.set(sequentialInk(values[i]! / white, palette), i * 4);
    pixels[i * 4 + 3] = 255;
  }
  return pixels;
}

function sequentialInk(share: number, palette: Palette): Rgb {
  return sequential(share, 1, palette.ink, palette);
}
