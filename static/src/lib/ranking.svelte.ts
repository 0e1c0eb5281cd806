/** On which samples the model of this moment is most wrong: all that the page has are asked. */
import { api, problemsOf } from "./api";
import type { DataPreview } from "./protocol";
import { run } from "./run.svelte";
import { worst, type Ranked } from "./sample";

/** Rows that are asked at once. */
const AT_ONCE = 256;
const SHOWN = 8;

export class Ranking {
  ranked = $state.raw<readonly Ranked[] | null>(null);
  step = $state(0);
  problem = $state<string | null>(null);
  busy = $state(false);

  async ask(samples: DataPreview): Promise<void> {
    const id = run.id;
    if (id === null || this.busy) return;
    this.busy = true;
    this.problem = null;
    try {
      const answers = [];
      for (let from = 0; from < samples.x.length; from += AT_ONCE) {
        const reply = await api.predict(id, samples.x.slice(from, from + AT_ONCE));
        this.step = reply.step;
        answers.push(
          ...reply.outputs.map((output, i) => ({ output, probabilities: reply.probabilities?.[i] ?? null })),
        );
      }
      this.ranked = worst(answers, samples.y, SHOWN);
    } catch (error) {
      this.problem = problemsOf(error)[0]!.message;
    } finally {
      this.busy = false;
    }
  }
}
