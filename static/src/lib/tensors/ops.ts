/** The palette of ops: searched, held against the tensors chosen, and written as a line. */
import type { OpFit, OpGroup, TensorOp } from "../protocol";

/** An op of the palette, and why the tensors chosen do not fit it; empty where they do. */
export interface Offer {
  op: TensorOp;
  reason: string;
}

export interface OfferGroup {
  name: string;
  offers: Offer[];
}

/** Ops that match the query and take as many tensors as were chosen; in each group those that fit come first. */
export function offers(groups: readonly OpGroup[], query: string, chosen: number, fits: readonly OpFit[]): OfferGroup[] {
  const reasons = new Map(fits.map((fit) => [fit.name, fit.fits ? "" : fit.reason]));
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const takes = (op: TensorOp) => op.most_inputs >= chosen && op.least_inputs <= chosen && op.most_inputs > 0;
  const found = (text: (op: TensorOp, group: string) => string) =>
    groups
      .map(({ name, ops }) => ({
        name,
        offers: ops
          .filter((op) => takes(op) && words.every((word) => text(op, name).toLowerCase().includes(word)))
          .map((op) => ({ op, reason: reasons.get(op.name) ?? "" }))
          .sort((a, b) => Number(a.reason !== "") - Number(b.reason !== "")),
      }))
      .filter((group) => group.offers.length > 0);
  const named = found((op, group) => `${op.name} ${group}`);
  return named.length > 0 ? named : found((op, group) => `${op.name} ${group} ${op.help}`);
}

/** What Enter takes: the first that fits, a name that begins with the query before others. */
export function bestOffer(groups: readonly OfferGroup[], query: string): TensorOp | undefined {
  const fitting = groups.flatMap((group) => group.offers).filter(({ reason }) => reason === "");
  const begins = fitting.find(({ op }) => op.name.startsWith(query.trim().toLowerCase()));
  return (begins ?? fitting[0])?.op;
}

/** The op applied to these tensors, under a new name. */
export function opLine(op: TensorOp, inputs: readonly string[], name: string): string {
  return `${name} = ${inputs.reduce((text, input, i) => text.replaceAll(`{${i}}`, input), op.code)}`;
}
