import { expect, test } from "vitest";
import { summary } from "./fixture";
import { forest, rows, worthShowing, type Branch } from "./tree";

const names = (branches: readonly Branch[]): unknown[] =>
  branches.map(({ run, branches }) => (branches.length > 0 ? [run.run, names(branches)] : run.run));

test("a branch stands below the run it came from, at every depth", () => {
  const runs = [summary("1"), summary("2", { parent: "1" }), summary("3", { parent: "2" }), summary("4")];
  const roots = forest(runs);
  expect(roots.map(({ branches }) => names(branches))).toEqual([[["1", [["2", ["3"]]]]], ["4"]]);
});

test("a run whose parent was forgotten stands at the top", () => {
  expect(forest([summary("2", { parent: "1" })]).map(({ branches }) => names(branches))).toEqual([["2"]]);
});

test("the runs of a race stand together under its name, their branches below them", () => {
  const runs = [
    summary("1", { race: "a" }),
    summary("2", { race: "a" }),
    summary("3", { parent: "2" }),
    summary("4", { race: "b" }),
  ];
  const roots = forest(runs);
  expect(roots.map(({ race }) => race)).toEqual(["Race 1", "Race 2"]);
  expect(names(roots[0]!.branches)).toEqual(["1", ["2", ["3"]]]);
});

test("a run that was replaced before its first step is left out, unless something branched from it", () => {
  const still = { state: "stopped", step: 0, furthest: 0 } as const;
  const runs = [summary("1", still), summary("2", still), summary("3", { parent: "2" }), summary("4", { ...still, state: "paused" })];
  expect(worthShowing(runs).map(({ run }) => run)).toEqual(["2", "3", "4"]);
});

test("in the picture a branch begins in its parent's row at the step where it left", () => {
  const runs = [summary("1", { furthest: 400 }), summary("2", { parent: "1", branched_at: 120, furthest: 300 })];
  expect(rows(forest(runs)).map(({ from, to, parent }) => [from, to, parent])).toEqual([
    [0, 400, null],
    [120, 300, 0],
  ]);
});
