/** The model over the plane → pixels: hue is the class, strength is how sure it is. */

import { mix, type Palette, type Rgb } from "./colour";
import { colourOf, largestMagnitude, type Numbers } from "./heatmap";

export interface ClassGrid {
  winner: Numbers;
  confidence: Numbers;
  classes: number;
  rows: number;
  columns: number;
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

/**
 * The grid `factor` times finer, so that the boundary is a line and not a stair.
 *
 * What a loser scores is not known one by one: the rest is shared evenly, which is exact for two classes.
 */
export function refine(grid: ClassGrid, factor: number): ClassGrid {
  const [rows, columns] = [grid.rows * factor, grid.columns * factor];
  const winner = new Uint8Array(rows * columns);
  const confidence = new Float32Array(rows * columns);
  const across = blends(columns, grid.columns);
  const down = blends(rows, grid.rows);
  const corners = [0, 0, 0, 0];
  const weights = [0, 0, 0, 0];
  for (let r = 0; r < rows; r++) {
    const [above, below, v] = down[r]!;
    for (let c = 0; c < columns; c++) {
      const [left, right, u] = across[c]!;
      corners[0] = above * grid.columns + left;
      corners[1] = above * grid.columns + right;
      corners[2] = below * grid.columns + left;
      corners[3] = below * grid.columns + right;
      weights[0] = (1 - v) * (1 - u);
      weights[1] = (1 - v) * u;
      weights[2] = v * (1 - u);
      weights[3] = v * u;
      const at = r * columns + c;
      for (const candidate of corners) {
        const label = grid.winner[candidate]!;
        const score = scoreOf(label, corners, weights, grid);
        if (score > confidence[at]!) {
          confidence[at] = score;
          winner[at] = label;
        }
      }
    }
  }
  return { ...grid, winner, confidence, rows, columns };
}

/** For each fine cell: the two coarse ones it lies between, and how far it is from the first. */
function blends(fine: number, coarse: number): [number, number, number][] {
  return Array.from({ length: fine }, (_, i) => {
    const at = Math.max(0, Math.min(coarse - 1, ((i + 0.5) * coarse) / fine - 0.5));
    const low = Math.floor(at);
    return [low, Math.min(coarse - 1, low + 1), at - low];
  });
}

function scoreOf(label: number, corners: readonly number[], weights: readonly number[], grid: ClassGrid): number {
  let score = 0;
  for (let k = 0; k < 4; k++) {
    const sure = grid.confidence[corners[k]!]!;
    score += weights[k]! * (grid.winner[corners[k]!] === label ? sure : (1 - sure) / Math.max(1, grid.classes - 1));
  }
  return score;
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
