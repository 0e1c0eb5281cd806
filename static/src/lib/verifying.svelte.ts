/** A verification under way: started once, asked about until it is done. */

import { api, problemsOf } from "./api";
import type { CurveColumns } from "./curves";
import type { VerifyReply } from "./protocol";

const ASK_EVERY_MS = 250;

export class Verifying {
  reply = $state.raw<VerifyReply | null>(null);
  problem = $state<string | null>(null);
  /** Between the click and the last answer. */
  busy = $state(false);

  #stopped = false;

  async start(run: string): Promise<void> {
    this.reply = null;
    this.problem = null;
    this.busy = true;
    try {
      this.reply = await api.startVerify(run);
      while (this.reply.state === "running" && !this.#stopped) {
        await new Promise((done) => setTimeout(done, ASK_EVERY_MS));
        this.reply = await api.verify(run);
      }
    } catch (error) {
      this.problem = problemsOf(error)[0]!.message;
    } finally {
      this.busy = false;
    }
  }

  /** Asks no more: the dialog was closed. The verification itself goes on. */
  stop(): void {
    this.#stopped = true;
  }
}

/** Losses of the steps 1, 2, … as a curve of one step a bucket. */
export function curveOf(losses: readonly (number | null)[]): CurveColumns {
  const step = Float64Array.from(losses, (_, i) => i + 1);
  const loss = Float64Array.from(losses, (value) => value ?? NaN);
  return { width: 1, step, min: loss, mean: loss, max: loss, last: loss };
}
