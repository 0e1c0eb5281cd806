/** The time line of the run in view: where it stands, where it could stand, and the way there. */
import { keptFrom, repeatedText, standingText, valueText, type Standing } from "./moments";
import { Newest } from "./newest";
import type { Marks } from "./plot";
import type { Problem } from "./protocol";
import { run } from "./run.svelte";

class TimeLine {
  /** Why the last moment asked for cannot be shown. */
  problem = $state.raw<Problem | null>(null);
  /** The step that was asked for, until the run stands there. */
  #wanted = $state<number | null>(null);
  /** While the slider is dragged, at most one question is under way. */
  #seeks = new Newest<number>(async (step) => {
    this.problem = await run.seek(step);
    if (this.problem) this.#wanted = null;
  });

  /** The run can be branched, and led to any moment that it has. */
  readonly open = $derived(run.id !== null && !["idle", "stopped", "failed"].includes(run.state));
  /** There is a past to go to: a run at its first step, as a branch that was just made, has none yet. */
  readonly past = $derived(this.open && this.furthest > this.first);
  readonly #standing = $derived<Standing>({
    step: this.step,
    furthest: this.furthest,
    epoch: run.progress?.epoch ?? 0,
    running: run.running,
  });
  readonly valueText = $derived(valueText(this.#standing));
  readonly standingText = $derived(standingText(this.#standing));
  readonly repeatedText = $derived(repeatedText(run.progress?.repeated ?? null));
  readonly back = $derived(this.step < this.furthest);
  /** What charts over the run's steps mark: the moment, while it is in the past, and where a branch begins. */
  readonly marks = $derived<Marks>({
    now: this.open && this.back ? this.step : null,
    branched: run.parent === null ? null : run.branchedAt,
  });

  get first() {
    return run.branchedAt;
  }
  get furthest() {
    return run.progress?.furthest ?? this.first;
  }
  get kept() {
    return run.progress?.kept ?? [];
  }
  get step() {
    return this.#wanted ?? run.progress?.step ?? this.first;
  }

  /** To this step, at once or as soon as the one before is answered. */
  seek(step: number): void {
    if (step === this.step) return;
    this.#wanted = step;
    this.#seeks.give(step);
  }

  /** To the whole step that is nearest. */
  seekNear(step: number): void {
    this.seek(Math.min(this.furthest, Math.max(this.first, Math.round(step))));
  }

  present(): void {
    this.seek(this.furthest);
  }

  /** Whether the key leads to a kept state. */
  press(key: string): boolean {
    const to = keptFrom(key, this.step, this.kept);
    if (to !== null) this.seek(to);
    return key === "PageUp" || key === "PageDown";
  }

  /** Forgets what was asked for once the run stands there or goes on. To be called while a component is set up. */
  follow(): void {
    $effect(() => {
      if (run.running || run.progress?.step === this.#wanted) this.#wanted = null;
    });
    $effect(() => {
      void run.id;
      this.problem = null;
      this.#wanted = null;
    });
  }
}

export const timeline = new TimeLine();
