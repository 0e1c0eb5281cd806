/** The runs of this session: their list is asked for now and then, what they do comes over the line. */
import { untrack } from "svelte";
import { api, NO_ANSWER, problemsOf } from "../api";
import { experiment } from "../experiment.svelte";
import type { Problem, RunState, RunSummary } from "../protocol";
import { run } from "../run.svelte";
import { Watched } from "../watched.svelte";
import { isOver, worthShowing } from "./tree";

const ASK_EVERY_MS = 2000;
/** Runs watched at the same time: a page may watch sixteen, and some are the parents of the run in view. */
const MOST_WATCHED = 9;

class Family {
  #listed = $state.raw<readonly RunSummary[]>([]);
  /** What was chosen or not by hand; every other run is drawn while it is watched. */
  #chosen = $state.raw<ReadonlyMap<string, boolean>>(new Map());
  #watched = $state.raw<ReadonlyMap<string, Watched>>(new Map());
  /** Why the runs cannot be listed, or what was asked of one was not done. */
  problem = $state.raw<Problem | null>(null);
  /** The first answer is there. */
  known = $state(false);

  /** Oldest first, each as it stands now. */
  readonly runs = $derived(this.#listed.map((summary) => present(summary, this.#watched.get(summary.run))));
  /** Those whose curves are laid over each other. */
  readonly drawn = $derived(this.runs.filter(({ run }) => this.isDrawn(run)));

  isDrawn(id: string): boolean {
    return this.#chosen.get(id) ?? this.#watched.has(id);
  }

  draw(id: string, on: boolean): void {
    this.#chosen = new Map([...this.#chosen, [id, on]]);
  }

  /** Only these are drawn. */
  drawOnly(ids: readonly string[]): void {
    this.#chosen = new Map(this.#listed.map((run) => [run.run, false]));
    for (const id of ids) this.draw(id, true);
  }

  watched(id: string): Watched | undefined {
    return this.#watched.get(id);
  }

  async refresh(): Promise<void> {
    try {
      const { runs } = await api.runs();
      // A run is watched once: the one that is being started watches itself as soon as it has its id.
      if (run.state === "starting" && run.id === null) return;
      this.#listed = worthShowing(runs);
      this.known = true;
      if (this.problem === NO_ANSWER) this.problem = null;
    } catch (error) {
      this.problem = problemsOf(error)[0]!;
    }
  }

  /** Shows it in the Model workspace, with its experiment. */
  async open(id: string): Promise<void> {
    try {
      const reply = await api.run(id);
      if (id !== run.id) run.open(reply);
      experiment.showTab("model");
    } catch (error) {
      this.problem = problemsOf(error)[0]!;
    }
  }

  async play(id: string): Promise<void> {
    // In Model, Play would take over what was edited since.
    if (id === run.id && run.outdated.length === 0) await run.play();
    else await this.#watched.get(id)?.command({ do: "play" }, "running");
  }

  async pause(id: string): Promise<void> {
    if (id === run.id) await run.pause();
    else await this.#watched.get(id)?.command({ do: "pause" }, "paused");
  }

  async stop(id: string): Promise<void> {
    await this.#watched.get(id)?.end();
    await this.refresh();
  }

  /** Lists and watches while `shown`. To be called once, while a component is set up. */
  follow(shown: () => boolean): void {
    $effect(() => {
      if (!shown()) return;
      void this.refresh();
      const timer = setInterval(() => void this.refresh(), ASK_EVERY_MS);
      return () => {
        clearInterval(timer);
        untrack(() => this.#watch([]));
      };
    });
    $effect(() => {
      const wanted = shown() ? toWatch(this.#listed, this.#chosen) : [];
      untrack(() => this.#watch(wanted));
    });
  }

  #watch(wanted: readonly RunSummary[]): void {
    const ids = new Set(wanted.map(({ run }) => run));
    const kept = [...this.#watched].filter(([id]) => ids.has(id));
    if (kept.length === this.#watched.size && kept.length === ids.size) return;
    const before = this.#watched;
    this.#watched = new Map(wanted.map((summary) => [summary.run, before.get(summary.run) ?? Watched.hold(summary)]));
    for (const [id, watched] of before) if (!ids.has(id)) watched.release();
  }
}

/** Those chosen first, then those that go on, then the newest. */
function toWatch(runs: readonly RunSummary[], chosen: ReadonlyMap<string, boolean>): RunSummary[] {
  const rank = (run: RunSummary) => (chosen.get(run.run) ? 0 : isOver(run) ? 2 : 1);
  const wanted = [...runs].reverse().sort((a, b) => rank(a) - rank(b));
  return wanted.slice(0, MOST_WATCHED);
}

/** The summary with what came over the line since. */
function present(summary: RunSummary, watched: Watched | undefined): RunSummary {
  const progress = watched?.live.progress;
  if (!watched || !progress) return summary;
  const { step, furthest, epoch, epochs, samples, seconds, cpu_seconds } = progress;
  const { spent } = summary;
  const steps = furthest - summary.branched_at;
  return {
    ...summary,
    state: watched.state as RunState,
    step,
    furthest,
    epoch,
    epochs,
    scalars: watched.live.scalars,
    spent: { ...spent, steps, epochs: (spent.epochs * steps) / (spent.steps || 1), samples, seconds, cpu_seconds },
  };
}

export const family = new Family();
