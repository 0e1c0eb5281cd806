/** The runs of a session as a tree: each below the run it branched from, those of a race side by side. */
import type { RunSummary } from "../protocol";

/** A run and the runs that branched from it. */
export interface Branch {
  run: RunSummary;
  branches: Branch[];
}

/** What stands at the top: a run by itself, or a race with its runs. */
export interface Root {
  /** `Race 1`, counted in the order in which they started; null for a run by itself. */
  race: string | null;
  branches: Branch[];
}

const OVER: readonly string[] = ["stopped", "failed"];

/** Whether its process is gone: it can be read, and goes on no more. */
export function isOver(run: Pick<RunSummary, "state">): boolean {
  return OVER.includes(run.state);
}

/** Those that have something to show: not a run that was replaced before it took a step. */
export function worthShowing(runs: readonly RunSummary[]): RunSummary[] {
  const parents = new Set(runs.map((run) => run.parent));
  return runs.filter((run) => !isOver(run) || run.furthest > run.branched_at || parents.has(run.run));
}

/** A run whose parent is no longer known stands at the top. */
export function forest(runs: readonly RunSummary[]): Root[] {
  const known = new Set(runs.map(({ run }) => run));
  const below = (run: RunSummary): Branch => ({
    run,
    branches: runs.filter(({ parent }) => parent === run.run).map(below),
  });
  const roots: Root[] = [];
  const races = new Map<string, Root>();
  for (const run of runs) {
    if (run.parent !== null && known.has(run.parent)) continue;
    const race = run.race === null ? undefined : races.get(run.race);
    if (race) {
      race.branches.push(below(run));
      continue;
    }
    const root: Root = { race: run.race && `Race ${races.size + 1}`, branches: [below(run)] };
    if (run.race !== null) races.set(run.race, root);
    roots.push(root);
  }
  return roots;
}

/** One run in the picture of the tree: its row, the steps it made itself, and the row it left. */
export interface Row {
  run: RunSummary;
  from: number;
  to: number;
  parent: number | null;
}

/** The rows of the picture, in the order of the list beside it. */
export function rows(roots: readonly Root[]): Row[] {
  const made: Row[] = [];
  const add = ({ run, branches }: Branch, parent: number | null): void => {
    const row = made.push({ run, from: run.branched_at, to: run.furthest, parent }) - 1;
    for (const branch of branches) add(branch, row);
  };
  for (const { branches } of roots) for (const branch of branches) add(branch, null);
  return made;
}
