/** The learning-rate schedule as it is planned for the run in view, and where that run stands in it. */
import { experiment } from "./experiment.svelte";
import { run } from "./run.svelte";

class Schedule {
  readonly plan = $derived(experiment.check?.schedule ?? null);
  /** Steps of the whole run. */
  readonly end = $derived((experiment.check?.data?.batches ?? 0) * experiment.current.training.epochs);
  readonly now = $derived(run.progress ? { x: run.progress.step, y: run.progress.lr } : null);
}

export const schedule = new Schedule();
