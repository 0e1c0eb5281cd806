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

test("a branch's time begins where its parent was when it left", () => {
  const spent = { ...summary("1").spent, steps: 100, seconds: 2 };
  const parent = summary("1", { spent });
  const branch = summary("2", { parent: "1", branched_at: 50, spent: { ...spent, steps: 10, seconds: 1 } });
  const all = [parent, branch];
  expect(secondsAt(parent, 50, all)).toBeCloseTo(1);
  expect(secondsAt(branch, 60, all)).toBeCloseTo(2);
});

test("by seconds a curve keeps its values and changes its axis", () => {
  const values = Float64Array.of(3, 2, 1);
  const curve = { width: 1, step: Float64Array.of(0, 50, 100), min: values, mean: values, max: values, last: values };
  const run = summary("1");
  const [line] = overlay([{ run, curve }], [run], "seconds", PALETTE);
  expect([...line!.curve!.step]).toEqual([0, 1, 2]);
  expect(line!.curve!.last).toBe(values);
});
