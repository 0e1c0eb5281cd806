/** A loss surface being worked out: asked about until it is whole, while somebody looks. */
import { api, problemsOf } from "./api";
import { inWords } from "./problems";
import type { SurfaceReply } from "./protocol";
import { run } from "./run.svelte";

/** While the run goes on, most of its time stays its own. */
const PAUSE_MS = 250;

export type Directions = SurfaceReply["directions"];

class Surveying {
  reply = $state.raw<SurfaceReply | null>(null);
  problem = $state<string | null>(null);
  busy = $state(false);
  #run = $state<string | null>(null);
  #asked = 0;

  /** A surface belongs to its run. */
  readonly shown = $derived(this.#run === run.id ? this.reply : null);

  /** Begins a surface around the present weights, and follows it until it is whole or `stop` is called. */
  async start(directions: Directions, seed: number): Promise<void> {
    const [id, asked] = [run.id, ++this.#asked];
    if (id === null) return;
    this.busy = true;
    this.problem = null;
    try {
      let again = true;
      while (asked === this.#asked && run.id === id) {
        const reply = await api.surface(id, { directions, seed, again });
        if (asked !== this.#asked) return;
        [this.reply, this.#run, again] = [reply, id, false];
        if (reply.done >= 1) return;
        if (run.running) await new Promise((done) => setTimeout(done, PAUSE_MS));
      }
    } catch (error) {
      if (asked === this.#asked) this.problem = inWords(problemsOf(error)[0]!);
    } finally {
      if (asked === this.#asked) this.busy = false;
    }
  }

  /** Nobody looks any more: what is there stays. */
  stop(): void {
    this.#asked += 1;
    this.busy = false;
  }
}

export const surveying = new Surveying();
