/** The samples of the experiment's data set, to look at; asked for anew when the data itself changes. */

import { untrack } from "svelte";
import { api, problemsOf } from "./api";
import { experiment } from "./experiment.svelte";
import { errors, under } from "./problems";
import type { Data, DataPreview, Problem } from "./protocol";

class PreviewStore {
  current = $state.raw<DataPreview | null>(null);
  problem = $state.raw<Problem | null>(null);
  /** The data set the samples are of: until the next answer, the one before may still stand there. */
  name = $state("");

  #asked = 0;

  /** Keeps up with the experiment as far as it was found right. To be called once, while a component is set up. */
  follow(): void {
    const checked = $derived(experiment.check?.experiment.data ?? null);
    const wrong = $derived(errors(under(experiment.check?.problems ?? [], "data"))[0] ?? null);
    const key = $derived(checked && samplesKey(checked));
    $effect(() => {
      void key;
      const [data, trouble] = untrack(() => [checked, wrong]);
      if (data === null) return;
      if (trouble) this.#refuse(data, trouble);
      else void this.#ask(data);
    });
  }

  /** Asks again about the same data: a file that was missing is there. */
  refresh(): void {
    void this.#ask(experiment.current.data);
  }

  /** Nothing is asked that would be refused. What was seen of the same set stays in view. */
  #refuse(data: Data, trouble: Problem): void {
    this.#asked++;
    this.problem = trouble;
    if (this.name !== data.name) this.current = null;
    this.name = data.name;
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
