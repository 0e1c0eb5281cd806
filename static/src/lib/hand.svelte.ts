/** What a person changes in the model of the run with their own hands: single numbers, and units made silent. */
import { parameterName } from "./network";
import { run } from "./run.svelte";
import { keep, recall } from "./storage";
import { listed, plural } from "./words";

const STORED = "playground.edits";

class Hand {
  /** How many numbers were set by hand, and in which run. */
  #done = $state.raw<{ run: string; edits: number } | null>(read());

  readonly edits = $derived(this.#done !== null && this.#done.run === run.id ? this.#done.edits : 0);
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
    const before = this.#done?.run === id ? this.#done.edits : 0;
    this.#done = { run: id, edits: before + 1 };
    keep(STORED, JSON.stringify(this.#done), "tab");
  }

  async mute(layer: string, unit: number, on: boolean): Promise<void> {
    await run.change({ do: "mute", layer, unit, on });
  }
}

export const hand = new Hand();

/** After a reload the page goes on watching the same run. */
function read(): { run: string; edits: number } | null {
  const kept: unknown = JSON.parse(recall(STORED, "tab") ?? "null");
  const known = typeof kept === "object" && kept !== null && "run" in kept && "edits" in kept;
  return known && typeof kept.run === "string" && typeof kept.edits === "number"
    ? { run: kept.run, edits: kept.edits }
    : null;
}
