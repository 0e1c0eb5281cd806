import { expect, test } from "vitest";
import { draw, DRAWN } from "./drawing";
import { clearPoints } from "./edits";
import type { DatasetEntry, Experiment } from "./protocol";

function experimentOf(name: string, layers: string[]): Experiment {
  return {
    version: 1,
    data: { name, args: {}, points: [] },
    layers: layers.map((type, i) => ({ id: `row${i}`, type, args: {}, muted: false })),
    loss: { type: "CrossEntropyLoss", args: {} },
    optimizer: { type: "Adam", args: {} },
    training: { epochs: 10, seed: 0 },
  } as unknown as Experiment;
}

const catalog = [
  { name: "Spiral", preset: experimentOf("Spiral", ["Linear"]) },
  { name: DRAWN, preset: experimentOf(DRAWN, ["Linear", "Tanh"]) },
] as unknown as DatasetEntry[];

const point = { x: 0.12345, y: 1, label: 1 };

test("the first point starts a drawing, with its preset while the stack is untouched", () => {
  const drawn = draw(experimentOf("Spiral", ["Linear"]), point, catalog);
  expect(drawn.data.name).toBe(DRAWN);
  expect(drawn.data.points).toEqual([{ x: 0.123, y: 1, label: 1 }]);
  expect(drawn.layers).toHaveLength(2);
});

test("an edited stack is kept when a drawing starts", () => {
  const drawn = draw(experimentOf("Spiral", ["ReLU"]), point, catalog);
  expect(drawn.layers.map((layer) => layer.type)).toEqual(["ReLU"]);
});

test("further points join the drawing", () => {
  const once = draw(experimentOf("Spiral", ["Linear"]), point, catalog);
  expect(draw(once, { ...point, label: 0 }, catalog).data.points.map((p) => p.label)).toEqual([1, 0]);
});

test("a cleared drawing has no points and stays a drawing", () => {
  const drawn = draw(experimentOf("Spiral", ["Linear"]), point, catalog);
  const cleared = clearPoints(drawn);
  expect(cleared.data.points).toEqual([]);
  expect(cleared.layers).toBe(drawn.layers);
  expect(draw(cleared, point, catalog).data.points).toHaveLength(1);
});
