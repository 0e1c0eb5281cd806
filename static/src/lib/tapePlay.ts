/** Backward as a list of steps: which edge carries what, and what is said about it. */

import { formatShape } from "./numbers";
import type { Tape, TapeEdge, TapeNode } from "./protocol";

/** One step: the edge whose gradient appears (none as it starts), and the node that has now all of its gradient. */
export interface Step {
  edge: number | null;
  node: number;
  complete: number | null;
  /** How many of its gradients the node has, where more are to come: `1 of 2`. */
  partly: string;
  caption: string;
}

/** What a step shows: the edges that have been passed, the one being passed, the nodes whose gradient is there. */
export interface Moment {
  passed: ReadonlySet<number>;
  current: number | null;
  arrived: ReadonlySet<number>;
  /** What the nodes say that wait for more. */
  partly: ReadonlyMap<number, string>;
}

/** How a node is called in a sentence: by its name in the program, else by its `grad_fn`. */
export function nodeText(node: Pick<TapeNode, "name" | "names">): string {
  return node.names.length > 0 ? node.names.join(" = ") : node.name;
}

export function nodesById(tape: Tape): Map<number, TapeNode> {
  return new Map(tape.nodes.map((node) => [node.id, node]));
}

/** Edge by edge in the order of backward. */
export function playSteps(tape: Tape): Step[] {
  const nodes = nodesById(tape);
  const root = nodes.get(tape.root);
  if (!root) return [];
  const waiting = new Map<number, number>();
  for (const edge of tape.edges) waiting.set(edge.target, (waiting.get(edge.target) ?? 0) + 1);
  const uses = new Map(waiting);
  const steps: Step[] = [{ edge: null, node: root.id, complete: root.id, partly: "", caption: start(root) }];
  for (const id of tape.order) {
    tape.edges.forEach((edge, i) => {
      if (edge.source !== id) return;
      const left = waiting.get(edge.target)! - 1;
      waiting.set(edge.target, left);
      const [from, to] = [nodes.get(edge.source), nodes.get(edge.target)];
      if (!from || !to) return;
      const all = uses.get(to.id)!;
      const partly = left > 0 ? `${all - left} of ${all}` : "";
      const caption = passing(edge, from, to, left, all);
      steps.push({ edge: i, node: to.id, complete: left === 0 ? to.id : null, partly, caption });
    });
  }
  return steps;
}

/** Why backward cannot be played; null where it can. */
export function obstacle(tape: Tape): string | null {
  const root = nodesById(tape).get(tape.root);
  if (!root || tape.edges.length === 0) return "There is nothing behind it to differentiate.";
  if (root.grad !== null) return null;
  const name = nodeText(root);
  if (root.shape.every((size) => size === 1)) return `Backward from ${name} fails: what is wrong stands at its line.`;
  return `${name} has shape ${formatShape(root.shape)}: backward starts at one number, as ${name}.sum().`;
}

function start(root: TapeNode): string {
  if (root.shape.length > 0) return `backward starts at ${nodeText(root)} with a gradient of its shape.`;
  return `backward starts at ${nodeText(root)}: its gradient with respect to itself is 1.`;
}

function passing(edge: TapeEdge, from: TapeNode, to: TapeNode, left: number, uses: number): string {
  const said = [`${from.name} passes a gradient of shape ${formatShape(edge.shape)} to ${nodeText(to)}`];
  if (edge.note) said.push(edge.note);
  if (uses > 1) {
    const came = uses - left;
    said.push(left > 0 ? `${came} of ${uses} have arrived` : `all ${uses} have arrived and are added`);
  }
  if (left === 0 && to.leaf) said.push(`${nodeText(to)}.grad is complete`);
  return `${said.join("; ")}.`;
}

/** What stands on the picture after the first `count` steps. */
export function momentOf(steps: readonly Step[], count: number): Moment {
  const done = steps.slice(0, count);
  return {
    passed: new Set(done.flatMap((step) => (step.edge === null ? [] : [step.edge]))),
    current: done.at(-1)?.edge ?? null,
    arrived: new Set(done.flatMap((step) => (step.complete === null ? [] : [step.complete]))),
    partly: new Map(done.map((step) => [step.node, step.partly])),
  };
}

/** How long one step stands, in milliseconds: a long tape plays faster, and none takes much above half a minute. */
export function stepMilliseconds(steps: number): number {
  return Math.max(120, Math.min(1100, 30_000 / Math.max(1, steps)));
}
