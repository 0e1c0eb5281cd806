/** The lanes of a race: the present experiment, each time with one thing another way. */
import { changeLayer, chooseAnother, learningRate, setLayerArgument, setPartArgument } from "../edits";
import { inWords } from "../problems";
import type { Catalog, Entry, Experiment, Layer, Problem } from "../protocol";

export const SUBJECTS = ["Optimizer", "Learning rate", "Width", "Activation"] as const;
/** What differs from lane to lane. */
export type Subject = (typeof SUBJECTS)[number];
/** What it is in one lane: a type, a rate, or units a layer. */
export type Value = string | number;

export const FEWEST = 2;
export const MOST = 4;

/** Activations that make probabilities belong to the end of a network, not between its layers. */
const NOT_BETWEEN = ["Softmax", "LogSoftmax"];
/** The names under which layers have their width. */
const WIDTHS = ["out_features", "out_channels"];

/** What the lanes may be about: the present value first, then others worth trying. Fewer than two: why there
 * is nothing to race. */
export function candidates(subject: Subject, e: Experiment, catalog: Catalog): Value[] {
  switch (subject) {
    case "Optimizer":
      return [e.optimizer.type, ...others(catalog.optimizers, e.optimizer.type)];
    case "Learning rate":
      return rates(learningRate(e, catalog.optimizers) ?? 0);
    case "Width": {
      const width = hidden(e).map(widthOf)[0];
      return width === undefined ? [] : widths(width);
    }
    case "Activation": {
      const type = activations(e, catalog)[0]?.type;
      return type === undefined ? [] : [type, ...others(choices("Activation", catalog), type)];
    }
  }
}

/** What a lane may be set to; empty where it is a number. */
export function choices(subject: Subject, catalog: Catalog): Entry[] {
  if (subject === "Optimizer") return catalog.optimizers;
  if (subject !== "Activation") return [];
  return catalog.layers.filter(({ group, type }) => group === "Activation" && !NOT_BETWEEN.includes(type));
}

/** Why there is nothing to race about; null where there is. */
export function obstacle(subject: Subject, e: Experiment, catalog: Catalog): string | null {
  if (candidates(subject, e, catalog).length >= FEWEST) return null;
  if (subject === "Width") return "There is no hidden layer whose width could differ: add one before the last Linear.";
  if (subject === "Activation") return "There is no activation that could differ: add one to the stack.";
  return "There is no other value to race against.";
}

/** The experiment of one lane. */
export function lane(subject: Subject, e: Experiment, value: Value, catalog: Catalog): Experiment {
  switch (subject) {
    case "Optimizer": {
      const entry = catalog.optimizers.find(({ type }) => type === value);
      return entry === undefined || value === e.optimizer.type ? e : chooseAnother(e, "optimizer", entry);
    }
    case "Learning rate":
      return setPartArgument(e, "optimizer", "lr", value);
    case "Width":
      return hidden(e).reduce((made, layer) => setLayerArgument(made, layer.id, nameOfWidth(layer)!, value), e);
    case "Activation":
      return activations(e, catalog).reduce(
        (made, { id, type }) =>
          type === value ? made : changeLayer(made, id, (layer) => ({ ...layer, type: String(value), args: {} })),
        e,
      );
  }
}

/** A problem of a race in words, and in which lane it is. */
export function refusal(problem: Problem): string {
  const place = /^experiments\/(\d+)/.exec(problem.where)?.[1];
  return place === undefined ? inWords(problem) : `Lane ${Number(place) + 1}: ${inWords(problem)}`;
}

function others(entries: readonly Entry[], but: string): string[] {
  return entries.map(({ type }) => type).filter((type) => type !== but);
}

function widths(width: number): number[] {
  return [...new Set([1, 0.5, 2, 0.25, 4].map((by) => Math.max(1, Math.round(width * by))))];
}

/** The present rate, then the next of 1, 3, 10, 30 … above and below it, and one further down. */
function rates(lr: number): number[] {
  if (lr <= 0) return [lr];
  const nearest = Math.round(2 * Math.log10(lr));
  const rung = (place: number) => Number((10 ** (place / 2)).toPrecision(1));
  return [...new Set([lr, ...[1, -1, -2].map((by) => rung(nearest + by))])];
}

/** Layers before the last with a width of its own: that one's is the number of outputs. */
function inside(e: Experiment): Layer[] {
  const playing = e.layers.filter(({ muted }) => !muted);
  return playing.slice(0, Math.max(0, playing.findLastIndex((layer) => nameOfWidth(layer) !== undefined)));
}

function hidden(e: Experiment): Layer[] {
  return inside(e).filter((layer) => nameOfWidth(layer) !== undefined);
}

function nameOfWidth({ args }: Layer): string | undefined {
  return WIDTHS.find((name) => typeof args[name] === "number");
}

function widthOf(layer: Layer): number {
  return Number(layer.args[nameOfWidth(layer)!]);
}

function activations(e: Experiment, catalog: Catalog): Layer[] {
  const types = choices("Activation", catalog).map(({ type }) => type);
  return inside(e).filter(({ type }) => types.includes(type));
}
