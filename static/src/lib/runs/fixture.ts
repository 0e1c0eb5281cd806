/** Runs for tests. */
import { BLANK } from "../outline";
import type { RunSummary } from "../protocol";

/** A run of 100 steps that was paused, with what a test says of it. */
export function summary(run: string, about: Partial<RunSummary> = {}): RunSummary {
  return {
    run,
    name: `Run ${run}`,
    state: "paused",
    experiment: BLANK,
    parent: null,
    branched_at: 0,
    race: null,
    step: 100,
    furthest: 100,
    epoch: 5,
    epochs: 10,
    scalars: {},
    differences: [],
    spent: { steps: 100, epochs: 5, samples: 3200, seconds: 2, cpu_seconds: 2, parameters: 10 },
    ...about,
  };
}
