/** The model over the plane → pixels: hue is the class, strength is how sure it is. */

import { mix, type Palette, type Rgb } from "./colour";
import { colourOf, largestMagnitude, type Numbers } from "./heatmap";

export interface ClassGrid {
  winner: Numbers;
  confidence: Numbers;
  classes: number;
}

/** How much of the class colour the surest place takes: points must still stand out on it. */
const STRENGTH = 0.62;

/** A guess at random (confidence 1/classes) is neutral, certainty is the class colour. */
export function classPixels(grid: ClassGrid, palette: Palette): Uint8ClampedArray<ArrayBuffer> {
  const chance = 1 / Math.max(2, grid.classes);
  return paint(grid.winner.length, (i) => {
    const sure = (grid.confidence[i]! - chance) / (1 - chance);
    return mix(palette.zero, classColour(grid.winner[i]!, palette), STRENGTH * Math.sqrt(Math.max(0, sure)));
  });
}

/** A regression surface on a zero-centred scale. */
export function valuePixels(
  values: Numbers,
  palette: Palette,
  bound = largestMagnitude(values),
): Uint8ClampedArray<ArrayBuffer> {
  return paint(values.length, (i) => colourOf(values[i]!, bound, "signed", palette));
}

export function classColour(label: number, palette: Palette): Rgb {
  return palette.classes[label % palette.classes.length]!;
}

function paint(length: number, colour: (i: number) => Rgb): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(length * 4);
  for (let i = 0; i < length; i++) {
    pixels.set(colour(i), i * 4);
    pixels[i * 4 + 3] = 255;
  }
  return pixels;
}
