/** Edits of an experiment: each takes one and gives the next; nothing is changed in place. */
import { randomId } from "./ids";
import { MAX_POINTS } from "./protocol";
import type { Chosen, Data, Entry, Experiment, Layer, Point, Training } from "./protocol";

export type Argument = boolean | number | string | number[];
export type Part = "loss" | "optimizer";

/** A new row's id. It lives as long as the row, through moves and edits. */
export function newId(): string {
  return randomId(4);
}

/** Each row's name, `Linear 2`: counted per type, muted rows too, as the server counts. */
export function layerNames(layers: readonly Layer[]): string[] {
  const counts = new Map<string, number>();
  return layers.map(({ type }) => {
    const count = (counts.get(type) ?? 0) + 1;
    counts.set(type, count);
    return `${type} ${count}`;
  });
}

export function setData(e: Experiment, change: Partial<Data>): Experiment {
  return { ...e, data: { ...e.data, ...change } };
}

export function setDataArgument(e: Experiment, name: string, value: Argument | null): Experiment {
  return setData(e, { args: withArgument(e.data.args, name, value) });
}

export function setTraining(e: Experiment, change: Partial<Training>): Experiment {
  return { ...e, training: { ...e.training, ...change } };
}

/** Another loss or optimizer. */
export function choose(e: Experiment, part: Part, chosen: Chosen): Experiment {
  return { ...e, [part]: chosen };
}

export function setPartArgument(e: Experiment, part: Part, name: string, value: Argument | null): Experiment {
  return { ...e, [part]: { ...e[part], args: withArgument(e[part].args, name, value) } };
}

/** The learning rate it starts with: its own, else the optimizer's default; null where the optimizer is not known. */
export function learningRate({ optimizer: { type, args } }: Experiment, optimizers: readonly Entry[]): number | null {
  const entry = optimizers.find((optimizer) => optimizer.type === type);
  const value = args.lr ?? entry?.parameters.find(({ name }) => name === "lr")?.default;
  return typeof value === "number" ? value : null;
}

/** Arguments that say something of the task, whichever optimizer or loss takes them. */
const KEPT = ["lr", "weight"];

/** Another optimizer, another loss. The learning rate and the weights of classes stay where the new one takes
 * them; every other argument is the old one's own. */
export function chooseAnother(e: Experiment, part: Part, entry: Entry): Experiment {
  const takes = (name: string) => KEPT.includes(name) && entry.parameters.some((parameter) => parameter.name === name);
  const kept = Object.entries(e[part].args).filter(([name]) => takes(name));
  return choose(e, part, { type: entry.type, args: Object.fromEntries(kept) });
}

/** Another learning-rate schedule with its starting arguments, or none. */
export function chooseSchedule(e: Experiment, entry: Entry | null): Experiment {
  return setTraining(e, { schedule: entry && { type: entry.type, args: starting(entry) } });
}

export function setScheduleArgument(e: Experiment, name: string, value: Argument | null): Experiment {
  const { schedule } = e.training;
  return schedule ? setTraining(e, { schedule: { ...schedule, args: withArgument(schedule.args, name, value) } }) : e;
}

/** A new row of this type with its starting arguments, at the end or after `at` rows. */
export function addLayer(e: Experiment, entry: Entry, at = e.layers.length): Experiment {
  const layer: Layer = { id: newId(), type: entry.type, args: starting(entry), muted: false };
  return { ...e, layers: [...e.layers.slice(0, at), layer, ...e.layers.slice(at)] };
}

function starting({ parameters }: Entry): Record<string, Argument> {
  const set = parameters.flatMap(({ name, inferred, default: value }) =>
    inferred || value === null ? [] : [[name, value] as const],
  );
  return Object.fromEntries(set);
}

export function removeLayer(e: Experiment, id: string): Experiment {
  return { ...e, layers: e.layers.filter((layer) => layer.id !== id) };
}

/** The row one place further up (-1) or down (+1); unchanged at the ends. */
export function moveLayer(e: Experiment, id: string, by: -1 | 1): Experiment {
  const from = e.layers.findIndex((layer) => layer.id === id);
  const to = from + by;
  if (from < 0 || to < 0 || to >= e.layers.length) return e;
  const layers = [...e.layers];
  [layers[from], layers[to]] = [layers[to]!, layers[from]!];
  return { ...e, layers };
}

