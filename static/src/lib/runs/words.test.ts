import { expect, test } from "vitest";
import { summary } from "./fixture";
import { differenceTexts, originText, placeText, scores, stateText } from "./words";

test("a run that looks back says so, and where it stands of how far it came", () => {
  const back = summary("1", { step: 1200, furthest: 4000, epoch: 3 });
  expect(stateText(back)).toBe("looking back");
  expect(stateText({ ...back, state: "running" })).toBe("repeating");
  expect(stateText({ ...back, state: "stopped" })).toBe("stopped");
  expect(placeText(back)).toBe("step 1,200 of 4,000 · epoch 3 of 10");
});

test("a difference is told from the run it came from to this one", () => {
  const rate = { where: "optimizer/args/lr", label: "Learning rate", here: "0.003", there: "0.03" };
  expect(differenceTexts([rate, { ...rate, there: null }, { ...rate, here: null }])).toEqual([
    "Learning rate 0.03 → 0.003",
    "Learning rate 0.003 added",
    "Learning rate 0.03 removed",
  ]);
});

test("a layer is told by its place, and the same change in several of them once", () => {
  const layer = { where: "layers/a", label: "Layer 2", here: "ReLU", there: "Tanh" };
  const added = { where: "layers/c", label: "Layer 5", here: "Dropout(p=0.5)", there: null };
  expect(differenceTexts([layer, added])).toEqual(["Layer 2: Tanh → ReLU", "Layer 5: Dropout(p=0.5) added"]);
  expect(differenceTexts([layer, { ...layer, where: "layers/b", label: "Layer 4" }])).toEqual([
    "Layers 2 and 4: Tanh → ReLU",
  ]);
});

test("a branch names the run and the step that it came from, also where that run is forgotten", () => {
  const branch = summary("2", { parent: "1", branched_at: 1200 });
  expect(originText(branch, [summary("1"), branch])).toBe("from step 1,200 of Run 1");
  expect(originText(branch, [branch])).toContain("no longer known");
  expect(originText(summary("1"), [])).toBe("");
});

test("only scores that were measured are told", () => {
  expect(scores({ scalars: { "training loss": 0.5, accuracy: 0.9 } })).toEqual(["training 0.5", "accuracy 90.0 %"]);
  expect(scores({ scalars: {} })).toEqual([]);
});
