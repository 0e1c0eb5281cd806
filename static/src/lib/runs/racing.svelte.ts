/** The race that is being set up: what differs, and what it is in each lane. */
import { api, problemsOf } from "../api";
import { experiment } from "../experiment.svelte";
import { randomId } from "../ids";
import type { Problem } from "../protocol";
import { run } from "../run.svelte";
import { SLOW } from "../speed";
import { family } from "./family.svelte";
import { candidates, FEWEST, lane, MOST, obstacle, type Subject, type Value } from "./lanes";

const AT_FIRST = 3;

class Racing {
  subject = $state<Subject>("Learning rate");
  lanes = $state.raw<readonly Value[]>([]);
  busy = $state(false);
  problems = $state.raw<readonly Problem[]>([]);

  readonly #candidates = $derived(
    experiment.catalog ? candidates(this.subject, experiment.current, experiment.catalog) : [],
  );
  readonly obstacle = $derived(
    experiment.catalog ? obstacle(this.subject, experiment.current, experiment.catalog) : null,
  );
  readonly mayAdd = $derived(this.lanes.length < MOST && this.obstacle === null);
  readonly mayRemove = $derived(this.lanes.length > FEWEST);

  /** Lanes about this, filled with what is worth trying. */
  about(subject: Subject): void {
    this.subject = subject;
    this.lanes = this.#candidates.slice(0, AT_FIRST);
    this.problems = [];
  }

  set(place: number, value: Value): void {
    this.lanes = this.lanes.with(place, value);
  }

  add(): void {
    const next = this.#candidates.find((value) => !this.lanes.includes(value)) ?? this.lanes.at(-1)!;
    this.lanes = [...this.lanes, next];
  }

  remove(place: number): void {
    this.lanes = this.lanes.toSpliced(place, 1);
  }

  /** Starts it, and draws its runs alone. Resolves to whether it was started. */
  async start(): Promise<boolean> {
    if (this.busy || !experiment.catalog) return false;
    this.busy = true;
    this.problems = [];
    const [subject, e, catalog] = [this.subject, experiment.current, experiment.catalog];
    try {
      const { runs } = await api.race({
        experiments: this.lanes.map((value) => lane(subject, e, value, catalog)),
        request_id: randomId(16),
        steps_per_second: run.pace === SLOW ? null : run.pace,
      });
      await family.refresh();
      family.drawOnly(runs.map((reply) => reply.run));
      return true;
    } catch (error) {
      this.problems = problemsOf(error);
      return false;
    } finally {
      this.busy = false;
    }
  }
}

export const racing = new Racing();
