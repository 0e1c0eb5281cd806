import { describe, expect, it } from "vitest";
import type { Grid, Tape, TapeEdge, TapeNode } from "./protocol";
import { edgeText, inOrder, layoutTape, neighbour, nodeLabel, nodeSize, pathData, tapeTable } from "./tapeGraph";
import { momentOf, obstacle, playSteps, stepMilliseconds } from "./tapePlay";

const vector = (...value: number[]): Grid => ({ slices: [], row: 0, column: 0, value: [value], low: null, high: null });

function node(id: number, name: string, names: string[], rest: Partial<TapeNode> = {}): TapeNode {
  const grad = vector(id, id);
  return { id, name, op: name, leaf: false, names, line: 1, shape: [2], saved: [], formula: "", grad, ...rest };
}

function edge(source: number, target: number, rest: Partial<TapeEdge> = {}): TapeEdge {
  return { source, target, input: 0, shape: [2], gradient: vector(source, target), note: null, ...rest };
}

/** `loss = (x * x + b).sum()`: x is used twice, b is broadcast. */
const tape: Tape = {
  root: 0,
  line: 1,
  ran: true,
  left_out: 0,
  order: [0, 1, 2, 4, 3],
  nodes: [
    node(0, "SumBackward0", ["loss"], { shape: [] }),
    node(1, "AddBackward0", []),
    node(2, "MulBackward0", [], { saved: [{ name: "self", shape: [2], text: "tensor([1., 2.])" }] }),
    node(3, "AccumulateGrad", ["x"], { leaf: true }),
    node(4, "AccumulateGrad", ["b"], { leaf: true, shape: [] }),
  ],
  edges: [
    edge(0, 1),
    edge(1, 2),
    edge(1, 4, { input: 1, shape: [], note: "summed over dim 0 (broadcast undone)" }),
    edge(2, 3),
    edge(2, 3, { input: 1 }),
  ],
};

describe("playing backward", () => {
  const steps = playSteps(tape);

  it("starts with 1 at the root and goes edge by edge in the order of backward", () => {
    expect(steps[0]!.caption).toBe("backward starts at loss: its gradient with respect to itself is 1.");
    expect(steps.map((step) => step.edge)).toEqual([null, 0, 1, 2, 3, 4]);
  });

  it("says where a broadcast is undone, and when a leaf has all of its gradient", () => {
    expect(steps[3]!.caption).toBe(
      "AddBackward0 passes a gradient of shape [] to b; summed over dim 0 (broadcast undone); b.grad is complete.",
    );
  });

  it("adds where a tensor is used twice: it is complete with the last gradient only", () => {
    expect(steps[4]).toMatchObject({ node: 3, complete: null });
    expect(steps[4]!.caption).toContain("1 of 2 have arrived");
    expect(steps[5]).toMatchObject({ node: 3, complete: 3 });
    expect(steps[5]!.caption).toContain("all 2 have arrived and are added; x.grad is complete");
  });

  it("shows at each moment what has passed", () => {
    expect(momentOf(steps, 0)).toEqual({ passed: new Set(), current: null, arrived: new Set(), partly: new Map() });
    const moment = momentOf(steps, 5);
    expect(moment).toMatchObject({ passed: new Set([0, 1, 2, 3]), current: 3, arrived: new Set([0, 1, 2, 4]) });
    expect(moment.partly.get(3)).toBe("1 of 2");
    expect(momentOf(steps, 6).partly.get(3)).toBe("");
  });

  it("needs one number to start at", () => {
    expect(obstacle(tape)).toBeNull();
    const vectors = { ...tape, nodes: [node(0, "AddBackward0", ["y"], { grad: null }), ...tape.nodes.slice(1)] };
    expect(obstacle(vectors)).toBe("y has shape [2]: backward starts at one number, as y.sum().");
    const failed = { ...tape, nodes: [node(0, "SumBackward0", ["s"], { grad: null, shape: [] }), ...tape.nodes.slice(1)] };
    expect(obstacle(failed)).toBe("Backward from s fails: what is wrong stands at its line.");
    expect(obstacle({ ...tape, edges: [] })).toBe("There is nothing behind it to differentiate.");
  });

  it("goes faster where there is much to show", () => {
    expect(stepMilliseconds(6)).toBe(1100);
    expect(stepMilliseconds(100)).toBe(300);
    expect(stepMilliseconds(5000)).toBe(120);
  });
});

