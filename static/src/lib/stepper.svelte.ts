/** The panel that takes a step apart: whether it is open, and which phase is looked at. */
import type { Phase } from "./protocol";
import { run } from "./run.svelte";

class Stepper {
  open = $state(false);
  /** The phase that the person chose to look at; null follows the one that ran last. */
  chosen = $state<Phase | null>(null);
  /** While it runs at full pace nobody can read a step, and taking it apart would cost time. */
  readonly fast = $derived(run.state === "running" && !run.slow);
  readonly view = $derived(this.open && !this.fast ? run.views.step : undefined);
  /** The phase that ran last: at the boundary of two steps that is `step`, where it was watched. */
  readonly now = $derived(run.progress?.phase ?? this.view?.phase ?? null);

  /** Shows what runs now. */
  follow(): void {
    this.open = true;
    this.chosen = null;
  }
}

export const stepper = new Stepper();
