/** A new run out of an old one's past: its state after some steps, with an experiment that may be another. */
import { tick } from "svelte";
import { api, problemsOf } from "./api";
import { learningRate } from "./edits";
import { experiment } from "./experiment.svelte";
import { randomId } from "./ids";
import type { Experiment, Problem } from "./protocol";
import { run } from "./run.svelte";
import { SLOW } from "./speed";

class Branching {
  /** One is being made. */
  busy = $state(false);

  /** Branches the run in view where it stands, with nothing changed. */
  async here(): Promise<Problem | null> {
    const [started, stands] = [run.experiment, run.progress];
    return started && stands && this.branch(stands.step, started, { keepsRate: true });
  }

  /** Branches the run in view after `step` updates with this experiment, and shows the branch; its parent stays
   * as it is. With `keepsRate` a learning rate that was set by hand goes on, else it becomes the experiment's.
   * Resolves to why that cannot be, null where it could. */
  async branch(step: number, of: Experiment, { play = false, keepsRate = false } = {}): Promise<Problem | null> {
    const parent = run.id;
    if (parent === null || this.busy) return null;
    this.busy = true;
    try {
      const reply = await api.branch(parent, {
        step,
        experiment: of,
        request_id: randomId(16),
        play: false,
        steps_per_second: run.pace === SLOW ? (experiment.check?.default_speed ?? null) : run.pace,
      });
      // Who looks at something else meanwhile is not led away from it: the branch stands in the tree.
      if (run.id !== parent) return null;
      run.open(reply, keepsRate ? null : rate(of));
      await tick();
      if (play) void run.play();
      return null;
    } catch (error) {
      return problemsOf(error)[0]!;
    } finally {
      this.busy = false;
    }
  }
}

const rate = (of: Experiment) => learningRate(of, experiment.catalog?.optimizers ?? []);

export const branching = new Branching();
