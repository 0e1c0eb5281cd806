/** What runs differ in, what each spent and what each reached, as rows of one table. */
import { formatCount, formatNumber, formatPercent } from "../numbers";
import { grouped } from "../words";
import { kindOf, labelOf } from "./words";
import type { Experiment, Layer, RunSummary } from "../protocol";

export interface Comparison {
  label: string;
  /** One text a run. */
  values: string[];
  /** A setting that is not the same in all of them. */
  differs: boolean;
}

const ABSENT = "–";

/** A setting's value in every run is followed from run to run: each says only how it differs from another. */
export function compareSettings(chosen: readonly RunSummary[], all: readonly RunSummary[]): Comparison[] {
  const labels = new Map(all.flatMap(({ differences }) => differences).map(({ where, label }) => [where, label]));
  const rows = [...labels].flatMap(([where, label]) => {
    const values = chosen.map((run) => settingOf(run, where, all) ?? ABSENT);
    return new Set(values).size > 1 ? [{ label, values, differs: true }] : [];
  });
  const same = grouped(rows, ({ label, values }) => JSON.stringify([kindOf(label), values]));
  return same.map((all) => ({ ...all[0]!, label: labelOf(all.map(({ label }) => label)) }));
}

/** Null where the run does not have it. */
function settingOf(run: RunSummary, where: string, all: readonly RunSummary[]): string | null {
  const own = run.differences.find((difference) => difference.where === where);
  if (own) return own.here;
  const from = reference(run, all);
  if (from) return settingOf(from, where, all);
  const told = heirs(run, all)
    .flatMap(({ differences }) => differences)
    .find((difference) => difference.where === where);
  return told ? told.there : written(run.experiment, where);
}

/** What stands at this path of an experiment: layers are found by their id. */
function written(experiment: Experiment, where: string): string | null {
  let place: unknown = experiment;
  for (const name of where.split("/")) {
    if (Array.isArray(place)) place = place.find((row: { id?: unknown }) => row.id === name);
    else if (typeof place === "object" && place !== null) place = (place as Record<string, unknown>)[name];
    else return null;
  }
  if (typeof place !== "object" || place === null) return place === undefined || place === null ? null : String(place);
  if (!("type" in place) || !("args" in place)) return null;
  const args = Object.entries(place.args as Layer["args"]).map(([name, value]) => `${name}=${String(value)}`);
  return args.length > 0 ? `${String(place.type)}(${args.join(", ")})` : String(place.type);
}

/** The run that its differences are told against: its parent, or the first of its race. */
function reference(run: RunSummary, all: readonly RunSummary[]): RunSummary | undefined {
  if (run.parent !== null) return all.find((other) => other.run === run.parent);
  if (run.race === null) return undefined;
  const first = all.find((other) => other.race === run.race && other.parent === null);
  return first === run ? undefined : first;
}

/** Those told against this run, first generation first: the first that differs in something differs from it. */
function heirs(run: RunSummary, all: readonly RunSummary[]): RunSummary[] {
  const children = all.filter((other) => reference(other, all) === run);
  return [...children, ...children.flatMap((child) => heirs(child, all))];
}

/** What each run spent. */
export function compareSpent(runs: readonly RunSummary[]): Comparison[] {
  const row = (label: string, text: (run: RunSummary) => string): Comparison => ({
    label,
    values: runs.map(text),
    differs: false,
  });
  return [
    row("Parameters", ({ spent }) => formatCount(spent.parameters)),
    row("Steps", ({ spent }) => formatCount(spent.steps)),
    row("Epochs", ({ spent }) => formatNumber(spent.epochs)),
    row("Samples seen", ({ spent }) => formatCount(spent.samples)),
    row("Time in steps", ({ spent }) => seconds(spent.seconds)),
    row("Processor time", ({ spent }) => seconds(spent.cpu_seconds)),
  ];
}

/** What each run has reached where it stands; only what was measured in one of them. */
export function compareReached(runs: readonly RunSummary[]): Comparison[] {
  const known: [name: string, label: string, text: (value: number | null | undefined) => string][] = [
    ["training loss", "Training loss", formatNumber],
    ["validation loss", "Validation loss", formatNumber],
    ["accuracy", "Accuracy", formatPercent],
    ["r2", "R²", formatNumber],
  ];
  const measured = known.filter(([name]) => runs.some(({ scalars }) => scalars[name] != null));
  return [
    { label: "At step", values: runs.map(({ step }) => formatCount(step)), differs: false },
    ...measured.map(([name, label, text]) => ({
      label,
      values: runs.map(({ scalars }) => text(scalars[name])),
      differs: false,
    })),
  ];
}

/** `5.94 ms`, `0.42 s`, `1 min 12 s`. */
export function seconds(value: number): string {
  if (value < 0.01) return `${Number((1000 * value).toFixed(2))} ms`;
  if (value < 60) return `${formatNumber(value, 3)} s`;
  const whole = Math.round(value);
  return `${formatCount(Math.floor(whole / 60))} min ${whole % 60} s`;
}
