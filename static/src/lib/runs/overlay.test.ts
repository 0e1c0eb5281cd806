import { expect, test } from "vitest";
import type { Palette } from "../colour";
import { summary } from "./fixture";
import { lookOf, overlay, placeOf, secondsAt } from "./overlay";

const PALETTE = { classes: Array.from({ length: 10 }, (_, i) => [i, i, i]) } as unknown as Palette;

test("no two of forty runs look the same", () => {
  const looks = Array.from({ length: 40 }, (_, place) => JSON.stringify(lookOf(place, PALETTE)));
  expect(new Set(looks).size).toBe(40);
});

test("a run looks by its number, however many are listed", () => {
  expect(placeOf({ name: "Run 12" })).toBe(11);
});

const NEVER = () => null;
const measured = (...points: [step: number, seconds: number][]) => {
  const [step, last] = [0, 1].map((i) => Float64Array.from(points, (point) => point[i]!)) as [Float64Array, Float64Array];
  return { width: 1, step, min: last, mean: last, max: last, last };
};

test("a step has the time that was measured there, and between two such steps a share of it", () => {
  const run = summary("1", { spent: { ...summary("1").spent, steps: 100, seconds: 9 } });
  const clock = () => measured([10, 1], [50, 5], [90, 6]);
  const at = (step: number) => secondsAt(run, step, [run], clock);
  expect([0, 5, 10, 30, 50, 70, 90, 95, 100].map(at)).toEqual([0, 0.5, 1, 3, 5, 5.5, 6, 7.5, 9]);
});

test("a branch's time begins where its parent was when it left", () => {
  const spent = { ...summary("1").spent, steps: 100, seconds: 2 };
  const parent = summary("1", { spent });
  const branch = summary("2", { parent: "1", branched_at: 50, furthest: 60, spent: { ...spent, steps: 10, seconds: 1 } });
  const all = [parent, branch];
  const clock = (run: string) => (run === "1" ? measured([50, 1.5], [100, 2]) : null);
  expect(secondsAt(parent, 50, all, NEVER)).toBeCloseTo(1);
  expect(secondsAt(branch, 60, all, clock)).toBeCloseTo(2.5);
});

test("by seconds a curve keeps its values and changes its axis", () => {
  const values = Float64Array.of(3, 2, 1);
  const curve = { width: 1, step: Float64Array.of(0, 50, 100), min: values, mean: values, max: values, last: values };
  const run = summary("1");
  const [line] = overlay([{ run, curve }], [run], "seconds", PALETTE, NEVER);
  expect([...line!.curve!.step]).toEqual([0, 1, 2]);
  expect(line!.curve!.last).toBe(values);
});
