/** What is looked at: the tensors chosen for an op, and the call in the lens. */
import type { Call, CallKind } from "../../lib/protocol";
import { program } from "./editor/program.svelte";
import { results } from "./results.svelte";

/** Kinds of calls in whose lens there is something to see beyond numbers side by side. */
const TELLING = new Set<CallKind>(["broadcast", "reduce", "matmul", "conv", "pool", "softmax", "index"]);

const works = ({ kind, outputs }: Call): boolean => kind !== "create" && outputs.length > 0;
const tells = ({ kind, error }: Call): boolean => TELLING.has(kind) || error !== null;

/** As many as the widest op of the palette takes. */
const MOST_CHOSEN = 3;

class Looking {
  /** Names of the tensors that an op of the palette is applied to, in the order in which they were chosen. */
  wanted = $state.raw<readonly string[]>([]);

  #call = $state<{ id: number; code: string } | null>(null);

  readonly chosen = $derived(this.wanted.filter((name) => results.names.includes(name)));

  /** The call that the lens looks into: the one asked for, else that on the cursor's line, else the one that failed or the newest. */
  readonly call = $derived.by((): Call | null => {
    const calls = results.reply?.calls ?? [];
    if (this.#call?.code === results.code) return calls.find(({ id }) => id === this.#call!.id) ?? null;
    const here = calls.filter(({ line, end_line }) => line <= program.line && program.line <= end_line);
    const failed = calls.find(({ error }) => error !== null);
    return here.findLast(tells) ?? here.findLast(works) ?? failed ?? calls.findLast(tells) ?? here.at(-1) ?? calls.at(-1) ?? null;
  });

  /** Chooses a tensor for an op, or no longer. The oldest choice makes room. */
  choose(name: string, on: boolean): void {
    const others = this.chosen.filter((one) => one !== name);
    this.wanted = on ? [...others.slice(1 - MOST_CHOSEN), name] : others;
  }

  /** Looks into a call of the newest answer. */
  lookInto(id: number): void {
    this.#call = { id, code: results.code };
  }

  /** Goes with the cursor again. */
  follow(): void {
    this.#call = null;
  }

  isChosen(name: string): boolean {
    return this.chosen.includes(name);
  }
}

export const looking = new Looking();
