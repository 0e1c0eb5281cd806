/** A new run out of an old one's past: its state after some steps, with an experiment that may be another. */
import { tick } from "svelte";
import { api, problemsOf } from "./api";
import { learningRate, setPartArgument } from "./edits";
import { experiment } from "./experiment.svelte";
import { randomId } from "./ids";
import type { Experiment, Problem } from "./protocol";
import { run } from "./run.svelte";
import { SLOW } from "./speed";

class Branching {
  /** One is being made. */
  busy = $state(false);

  /** Branches the run in view where it stands, with nothing changed but what was: the learning rate set by hand. */
  async here(): Promise<Problem | null> {
    const [started, stands] = [run.experiment, run.progress];
    if (started === null || stands === null) return null;
    const same = scheduled(started) || rate(started) === stands.lr;
    return this.branch(stands.step, same ? started : setPartArgument(started, "optimizer", "lr", stands.lr));
  }

  /** Branches the run in view after `step` updates with this experiment, and shows the branch; its parent stays
   * as it is. Resolves to why that cannot be, null where it could. */
  async branch(step: number, of: Experiment, play = false): Promise<Problem | null> {
    const parent = run.id;
    if (parent === null || this.busy) return null;
    this.busy = true;
    const lr = rateAt(step, of);
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
      run.open(reply, lr);
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
const scheduled = ({ training }: Experiment) => training.schedule !== null;

/** The rate that a branch begins with. One that is still what its parent began with was not changed for the
 * server, and what was set by hand in between goes on. */
function rateAt(step: number, of: Experiment): number | null {
  const goesOn = run.experiment !== null && !scheduled(of) && rate(of) === rate(run.experiment);
  return goesOn && run.progress?.step === step ? run.progress.lr : rate(of);
}

export const branching = new Branching();
