/** The samples of the experiment's data set, to look at; asked for anew when the data itself changes. */

import { api, problemsOf } from "./api";
import { experiment } from "./experiment.svelte";
import type { Data, DataPreview, Problem } from "./protocol";

const ASK_AFTER_MS = 120;

class PreviewStore {
  current = $state.raw<DataPreview | null>(null);
  problem = $state.raw<Problem | null>(null);
  /** The data set the samples are of: until the next answer, the one before may still stand there. */
  name = $state("");

  #asked = 0;

  /** Keeps up with the experiment. To be called once, while a component is set up. */
  follow(): void {
    const key = $derived(samplesKey(experiment.current.data));
    $effect(() => {
      void key;
      const data = experiment.current.data;
      const timer = setTimeout(() => void this.#ask(data), this.current === null ? 0 : ASK_AFTER_MS);
      return () => clearTimeout(timer);
    });
  }

  /** Asks again about the same data: a file that was missing is there. */
  refresh(): void {
    void this.#ask(experiment.current.data);
  }

  async #ask(data: Data): Promise<void> {
    const asked = ++this.#asked;
    try {
      const reply = await api.preview(data);
      if (asked !== this.#asked) return;
      this.current = reply;
      this.name = data.name;
      this.problem = null;
    } catch (error) {
      if (asked === this.#asked) this.problem = problemsOf(error)[0]!;
    }
  }
}

/** What the samples depend on: how they are batched changes none of them. */
function samplesKey({ name, args, seed, validation_share, csv, points }: Data): string {
  return JSON.stringify([name, args, seed, validation_share, csv, points]);
}

export const preview = new PreviewStore();
