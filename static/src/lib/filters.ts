/** Weights and feature maps as pictures: one for each filter or map, on a scale that can be told. */
import type { Decoded } from "./arrays";
import type { FilterLayer, FiltersView } from "./protocol";
import { tiled, type Tile } from "./sample";

export type Filters = Decoded<FiltersView>;
export type Filtered = Decoded<FilterLayer>;
export type Extent = "this layer" | "all layers";

/** What takes the full colour of a zero-centred scale. */
export function boundOf(low: number | null, high: number | null): number {
  return Math.max(Math.abs(low ?? 0), Math.abs(high ?? 0));
}

/** A picture for each filter [in, height, width], its input channels side by side. */
export function filterTiles({ weight }: Filtered): Tile[] {
  if (!weight || weight.shape.length !== 4) return [];
  const [count, ...shape] = weight.shape as [number, number, number, number];
  return parts(weight.values, count).map((values) => tiled(shape, values));
}

/** A picture for each feature map. */
export function mapTiles({ maps }: Filtered): Tile[] {
  if (!maps) return [];
  const [count, rows, columns] = maps.shape as [number, number, number];
  return parts(maps.values, count).map((values) => ({ values, rows, columns }));
}

function parts(values: ArrayLike<number>, count: number): number[][] {
  const size = values.length / Math.max(1, count);
  return Array.from({ length: count }, (_, i) => Array.from({ length: size }, (_, j) => values[i * size + j]!));
}