describe("the graph", () => {
  it("has inputs to the left of results, or above them", async () => {
    const wide = await layoutTape(tape, "LR");
    expect(wide.boxes.get(3)!.x).toBeLessThan(wide.boxes.get(2)!.x);
    expect(wide.boxes.get(1)!.x).toBeLessThan(wide.boxes.get(0)!.x);
    const narrow = await layoutTape(tape, "TB");
    expect(narrow.boxes.get(2)!.y).toBeLessThan(narrow.boxes.get(1)!.y);
  });

  it("keeps boxes apart", async () => {
    const boxes = [...(await layoutTape(tape, "LR")).boxes.values()];
    for (const a of boxes) {
      for (const b of boxes) {
        const apart = Math.abs(a.x - b.x) >= (a.width + b.width) / 2 || Math.abs(a.y - b.y) >= (a.height + b.height) / 2;
        expect(a === b || apart).toBe(true);
      }
    }
  });

  it("is walked along its edges, and aside", async () => {
    const layout = await layoutTape(tape, "LR");
    expect(neighbour(tape, layout, 0, "ArrowLeft", "LR")).toBe(1);
    expect(neighbour(tape, layout, 2, "ArrowRight", "LR")).toBe(1);
    expect(neighbour(tape, layout, 3, "ArrowLeft", "LR")).toBeNull();
    const [upper, lower] = layout.boxes.get(2)!.y < layout.boxes.get(4)!.y ? [2, 4] : [4, 2];
    expect(neighbour(tape, layout, upper, "ArrowDown", "LR")).toBe(lower);
    expect(neighbour(tape, layout, lower, "ArrowUp", "LR")).toBe(upper);
  });

  it("makes a node as wide as its longest line", () => {
    const long = nodeSize(node(9, "BinaryCrossEntropyWithLogitsBackward0", []));
    expect(long.width).toBeGreaterThan(nodeSize(node(9, "Sum", [])).width);
  });

  it("has smooth ways through their bends, and straight ones", () => {
    expect(pathData([{ x: 0, y: 0 }, { x: 10, y: 0 }])).toBe("M0,0L10,0");
    expect(pathData([{ x: 0, y: 0 }, { x: 10, y: 0 }, { x: 10, y: 10 }])).toBe("M0,0Q10,0 10,10");
  });

  it("writes numbers on an edge where they stand nowhere else", () => {
    expect(edgeText(tape, tape.edges[0]!)).toBe("[2]");
    expect(edgeText(tape, tape.edges[2]!)).toBe("Σ [1, 4]");
    expect(edgeText(tape, tape.edges[3]!)).toBe("+ [2, 3]");
  });
});

describe("the graph in words", () => {
  it("says what a node is, and from what and into what it leads", () => {
    expect(nodeLabel(tape, tape.nodes[1]!)).toBe("AddBackward0, shape [2]; from MulBackward0 and b; into loss");
    expect(nodeLabel(tape, tape.nodes[3]!)).toBe("leaf x, shape [2]; into MulBackward0 and MulBackward0");
  });

  it("is a table in the order of backward", () => {
    expect(inOrder(tape).map(({ id }) => id)).toEqual([0, 1, 2, 4, 3]);
    const { head, rows } = tapeTable(tape, () => "g");
    expect(head).toHaveLength(6);
    expect(rows[1]).toEqual([
      "AddBackward0",
      "",
      "[2]",
      "MulBackward0; b (summed over dim 0 (broadcast undone))",
      "",
      "g",
    ]);
    expect(rows[2]![4]).toBe("self [2]");
    expect(rows[4]![0]).toBe("x (leaf)");
  });
});
