/** A new run out of an old one's past: its state after some steps, with an experiment that may be another. */
import { api, problemsOf } from "./api";
import { randomId } from "./ids";
import type { Experiment, Problem } from "./protocol";
import { run } from "./run.svelte";
import { SLOW } from "./speed";

class Branching {
  /** One is being made. */
  busy = $state(false);

  /** Branches the run in view after `step` updates, and shows the branch; its parent stays as it is.
   * Resolves to why that cannot be, null where it could. */
  async branch(step: number, experiment: Experiment, play = false): Promise<Problem | null> {
    if (run.id === null || this.busy) return null;
    this.busy = true;
    try {
      const reply = await api.branch(run.id, {
        step,
        experiment,
        request_id: randomId(16),
        play,
        steps_per_second: run.pace === SLOW ? null : run.pace,
      });
      run.open(reply);
      return null;
    } catch (error) {
      return problemsOf(error)[0]!;
    } finally {
      this.busy = false;
    }
  }
}

export const branching = new Branching();
