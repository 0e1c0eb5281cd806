/** Broadcasting as a picture: shapes aligned from the right, what is repeated, and where it fails. */

import { indexAt, placeOf, type Cell } from "./lens";
import type { Broadcast, Grid, Operand } from "./protocol";

/** What becomes of one shape on one axis of the result. */
export interface Fit {
  /** Null where the shape has no such axis. */
  size: number | null;
  stretched: boolean;
}

/** One axis, with what each shape has there; `result` is null where there is none. */
export interface Axis {
  /** Counted from the right, as broadcasting does: −1 is the last. */
  axis: number;
  fits: Fit[];
  result: number | null;
  clash: boolean;
}

/** The axes from left to right. */
export function axes({ shapes, stretched, result, clash }: Broadcast): Axis[] {
  const count = shapes[0]?.length ?? 0;
  return Array.from({ length: count }, (_, axis) => ({
    axis: axis - count,
    fits: shapes.map((shape, i) => ({ size: shape[axis]!, stretched: stretched[i]![axis]! })),
    result: result?.[axis] ?? null,
    clash: clash === axis,
  }));
}

/** How one shape fits an axis, in words. */
export function fitText(fit: Fit, result: number | null): string {
  if (fit.size === null) return result === null ? "no such axis" : `no such axis: repeated ${result} times`;
  return fit.stretched ? `1, repeated ${result ?? "?"} times` : String(fit.size);
}

/** The sentence under the picture: what was done, or which sizes do not go together. */
export function broadcastText(broadcast: Broadcast, names: readonly string[]): string {
  const clash = axes(broadcast).find((axis) => axis.clash);
  if (clash) {
    const sizes = clash.fits.map((fit, i) => `${names[i]} has ${fit.size ?? "no size"}`);
    return `Dimension −${-clash.axis} does not fit: ${sizes.join(", ")}. Sizes must be equal, or one of them 1.`;
  }
  const repeated = names.filter((_, i) => broadcast.stretched[i]!.some(Boolean));
  if (repeated.length === 0) return "The shapes are equal: element meets element.";
  return `${repeated.join(" and ")} ${repeated.length > 1 ? "are" : "is"} repeated to fit; no memory is copied.`;
}

/** Whether operands are repeated to make this very shape; a loss repeats them too, and then makes one number of all. */
export function isStretchedTo(broadcast: Broadcast | null, shape: readonly number[]): boolean {
  const repeats = broadcast?.stretched.some((axes) => axes.some(Boolean)) ?? false;
  return repeats && broadcast?.result?.join() === shape.join();
}

/** An operand laid over the result's window: its own cells, and ghosts where it is repeated. */
export function stretchedCells(operand: Operand, output: Operand): Cell[][] {
  const { shape } = operand;
  const lead = output.shape.length - shape.length;
  return output.value.value.map((items, row) =>
    items.map((_, column) => {
      const at = indexAt(output.value, output.shape.length, { row, column });
      const index = shape.map((size, axis) => (size === 1 ? 0 : at[lead + axis]!));
      const repeated = at.some((position, axis) => position > 0 && (axis < lead || shape[axis - lead] === 1));
      return { index, value: valueAt(operand.value, index), ghost: repeated };
    }),
  );
}

function valueAt(grid: Grid, index: readonly number[]): Cell["value"] {
  const place = placeOf(grid, index);
  return place ? grid.value[place.row]![place.column]! : null;
}
