/** The autograd graph as a picture: sizes, layout, the way of the arrow keys, and the same as a table. */

import type { Table } from "./curves";
import { shortGridText } from "./lens";
import { formatShape } from "./numbers";
import type { Grid, Tape, TapeEdge, TapeNode } from "./protocol";
import { nodesById, nodeText } from "./tapePlay";

export interface Point {
  x: number;
  y: number;
}

/** A node's box by its middle. */
export interface Box extends Point {
  width: number;
  height: number;
}

/** The way of an edge, from the input to the result, and where its label stands. */
export interface Way {
  points: Point[];
  label: Point;
}

/** Where everything stands; edges by their place in the tape. */
export interface Layout {
  width: number;
  height: number;
  boxes: Map<number, Box>;
  ways: Way[];
}

/** Inputs to the left of results, or above them where there is little width. */
export type Direction = "LR" | "TB";

const CHARACTER = 7.3;
const SIDES = 28;
const LEAST_WIDTH = 104;
const HEIGHT = 62;
/** A gradient that is longer as text is drawn as colours. */
const LONGEST_GRADIENT = 24;
const LABEL_HEIGHT = 18;
const LABEL_SIDES = 10;

/** The lines that a node shows: its `grad_fn`, its name in the program if it has one, and its shape. */
export function nodeLines(node: TapeNode): { title: string; subtitle: string } {
  const shape = formatShape(node.shape);
  if (node.leaf) return { title: nodeText(node), subtitle: `leaf ${shape}` };
  return { title: node.name, subtitle: node.names.length > 0 ? `${nodeText(node)} ${shape}` : shape };
}

/** A gradient as text that has room on a node or an edge; null where it has none. */
export function gradientText(grad: Grid | null): string | null {
  const text = grad ? shortGridText(grad) : "";
  return text !== "" && text.length <= LONGEST_GRADIENT ? text : null;
}

/**
 * What an edge says once its gradient has passed: `Σ` for a broadcast undone, and the numbers where its target adds
 * several; the numbers of the others stand on their target.
 */
export function edgeText(tape: Tape, edge: TapeEdge): string {
  const adds = tape.edges.filter(({ target }) => target === edge.target).length > 1;
  const sums = edge.note?.startsWith("summed") ?? false;
  const numbers = adds || sums ? gradientText(edge.gradient) : null;
  return `${sums ? "Σ " : ""}${adds ? "+ " : ""}${numbers ?? formatShape(edge.shape)}`;
}

export function nodeSize(node: TapeNode): { width: number; height: number } {
  const { title, subtitle } = nodeLines(node);
  const gradient = gradientText(node.grad) ?? "";
  const longest = Math.max(title.length, subtitle.length, gradient.length);
  return { width: Math.max(LEAST_WIDTH, Math.ceil(longest * CHARACTER) + SIDES), height: HEIGHT };
}

export function labelWidth(text: string): number {
  return Math.ceil(text.length * CHARACTER) + LABEL_SIDES;
}

/** Boxes and ways by dagre, which is fetched when the first tape is drawn. */
export async function layoutTape(tape: Tape, direction: Direction): Promise<Layout> {
  const { Graph, layout } = await import("@dagrejs/dagre").then(({ graphlib, layout }) => ({ ...graphlib, layout }));
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: direction, nodesep: 22, ranksep: 44, edgesep: 12, marginx: 16, marginy: 16 });
  for (const node of tape.nodes) graph.setNode(String(node.id), nodeSize(node));
  tape.edges.forEach((edge, i) => {
    const label = { width: labelWidth(edgeText(tape, edge)), height: LABEL_HEIGHT, labelpos: "c" };
    graph.setEdge(String(edge.target), String(edge.source), label, String(i));
  });
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return {
    width,
    height,
    boxes: new Map(tape.nodes.map((node) => [node.id, graph.node(String(node.id)) as Box])),
    ways: tape.edges.map(({ source, target }, i) => {
      const { points, x, y } = graph.edge(String(target), String(source), String(i)) as { points: Point[] } & Point;
      return { points, label: { x, y } };
    }),
  };
}

