import { expect, test } from "vitest";
import type { DataPreview } from "./protocol";
import { countSplit, drawnClasses, drawnPoints, planeOf, pointsOf } from "./samples";

const preview = {
  x: [[1, 2], [3, 4]],
  y: [0, 1],
  validation: [false, true],
} as unknown as DataPreview;

test("rows of two features are points with their class and split", () => {
  expect(pointsOf(preview)).toEqual([
    { x: 1, y: 2, target: 0, validation: false },
    { x: 3, y: 4, target: 1, validation: true },
  ]);
  expect(countSplit(pointsOf(preview))).toBe("1 training and 1 validation points");
});

test("a row of one feature stands over its target", () => {
  const line = { ...preview, x: [[1], [3]], y: [10, 20] };
  expect(pointsOf(line).map(({ x, y }) => [x, y])).toEqual([[1, 10], [3, 20]]);
});

test("drawn points are shown at once, and their classes are counted from zero", () => {
  const points = [{ x: 1, y: 2, label: 2 }];
  expect(drawnPoints(points)).toEqual([{ x: 1, y: 2, target: 2, validation: false }]);
  expect(drawnClasses(points)).toEqual(["class 0", "class 1", "class 2"]);
  expect(drawnClasses([])).toHaveLength(2);
});

test("the picture is the plane on which the model was asked", () => {
  const view = { x: [-2, 2], y: [-3, 3] } as const;
  expect(planeOf([{ x: 1, y: 1 }], false, view)).toEqual(view);
  expect(planeOf([{ x: 9, y: 1 }], true, view).x).toEqual([-2, 9]);
});

test("before that it is a square around the points, so that nothing is distorted", () => {
  const { x, y } = planeOf([{ x: 0, y: 0 }, { x: 1, y: 2 }], false, null);
  expect(x).toEqual([-0.8, 1.8]);
  expect(y[1] - y[0]).toBeCloseTo(x[1] - x[0]);
});

test("a canvas to draw on does not move under the pen", () => {
  const empty = planeOf([], true, null);
  expect(planeOf([{ x: 0.9, y: -0.9 }, { x: 0.1, y: 0.1 }], true, null)).toEqual(empty);
  expect(planeOf([{ x: 5, y: 0 }], true, null).x[1]).toBe(5);
});
