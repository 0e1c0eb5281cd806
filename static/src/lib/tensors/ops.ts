/** The palette of ops: searched, held against the tensors chosen, and written as a line. */
import type { OpFit, OpGroup, TensorOp } from "../protocol";

/** Ops that are wanted most, and so come first in their group. */
const COMMON = (
  "add sub mul div pow matmul sum mean max min exp log sqrt abs sin cos relu sigmoid tanh softmax " +
  "reshape view transpose permute unsqueeze squeeze cat stack"
).split(" ");

function rank({ name }: TensorOp): number {
  const at = COMMON.indexOf(name);
  return at < 0 ? COMMON.length : at;
}

/** What the palette offers for the tensors chosen: what fits, by group, and what does not, by reason. */
export interface Offers {
  fitting: OpGroup[];
  unfit: { reason: string; ops: TensorOp[] }[];
}

/** Ops that match the query, by name or group, else by their help, and take as many tensors as were chosen. */
export function offers(groups: readonly OpGroup[], query: string, chosen: number, fits: readonly OpFit[]): Offers {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const takes = (op: TensorOp) => op.most_inputs >= chosen && op.least_inputs <= chosen && op.most_inputs > 0;
  const matching = (text: (op: TensorOp, group: string) => string) =>
    groups.map(({ name, ops }) => ({
      name,
      ops: ops
        .filter((op) => takes(op) && words.every((word) => text(op, name).toLowerCase().includes(word)))
        .sort((a, b) => rank(a) - rank(b)),
    }));
  const named = matching((op, group) => `${op.name} ${group}`);
  const found = named.some(({ ops }) => ops.length > 0) ? named : matching((op, group) => `${op.name} ${group} ${op.help}`);

  const reasons = new Map(fits.filter((fit) => !fit.fits).map((fit) => [fit.name, fit.reason]));
  const unfit = new Map<string, TensorOp[]>();
  for (const op of found.flatMap(({ ops }) => ops)) {
    const reason = reasons.get(op.name);
    if (reason !== undefined) unfit.set(reason, [...(unfit.get(reason) ?? []), op]);
  }
  return {
    fitting: found
      .map(({ name, ops }) => ({ name, ops: ops.filter((op) => !reasons.has(op.name)) }))
      .filter(({ ops }) => ops.length > 0),
    unfit: [...unfit].map(([reason, ops]) => ({ reason, ops })),
  };
}

/** What Enter takes: the first that fits; the very name, or one that begins with the query, before others. */
export function bestOffer({ fitting }: Offers, query: string): TensorOp | undefined {
  const typed = query.trim().toLowerCase();
  const ops = fitting.flatMap((group) => group.ops);
  return ops.find(({ name }) => name === typed) ?? ops.find(({ name }) => name.startsWith(typed)) ?? ops[0];
}

/** The op applied to these tensors, under a new name. Where it takes a list, all that are left stand in its last place. */
export function opLine(op: TensorOp, inputs: readonly string[], name: string): string {
  const places = new Set(op.code.match(/\{\d\}/g)).size;
  const rest = inputs.slice(places - 1).join(", ");
  const given = [...inputs.slice(0, places - 1), rest];
  return `${name} = ${given.reduce((text, input, i) => text.replaceAll(`{${i}}`, input), op.code)}`;
}
