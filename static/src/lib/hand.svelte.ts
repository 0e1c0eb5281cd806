/** What a person changes in the model of the run with their own hands: single numbers, and units made silent. */
import { parameterName } from "./network";
import { run } from "./run.svelte";
import { keep, recall } from "./storage";
import { listed, plural } from "./words";

const STORED = "playground.edits";

/** Which numbers were set in which run: each by its name, with the updates after which it first was. */
interface Edited {
  run: string;
  numbers: Record<string, number>;
}

class Hand {
  #edited = $state.raw<Edited | null>(read());
  /** Grows with every change: then the model is another one at the same step. */
  changes = $state(0);

  readonly #steps = $derived(this.#edited?.run === run.id ? Object.values(this.#edited?.numbers ?? {}) : []);
  /** Those that were set when the run stood where it stands: of what came after, a moment in the past has nothing. */
  readonly edits = $derived(this.#steps.filter((step) => !run.back || step < (run.progress?.step ?? 0)).length);
  readonly muted = $derived(
    Object.values(run.progress?.muted ?? {}).reduce((sum, units) => sum + units.length, 0),
  );
  /** What was changed, in words; empty where nothing was. */
  readonly text = $derived(
    listed([
      ...(this.edits > 0 ? [`${plural(this.edits, "number")} set`] : []),
      ...(this.muted > 0 ? [`${plural(this.muted, "unit")} muted`] : []),
    ]),
  );

  isMuted(layer: string, unit: number): boolean {
    return run.progress?.muted[layer]?.includes(unit) ?? false;
  }

  /** Sets one number of a layer's parameter. */
  async edit(layer: string, parameter: string, index: number[], value: number): Promise<void> {
    const [id, layers] = [run.id, run.experiment?.layers ?? []];
    const name = parameterName(layers, layer, parameter);
    if (id === null || !(await run.change({ do: "edit", parameter: name, index, value }))) return;
    const before = this.#edited?.run === id ? this.#edited.numbers : {};
    this.#edited = { run: id, numbers: { [`${name} ${index.join()}`]: run.progress?.step ?? 0, ...before } };
    this.changes += 1;
    keep(STORED, JSON.stringify(this.#edited), "tab");
  }

  async mute(layer: string, unit: number, on: boolean): Promise<void> {
    if (await run.change({ do: "mute", layer, unit, on })) this.changes += 1;
  }
}

export const hand = new Hand();

/** After a reload the page goes on watching the same run. */
function read(): Edited | null {
  const kept: unknown = JSON.parse(recall(STORED, "tab") ?? "null");
  if (typeof kept !== "object" || kept === null || !("run" in kept) || !("numbers" in kept)) return null;
  if (typeof kept.run !== "string" || typeof kept.numbers !== "object") return null;
  const numbers = Object.entries(kept.numbers ?? {}).filter(([, step]) => typeof step === "number");
  return { run: kept.run, numbers: Object.fromEntries(numbers) };
}
