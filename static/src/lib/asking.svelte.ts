/** Questions to the model of this moment: one under way, the newest waits, the ones between are dropped. */

import { untrack } from "svelte";
import { api, problemsOf, RequestFailed } from "./api";
import type { Prediction } from "./protocol";
import { run } from "./run.svelte";

const AGAIN_AFTER_MS = 400;
const BUSY = 503;

export class Asking {
  answer = $state.raw<Prediction | null>(null);
  problem = $state<string | null>(null);

  #row = $state.raw<number[] | null>(null);
  #waiting: number[] | null = null;
  #busy = false;
  /** The run had no time for the last question: it is asked again. */
  #unanswered = false;

  /** Asks about this row, now and again while the model changes; null asks nothing more. */
  ask(row: number[] | null): void {
    this.#row = row;
    this.problem = null;
    if (row === null) this.answer = null;
    else void this.#send(row);
  }

  /** Repeats the question while the model changes. To be called once, while a component is set up. */
  follow(): void {
    $effect(() => {
      const row = this.#row;
      if (row === null) return;
      let answered = untrack(moment);
      const timer = setInterval(() => {
        if (moment() === answered && !this.#unanswered) return;
        answered = moment();
        void this.#send(row);
      }, AGAIN_AFTER_MS);
      return () => clearInterval(timer);
    });
  }

  async #send(row: number[]): Promise<void> {
    const id = run.id;
    if (id === null) return;
    if (this.#busy) {
      this.#waiting = row;
      return;
    }
    this.#busy = true;
    try {
      const answer = await api.predict(id, [row]);
      if (this.#row !== null) this.answer = answer;
      this.problem = null;
      this.#unanswered = false;
    } catch (error) {
      this.answer = null;
      this.problem = problemsOf(error)[0]!.message;
      this.#unanswered = error instanceof RequestFailed && error.status === BUSY;
    } finally {
      this.#busy = false;
    }
    const next = this.#waiting;
    this.#waiting = null;
    if (next) await this.#send(next);
  }
}

/** Which model would answer now, and whether anything can. */
function moment(): string {
  return `${run.id} ${run.progress?.step} ${run.connection}`;
}
