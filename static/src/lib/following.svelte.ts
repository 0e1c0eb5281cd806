/** The sample whose way through the model is followed: chosen anywhere on the page, asked about anew as it trains. */
import { untrack } from "svelte";
import { api, problemsOf } from "./api";
import { hand } from "./hand.svelte";
import { preview } from "./preview.svelte";
import type { SampleReply } from "./protocol";
import { run } from "./run.svelte";
import { rowOf, type Sample } from "./sample";

const AGAIN_AFTER_MS = 500;
/** Time between two questions about the same sample, in answering times: the run has better to do. */
const REST = 10;

class Following {
  sample = $state.raw<Sample | null>(null);
  /** By layer id, the output whose formula is wanted; 0 where nothing is said. */
  units = $state.raw<Readonly<Record<string, number>>>({});
  reply = $state.raw<SampleReply | null>(null);
  problem = $state<string | null>(null);

  /** There is a model, and it was made for the data that is shown. */
  readonly ready = $derived(
    run.progress !== null && run.state !== "starting" && run.experiment?.data.name === preview.name,
  );
  /** The chosen sample's row in the preview. */
  readonly row = $derived(this.sample && preview.current ? rowOf(preview.current, this.sample) : null);

  #busy = false;

  choose(sample: Sample): void {
    this.sample = sample;
  }

  /** Asks for the formula of another output of a layer. */
  look(layer: string, unit: number): void {
    this.units = { ...this.units, [layer]: unit };
  }

  forget(): void {
    this.sample = null;
    this.reply = null;
    this.problem = null;
  }

  /** Keeps the answer up with choice and model. To be called once, while a component is set up. */
  follow(): void {
    $effect(() => {
      void preview.name;
      untrack(() => this.forget());
    });
    $effect(() => {
      const [sample, units] = [this.sample, this.units];
      if (sample === null || !this.ready) return;
      let answered = "";
      let rested = 0;
      const again = (): void => {
        const [now, asked] = [moment(), performance.now()];
        if (this.#busy || now === answered || asked < rested) return;
        void this.#ask(sample, units).then((done) => {
          if (done) answered = now;
          rested = performance.now() + REST * (performance.now() - asked);
        });
      };
      untrack(again);
      const timer = setInterval(again, AGAIN_AFTER_MS);
      return () => clearInterval(timer);
    });
  }

  /** Resolves to whether there is an answer, if only a refusal. */
  async #ask(sample: Sample, units: Readonly<Record<string, number>>): Promise<boolean> {
    if (run.id === null) return false;
    this.#busy = true;
    try {
      const reply = await api.sample(run.id, { ...sample, units });
      if (sample === this.sample) [this.reply, this.problem] = [reply, null];
    } catch (error) {
      if (sample === this.sample) [this.reply, this.problem] = [null, problemsOf(error)[0]!.message];
    } finally {
      this.#busy = false;
    }
    return sample === this.sample && units === this.units;
  }
}

/** Which model would answer now. */
function moment(): string {
  return JSON.stringify([run.id, run.progress?.step, hand.changes]);
}

export const following = new Following();