/** A smooth way through points: straight at its ends, rounded at those between. */
export function pathData(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (!first) return "";
  const last = rest.at(-1) ?? first;
  const bends = rest.slice(0, -1).map((point, i) => {
    const next = rest[i + 1]!;
    const half = i === rest.length - 2 ? next : middle(point, next);
    return `Q${at(point)} ${at(half)}`;
  });
  return `M${at(first)}${bends.join("")}${bends.length > 0 ? "" : `L${at(last)}`}`;
}

function at({ x, y }: Point): string {
  return `${round(x)},${round(y)}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

export function middle(a: Point, b: Point): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

/**
 * The node that an arrow key leads to: along an edge towards inputs or results, or aside to the nearest of the same
 * rank. Null where there is none.
 */
export function neighbour(tape: Tape, layout: Layout, from: number, key: string, direction: Direction): number | null {
  const keys = direction === "LR" ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
  const here = layout.boxes.get(from);
  if (!here) return null;
  if (keys.includes(key)) {
    const towardsInputs = key === keys[0];
    const ends = tape.edges.flatMap(({ source, target }) => {
      if (towardsInputs) return source === from ? [target] : [];
      return target === from ? [source] : [];
    });
    return nearest(ends, layout, here, direction);
  }
  const sign = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 }[key];
  if (sign === undefined) return null;
  const [along, across] = direction === "LR" ? (["x", "y"] as const) : (["y", "x"] as const);
  const beside = [...layout.boxes].filter(
    ([, box]) => (box[across] - here[across]) * sign > 1 && Math.abs(box[along] - here[along]) < here.width,
  );
  return nearest(beside.map(([id]) => id), layout, here, direction);
}

function nearest(ids: readonly number[], layout: Layout, here: Point, direction: Direction): number | null {
  const across = direction === "LR" ? "y" : "x";
  const far = (id: number): number => Math.abs(layout.boxes.get(id)![across] - here[across]);
  return [...ids].sort((a, b) => far(a) - far(b))[0] ?? null;
}

/** Nodes in the order of backward, then those it does not reach: the order of the Tab key. */
export function inOrder(tape: Tape): TapeNode[] {
  const place = new Map(tape.order.map((id, i) => [id, i]));
  const rank = (node: TapeNode): number => place.get(node.id) ?? Infinity;
  return [...tape.nodes].sort((a, b) => (rank(a) === rank(b) ? a.id - b.id : rank(a) - rank(b)));
}

/** A node in a sentence: what it is, and from what and into what it leads. */
export function nodeLabel(tape: Tape, node: TapeNode): string {
  const nodes = nodesById(tape);
  const named = (id: number): string => nodeText(nodes.get(id) ?? { name: "a node left out", names: [] });
  const inputs = tape.edges.filter((edge) => edge.source === node.id).map((edge) => named(edge.target));
  const results = tape.edges.filter((edge) => edge.target === node.id).map((edge) => named(edge.source));
  const called = node.names.length > 0 && !node.leaf ? `, ${nodeText(node)}` : "";
  const said = [`${node.leaf ? `leaf ${nodeText(node)}` : node.name}${called}, shape ${formatShape(node.shape)}`];
  if (inputs.length > 0) said.push(`from ${inputs.join(" and ")}`);
  if (results.length > 0) said.push(`into ${results.join(" and ")}`);
  return said.join("; ");
}

/** The graph as rows, in the order of backward; `text` writes a gradient. */
export function tapeTable(tape: Tape, text: (node: TapeNode) => string): Table {
  const nodes = nodesById(tape);
  const rows = inOrder(tape).map((node) => [
    node.leaf ? `${nodeText(node)} (leaf)` : node.name,
    node.leaf ? "" : node.names.join(", "),
    formatShape(node.shape),
    tape.edges
      .filter((edge) => edge.source === node.id)
      .map((edge) => {
        const target = nodes.get(edge.target);
        const name = target ? nodeText(target) : "a node left out";
        return edge.note ? `${name} (${edge.note})` : name;
      })
      .join("; "),
    node.saved.map((saved) => `${saved.name} ${formatShape(saved.shape)}`).join(", "),
    text(node),
  ]);
  return { head: ["node", "result", "shape", "passes its gradient to", "saved", "gradient"], rows };
}
