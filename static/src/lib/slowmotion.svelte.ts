/** Slow motion: a step's phases one after another, slowly enough to read what each has changed. */
import { after } from "./phases";
import type { Phase } from "./protocol";

const PHASE_MS = 2200;

export class SlowMotion {
  on = $state(false);
  /** Counts the starts, so that a loop that was stopped does not go on beside the next one. */
  #turn = 0;

  /** `take` runs one phase and resolves to whether that was possible. */
  constructor(private readonly take: (phase: Phase) => Promise<boolean>) {}

  /** Goes on after the phase that was run last; null is between steps. */
  start(last: Phase | null): void {
    this.on = true;
    void this.#go(last, ++this.#turn);
  }

  stop(): void {
    this.on = false;
    this.#turn++;
  }

  async #go(last: Phase | null, turn: number): Promise<void> {
    for (let phase = after(last); turn === this.#turn; phase = after(phase)) {
      if (!(await this.take(phase)) && turn === this.#turn) this.stop();
      await new Promise((resolve) => setTimeout(resolve, PHASE_MS));
    }
  }
}