/** The rows in this order. Ids that are not in the stack are passed over; rows not named are dropped. */
export function orderLayers(e: Experiment, ids: readonly string[]): Experiment {
  const rows = new Map(e.layers.map((layer) => [layer.id, layer]));
  return { ...e, layers: ids.flatMap((id) => rows.get(id) ?? []) };
}

export function changeLayer(e: Experiment, id: string, change: (layer: Layer) => Layer): Experiment {
  return { ...e, layers: e.layers.map((layer) => (layer.id === id ? change(layer) : layer)) };
}

export function muteLayer(e: Experiment, id: string): Experiment {
  return changeLayer(e, id, (layer) => ({ ...layer, muted: !layer.muted }));
}

export function setLayerArgument(e: Experiment, id: string, name: string, value: Argument | null): Experiment {
  return changeLayer(e, id, (layer) => ({ ...layer, args: withArgument(layer.args, name, value) }));
}

/** Null takes the argument back: then its own default holds. */
function withArgument(
  args: Record<string, Argument>,
  name: string,
  value: Argument | null,
): Record<string, Argument> {
  const { [name]: _, ...others } = args;
  return value === null ? others : { ...args, [name]: value };
}

/** One more drawn point, coordinates to three places; unchanged when there are as many as there may be. */
export function addPoint(e: Experiment, point: Point): Experiment {
  if (e.data.points.length >= MAX_POINTS) return e;
  const rounded = { ...point, x: round(point.x), y: round(point.y) };
  return setData(e, { points: [...e.data.points, rounded] });
}

export function removePoint(e: Experiment, index: number): Experiment {
  return setData(e, { points: e.data.points.filter((_, i) => i !== index) });
}

export function clearPoints(e: Experiment): Experiment {
  return setData(e, { points: [] });
}

const round = (value: number) => Math.round(value * 1000) / 1000;

/** The preset itself; rows get ids of their own so that none is taken for a row of before. */
export function loadPreset(preset: Experiment): Experiment {
  return { ...preset, layers: preset.layers.map((layer) => ({ ...layer, id: newId() })) };
}

/** Takes other data in: with all of its preset while the stack is still that of `before`, else only the data. */
export function chooseData(e: Experiment, before: Experiment | null, preset: Experiment): Experiment {
  const untouched = before !== null && sameStack(e, before);
  return untouched ? loadPreset(preset) : { ...e, data: preset.data };
}

/** Whether layers, loss and optimizer are the same, whatever the rows' ids. */
export function sameStack(a: Experiment, b: Experiment): boolean {
  return same(stackOf(a), stackOf(b));
}

function stackOf(e: Experiment): unknown {
  return [e.layers.map(({ type, args, muted }) => [type, args, muted]), e.loss, e.optimizer];
}

/** Deep equality of plain data; the order of keys does not count. */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const left = Object.entries(a);
  const right = b as Record<string, unknown>;
  if (Array.isArray(a) !== Array.isArray(b) || left.length !== Object.keys(b).length) return false;
  return left.every(([key, value]) => key in right && same(value, right[key]));
}

/** What changed between the experiment of a run and this one that the run cannot take over as it goes. */
export function needsRestart(run: Experiment, now: Experiment): string[] {
  const changed: string[] = [];
  if (!same(run.data, now.data)) changed.push(run.data.name === now.data.name ? "data settings" : "data set");
  if (!same(stackOnly(run), stackOnly(now))) changed.push("layers");
  if (!same(run.loss, now.loss)) changed.push("loss");
  if (!same(withoutLr(run.optimizer), withoutLr(now.optimizer))) changed.push("optimizer");
  if (run.training.epochs !== now.training.epochs) changed.push("epochs");
  if (run.training.seed !== now.training.seed) changed.push("seed");
  if (!same(run.training.schedule, now.training.schedule)) changed.push("schedule");
  if (run.training.clip_norm !== now.training.clip_norm) changed.push("clipping");
  return changed;
}

/** The rows that take part: muting, editing or ordering them changes the run, their ids do not. */
function stackOnly(e: Experiment): unknown {
  return e.layers.filter((layer) => !layer.muted).map(({ type, args }) => [type, args]);
}

function withoutLr({ type, args }: Chosen): unknown {
  const { lr: _, ...rest } = args;
  return [type, rest];
}
