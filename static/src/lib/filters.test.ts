import { expect, it } from "vitest";
import { boundOf, filterTiles, mapTiles, type Filtered } from "./filters";

const layer: Filtered = {
  id: "c",
  name: "Conv2d 1",
  kind: "filters",
  weight: { shape: [2, 2, 1, 2], values: new Float32Array([1, 2, 3, 4, 5, 6, 7, 8]) },
  weight_shape: [2, 2, 1, 2],
  low: -3,
  high: 2,
  maps: { shape: [2, 2, 1], values: new Float32Array([1, 2, 3, 4]) },
  map_shape: [2, 2, 1],
  map_low: 0,
  map_high: 1,
};

it("every filter is a picture, its input channels side by side", () => {
  expect(filterTiles(layer)).toEqual([
    { values: [1, 2, 3, 4], rows: 1, columns: 4 },
    { values: [5, 6, 7, 8], rows: 1, columns: 4 },
  ]);
  expect(filterTiles({ ...layer, weight: null })).toEqual([]);
});

it("every map is a picture", () => {
  expect(mapTiles(layer)).toEqual([
    { values: [1, 2], rows: 2, columns: 1 },
    { values: [3, 4], rows: 2, columns: 1 },
  ]);
});

it("the full colour is for the larger of both ends", () => {
  expect(boundOf(-3, 2)).toBe(3);
  expect(boundOf(null, null)).toBe(0);
});
