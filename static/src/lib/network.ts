/** The drawing of a small dense network: where its nodes stand, what its edges weigh, which one is pointed at. */
import type { Decoded, TypedArray } from "./arrays";
import { layerNames } from "./edits";
import { formatNumber } from "./numbers";
import type { XY } from "./plane";
import type { Layer, LayerFacts, NeuronLayer, NeuronsView } from "./protocol";

export type Network = Decoded<NeuronsView>;
export type Dense = Decoded<NeuronLayer>;
export type Measure = "weight" | "gradient";

/** A unit by its column (0 is the input) and its place in it. */
export interface Unit {
  column: number;
  unit: number;
}

/** From unit `from` of the column before to unit `to` of `column`. */
export interface Edge {
  column: number;
  from: number;
  to: number;
}

export interface Layout {
  /** The side of a node's picture in pixels, column by column. */
  sizes: number[];
  height: number;
  /** The centres of the nodes, column by column. */
  columns: XY[][];
}

/** The largest network that is drawn, as the server measures it. */
const MOST_LAYERS = 8;
const MOST_UNITS = 32;
const UNIT_BY_UNIT = new Set([
  "ReLU", "LeakyReLU", "Tanh", "Sigmoid", "GELU", "Dropout", "BatchNorm1d", "Identity", "Flatten",
]);

/** Why these layers cannot be drawn unit by unit; null where they can. */
export function obstacle(layers: readonly Layer[], facts: readonly LayerFacts[]): string | null {
  const spoken = layers.filter(({ muted }) => !muted);
  const linear = spoken.filter(({ type }) => type === "Linear");
  if (linear.length === 0) return "The drawing shows Linear layers: this network has none.";
  if (linear.length > MOST_LAYERS) {
    return `The drawing has room for ${MOST_LAYERS} Linear layers: this network has ${linear.length}.`;
  }
  const other = spoken.find(({ type }) => type !== "Linear" && !UNIT_BY_UNIT.has(type));
  if (other) return `The drawing shows dense networks: ${other.type} does not keep units apart.`;
  const sizes = new Map(facts.map(({ id, output_shape }) => [id, output_shape.at(-1) ?? 0]));
  const wide = linear.find(({ id }) => (sizes.get(id) ?? 0) > MOST_UNITS);
  if (!wide) return null;
  return `The drawing has room for ${MOST_UNITS} units in a layer: a Linear of this network has ${sizes.get(wide.id)}.`;
}

const GAP = 4;
const LARGEST = 38;
const SMALLEST = 12;
const TALL = 560;
const LOW = 220;

/** Columns from left to right, each around the middle; nodes as large as their column allows. */
export function layout(units: readonly number[], width: number): Layout {
  const pitch = width / Math.max(1, units.length);
  const sizes = units.map((count) =>
    Math.round(Math.max(SMALLEST, Math.min(LARGEST, TALL / Math.max(1, count) - GAP, pitch * 0.5))),
  );
  const height = Math.max(LOW, ...units.map((count, column) => count * (sizes[column]! + GAP)));
  const columns = units.map((count, column) => {
    // A few units stand apart, many close together.
    const apart = Math.min(sizes[column]! * 1.6, height / Math.max(1, count));
    return Array.from({ length: count }, (_, unit) => ({
      x: pitch * (column + 0.5),
      y: height / 2 + (unit - (count - 1) / 2) * apart,
    }));
  });
  return { sizes, height, columns };
}

/** How many units of each column are shown, the input's first. */
export function shownUnits(network: Network): number[] {
  return [network.input_pictures.shape[0]!, ...network.layers.map(({ pictures }) => pictures.shape[0]!)];
}

/** What the edges into a column carry, unit by unit; null before the first backward. */
export function carried(layer: Dense, measure: Measure): TypedArray | null {
  return (measure === "weight" ? layer.weight : layer.weight_gradient)?.values ?? null;
}

/** One edge's number; null where it was not measured. */
export function edgeValue(network: Network, { column, from, to }: Edge, measure: Measure): number | null {
  const layer = network.layers[column - 1];
  const values = layer && carried(layer, measure);
  return values ? (values[to * layer.weight.shape[1]! + from] ?? null) : null;
}

