/** Backward being played: how many of its steps are on the picture. */

import { momentOf, playSteps, stepMilliseconds, type Moment, type Step } from "../../../lib/tapePlay";
import type { Tape } from "../../../lib/protocol";

export class Player {
  /** Steps shown; null before anything was played, when the picture shows the graph alone. */
  count = $state<number | null>(null);
  playing = $state(false);

  #tape: () => Tape;
  readonly steps: Step[] = $derived.by(() => playSteps(this.#tape()));
  readonly moment: Moment = $derived.by(() => momentOf(this.steps, this.count ?? 0));
  readonly step: Step | null = $derived.by(() => this.steps[(this.count ?? 0) - 1] ?? null);
  readonly finished: boolean = $derived.by(() => this.count === this.steps.length);
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(tape: () => Tape) {
    this.#tape = tape;
  }

  /** From the start; where motion is unwanted, the first step only, and the rest by hand. */
  play(): void {
    this.count = 1;
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    this.resume();
  }

  resume(): void {
    this.playing = !this.finished;
    if (this.playing) this.#next();
  }

  pause(): void {
    clearTimeout(this.#timer);
    this.playing = false;
  }

  /** One step on or back; stops what is playing. */
  by(change: number): void {
    this.pause();
    this.count = Math.max(0, Math.min(this.steps.length, (this.count ?? 0) + change));
  }

  reset(): void {
    this.pause();
    this.count = null;
  }

  #next(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.count = Math.min(this.steps.length, (this.count ?? 0) + 1);
      if (this.finished) this.pause();
      else this.#next();
    }, stepMilliseconds(this.steps.length));
  }
}
