import { describe, expect, it } from "vitest";
import {
  edgeAt,
  edgeText,
  edgeValue,
  layout,
  mutedRow,
  neighbour,
  obstacle,
  parameterName,
  unitText,
  type Network,
} from "./network";
import type { Layer, LayerFacts } from "./protocol";

const array = (shape: number[], values: number[]) => ({ shape, values: new Float32Array(values) });

const network: Network = {
  x: [-1, 1],
  y: [-1, 1],
  features: ["height", "width"],
  input_pictures: { shape: [2, 1, 1], values: new Uint8Array(2) },
  layers: [
    {
      id: "a",
      name: "Linear 1",
      activation: "Tanh 1",
      units: 3,
      pictures: { shape: [3, 1, 1], values: new Uint8Array(3) },
      scale: array([3], [1, 0.5, 0.25]),
      weight: array([3, 2], [1, 2, 3, -4, 5, 6]),
      weight_gradient: null,
      bias: array([3], [0.1, 0.2, 0.3]),
      bias_gradient: null,
    },
  ],
};

const row = (id: string, type: string, muted = false): Layer => ({ id, type, args: {}, muted });
const facts = (id: string, units: number): LayerFacts => ({
  id, name: id, input_shape: [32, 2], output_shape: [32, units], parameters: 0, equation: "", inferred: {}, code: "",
});

describe("the layout", () => {
  const placed = layout([2, 24, 2], 600);

  it("puts each column around the middle and keeps every node inside", () => {
    const [first, many] = [placed.columns[0]!, placed.columns[1]!];
    expect((first[0]!.y + first[1]!.y) / 2).toBeCloseTo(placed.height / 2);
    expect(Math.min(...many.map(({ y }) => y))).toBeGreaterThanOrEqual(placed.sizes[1]! / 2);
    expect(Math.max(...many.map(({ y }) => y))).toBeLessThanOrEqual(placed.height - placed.sizes[1]! / 2);
  });

  it("makes nodes smaller where there are many, and where columns are narrow", () => {
    expect(placed.sizes[1]).toBeLessThan(placed.sizes[0]!);
    expect(layout([2, 2, 2], 90).sizes).toEqual([15, 15, 15]);
  });

  it("finds the edge under the cursor and none beside it", () => {
    const [a, b] = [placed.columns[0]![1]!, placed.columns[1]![5]!];
    const left = a.x + placed.sizes[0]! / 2;
    const right = b.x - placed.sizes[1]! / 2;
    const near = { x: left + 0.8 * (right - left), y: a.y + 0.8 * (b.y - a.y) + 0.3 };
    expect(edgeAt(placed, near, 6)).toEqual({ column: 1, from: 1, to: 5 });
    expect(edgeAt(placed, { x: near.x, y: -40 }, 6)).toBeNull();
    expect(edgeAt(placed, a, 6)).toBeNull();
  });

  it("leads by arrow along a column and to the nearest unit of the next", () => {
    expect(neighbour(placed, { column: 1, unit: 3 }, "ArrowDown")).toEqual({ column: 1, unit: 4 });
    expect(neighbour(placed, { column: 1, unit: 0 }, "ArrowUp")).toBeNull();
    expect(neighbour(placed, { column: 1, unit: 0 }, "ArrowRight")).toEqual({ column: 2, unit: 0 });
    expect(neighbour(placed, { column: 1, unit: 0 }, "ArrowLeft")).toBeNull();
  });
});

it("an edge's number is the weight of that output and input", () => {
  expect(edgeValue(network, { column: 1, from: 1, to: 1 }, "weight")).toBe(-4);
  expect(edgeValue(network, { column: 1, from: 1, to: 1 }, "gradient")).toBeNull();
});

it("units and edges are said with their numbers", () => {
  expect(edgeText(network, { column: 1, from: 1, to: 1 })).toBe("width → Linear 1, unit 1: weight −4");
  expect(unitText(network, { column: 1, unit: 1 })).toBe("Linear 1, unit 1 (after Tanh 1): up to ±0.5, bias 0.2");
});

it("a parameter is named by its row's place among those that are not muted", () => {
  const layers = [row("a", "Linear"), row("b", "Tanh", true), row("c", "Linear")];
  expect(parameterName(layers, "c", "weight")).toBe("1.weight");
});

it("a unit is muted after its activation, so that nothing of it goes on", () => {
  const layers = [row("a", "Linear"), row("b", "Sigmoid")];
  expect(mutedRow(layers, { id: "a", activation: "Sigmoid 1" })).toBe("b");
  expect(mutedRow(layers, { id: "a", activation: "" })).toBe("a");
});

describe("what cannot be drawn", () => {
  it("is a network with other layers, too many units or none", () => {
    expect(obstacle([row("a", "Linear"), row("b", "Tanh")], [facts("a", 32)])).toBeNull();
    expect(obstacle([row("a", "Linear")], [facts("a", 33)])).toContain("32 units");
    expect(obstacle([row("a", "Linear"), row("b", "LayerNorm")], [facts("a", 4)])).toContain("LayerNorm");
    expect(obstacle([row("b", "Tanh")], [])).toContain("none");
    const many = Array.from({ length: 9 }, (_, i) => row(`l${i}`, "Linear"));
    expect(obstacle(many, many.map(({ id }) => facts(id, 2)))).toContain("9");
  });
});