/** The edge nearest to `at`, null when none is within `reach` pixels. */
export function edgeAt({ columns, sizes }: Layout, at: XY, reach: number): Edge | null {
  let best: Edge | null = null;
  let distance = reach;
  for (let column = 1; column < columns.length; column++) {
    const [before, here] = [columns[column - 1]!, columns[column]!];
    const [left, right] = [before[0]!.x + sizes[column - 1]! / 2, here[0]!.x - sizes[column]! / 2];
    if (at.x < left || at.x > right || right <= left) continue;
    const share = (at.x - left) / (right - left);
    before.forEach((a, from) =>
      here.forEach((b, to) => {
        const across = Math.abs(at.y - (a.y + (b.y - a.y) * share));
        const slope = (b.y - a.y) / (right - left);
        const d = across / Math.hypot(1, slope);
        if (d < distance) [best, distance] = [{ column, from, to }, d];
      }),
    );
  }
  return best;
}

/** Where an arrow key leads from a unit: along its column, or to the nearest unit of the next one. */
export function neighbour({ columns }: Layout, { column, unit }: Unit, key: string): Unit | null {
  const here = columns[column]!;
  if (key === "ArrowUp" || key === "ArrowDown") {
    const to = unit + (key === "ArrowUp" ? -1 : 1);
    return to >= 0 && to < here.length ? { column, unit: to } : null;
  }
  if (key === "Home" || key === "End") return { column, unit: key === "Home" ? 0 : here.length - 1 };
  if (key !== "ArrowLeft" && key !== "ArrowRight") return null;
  const next = column + (key === "ArrowLeft" ? -1 : 1);
  const there = columns[next];
  if (next < 1 || !there) return null;
  const off = (at: XY): number => Math.abs(at.y - here[unit]!.y);
  return { column: next, unit: there.reduce((best, at, i) => (off(at) < off(there[best]!) ? i : best), 0) };
}

/** `Linear 1, unit 3` and the inputs by their names: `x`. */
export function unitName(network: Network, { column, unit }: Unit): string {
  if (column === 0) return inputNames(network)[unit]!;
  return `${network.layers[column - 1]!.name}, unit ${unit}`;
}

export function inputNames({ features, input_pictures }: Network): string[] {
  const plane = ["x", "y"];
  return Array.from({ length: input_pictures.shape[0]! }, (_, i) => features[i] ?? plane[i] ?? `x${i}`);
}

/** What is said of an edge while it is pointed at. */
export function edgeText(network: Network, edge: Edge): string {
  const from = unitName(network, { column: edge.column - 1, unit: edge.from });
  const to = unitName(network, { column: edge.column, unit: edge.to });
  const gradient = edgeValue(network, edge, "gradient");
  const slope = gradient === null ? "" : `, gradient ${formatNumber(gradient, 3)}`;
  return `${from} → ${to}: weight ${formatNumber(edgeValue(network, edge, "weight"))}${slope}`;
}

/** What is said of a unit while it is pointed at or has the focus. */
export function unitText(network: Network, at: Unit): string {
  if (at.column === 0) return `Input ${unitName(network, at)}`;
  const layer = network.layers[at.column - 1]!;
  const seen = layer.activation ? ` (after ${layer.activation})` : "";
  const bias = layer.bias ? `, bias ${formatNumber(layer.bias.values[at.unit])}` : "";
  return `${unitName(network, at)}${seen}: up to ±${formatNumber(layer.scale.values[at.unit], 3)}${bias}`;
}

/** A parameter's name in the `state_dict`: the row's place among those that are not muted. */
export function parameterName(layers: readonly Layer[], id: string, parameter: string): string {
  return `${layers.filter(({ muted }) => !muted).findIndex((layer) => layer.id === id)}.${parameter}`;
}

/** The row after which a unit is looked at: there muting makes it silent for all that follows. */
export function mutedRow(layers: readonly Layer[], { id, activation }: Pick<Dense, "id" | "activation">): string {
  const place = layerNames(layers).indexOf(activation);
  return layers[place]?.id ?? id;
}
