import { expect, test } from "vitest";
import { BLANK } from "../outline";
import { compareReached, compareSettings, compareSpent, seconds } from "./compare";
import { summary } from "./fixture";

const rate = (here: string, there: string) => ({ where: "optimizer/args/lr", label: "Learning rate", here, there });
const width = (here: string, there: string) => ({ where: "layers/a/args/out_features", label: "Linear 1 out_features", here, there });

test("each run of a race has its value, the first one from what the others say of it", () => {
  const race = ["1", "2", "3"].map((run) => summary(run, { race: "a" }));
  race[1]!.differences = [rate("0.1", "0.03")];
  race[2]!.differences = [rate("0.01", "0.03")];
  expect(compareSettings(race, race)).toEqual([
    { label: "Learning rate", values: ["0.03", "0.1", "0.01"], differs: true },
  ]);
});

test("a value is followed through the parents that did not change it", () => {
  const runs = [
    summary("1"),
    summary("2", { parent: "1", differences: [rate("0.003", "0.03")] }),
    summary("3", { parent: "2", differences: [width("16", "8")] }),
  ];
  expect(compareSettings(runs, runs)).toEqual([
    { label: "Learning rate", values: ["0.03", "0.003", "0.003"], differs: true },
    { label: "Linear 1 out_features", values: ["8", "8", "16"], differs: true },
  ]);
});

test("beside a family's value stands what a stranger's own experiment says", () => {
  const stranger = summary("3", { experiment: { ...BLANK, optimizer: { type: "SGD", args: { lr: 0.5 } } } });
  const runs = [summary("1"), summary("2", { parent: "1", differences: [rate("0.003", "0.03")] }), stranger];
  expect(compareSettings(runs, runs)[0]!.values).toEqual(["0.03", "0.003", "0.5"]);
});

test("the same change in several layers is one row", () => {
  const layer = (id: string) => ({ where: `layers/${id}`, label: `Layer ${id}`, here: "ReLU", there: "Tanh" });
  const runs = [summary("1"), summary("2", { parent: "1", differences: [layer("2"), layer("4")] })];
  expect(compareSettings(runs, runs)).toEqual([{ label: "Layers 2 and 4", values: ["Tanh", "ReLU"], differs: true }]);
});

test("what is the same in all that were chosen is not listed", () => {
  const runs = [summary("1"), summary("2", { parent: "1", differences: [rate("0.003", "0.03")] }), summary("3", { parent: "2" })];
  expect(compareSettings(runs.slice(1), runs)).toEqual([]);
});

test("a setting that only one of them has is missing in the other", () => {
  const clip = { where: "training/clip_norm", label: "Clip gradients", here: "1", there: null };
  const runs = [summary("1"), summary("2", { parent: "1", differences: [clip] })];
  expect(compareSettings(runs, runs)[0]!.values).toEqual(["–", "1"]);
});

test("what was spent stands in its units, and what was reached only where it was measured", () => {
  const runs = [summary("1", { scalars: { "training loss": 0.5, accuracy: 0.9 } }), summary("2")];
  const spent = new Map(compareSpent(runs).map(({ label, values }) => [label, values[0]]));
  expect(spent.get("Samples seen")).toBe("3,200");
  expect(spent.get("Time in steps")).toBe("2 s");
  expect(compareReached(runs).map(({ label, values }) => [label, ...values])).toEqual([
    ["At step", "100", "100"],
    ["Training loss", "0.5", "–"],
    ["Accuracy", "90.0 %", "–"],
  ]);
});

test("long times stand in minutes, very short ones in milliseconds", () => {
  expect(seconds(0)).toBe("0 ms");
  expect(seconds(0.0000113)).toBe("0.01 ms");
  expect(seconds(0.00594)).toBe("5.94 ms");
  expect(seconds(0.4234)).toBe("0.423 s");
  expect(seconds(72.4)).toBe("1 min 12 s");
});
