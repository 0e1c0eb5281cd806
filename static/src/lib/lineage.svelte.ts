/** The parents of the run in view, watched so that its charts can show what it was before it was a branch. */
import { untrack } from "svelte";
import { api } from "./api";
import { joined } from "./lineage";
import type { RunReply } from "./protocol";
import { run } from "./run.svelte";
import { Watched } from "./watched.svelte";

interface Ancestor {
  run: Watched;
  /** The step at which its branch left it. */
  until: number;
}

class Lineage {
  /** Oldest first. */
  #ancestors = $state.raw<readonly Ancestor[]>([]);

  /** The name of the run it branched from, as far as that is known. */
  readonly parent = $derived(this.#ancestors.at(-1)?.run.known?.name ?? null);
  readonly training = $derived(this.#curve("training loss"));
  readonly validation = $derived(this.#curve("validation loss"));

  #curve(name: string) {
    return joined(this.#ancestors.map(({ run, until }) => ({ curve: run.live.curves[name] ?? null, until })));
  }

  /** Keeps up with the run in view. To be called once, while a component is set up. */
  follow(): void {
    $effect(() => {
      const [parent, branchedAt] = [run.parent, run.branchedAt];
      if (parent === null) return;
      const left = new AbortController();
      untrack(() => void this.#climb(parent, branchedAt, left.signal));
      return () => {
        left.abort();
        for (const { run } of this.#ancestors) run.release();
        this.#ancestors = [];
      };
    });
  }

  /** From parent to parent, as far as the server knows them. */
  async #climb(from: string, branchedAt: number, left: AbortSignal): Promise<void> {
    let [parent, until]: [string | null, number] = [from, branchedAt];
    while (parent !== null) {
      const reply: RunReply | null = await api.run(parent).catch(() => null);
      if (reply === null || left.aborted) return;
      this.#ancestors = [{ run: Watched.hold(reply), until }, ...this.#ancestors];
      [parent, until] = [reply.parent, reply.branched_at];
    }
  }
}

export const lineage = new Lineage();
