/** A new run out of an old one's past: its state after some steps, with an experiment that may be another. */
import { api, problemsOf } from "./api";
import { learningRate, setPartArgument } from "./edits";
import { experiment } from "./experiment.svelte";
import { randomId } from "./ids";
import type { Experiment, Problem, Progress } from "./protocol";
import { run } from "./run.svelte";
import { SLOW } from "./speed";

class Branching {
  /** One is being made. */
  busy = $state(false);

  /** Branches the run in view where it stands, with nothing changed. */
  async here(): Promise<Problem | null> {
    return run.experiment && run.progress ? this.branch(run.progress.step, asItStands(run.experiment, run.progress)) : null;
  }

  /** Branches the run in view after `step` updates with this experiment, and shows the branch; its parent stays as it is.
   * Resolves to why that cannot be, null where it could. */
  async branch(step: number, of: Experiment, play = false): Promise<Problem | null> {
    const parent = run.id;
    if (parent === null || this.busy) return null;
    this.busy = true;
    try {
      const reply = await api.branch(parent, {
        step,
        experiment: of,
        request_id: randomId(16),
        play,
        steps_per_second: run.pace === SLOW ? null : run.pace,
      });
      // Who looks at something else meanwhile is not led away from it: the branch stands in the tree.
      if (run.id === parent) run.open(reply);
      return null;
    } catch (error) {
      return problemsOf(error)[0]!;
    } finally {
      this.busy = false;
    }
  }
}

/** With the learning rate that was set by hand since the start; one that a schedule made is the schedule's. */
function asItStands(started: Experiment, { lr }: Progress): Experiment {
  const own = learningRate(started, experiment.catalog?.optimizers ?? []);
  const kept = started.training.schedule !== null || own === null || own === lr;
  return kept ? started : setPartArgument(started, "optimizer", "lr", lr);
}

export const branching = new Branching();
