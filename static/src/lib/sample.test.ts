import { describe, expect, it } from "vitest";
import type { DataPreview, SampleReply } from "./protocol";
import { neighbours, neighbourText, placeText, rowOf, sampleAt, shareText, tiled, verdict, worst } from "./sample";

const reply: SampleReply = {
  step: 1,
  index: 0,
  split: "training",
  shape: [2],
  input: [0, 0],
  stages: [],
  truth: 0,
  predicted: 1,
  probabilities: [0.2, 0.8],
  classes: ["cat", "dog"],
  loss: 1.6,
  loss_formula: "",
  place: { batch: 4, batches: 11, place: 2, size: 32 },
  gradient_norm: 0.5,
  gradient_share: 0.0625,
};

it("rows of a preview and samples of a split lead to each other", () => {
  const preview = { validation: [false, false, true, true] };
  expect(sampleAt(preview, 3)).toEqual({ split: "validation", index: 1 });
  expect(rowOf(preview, { split: "validation", index: 1 })).toBe(3);
  expect(rowOf(preview, { split: "training", index: 1 })).toBe(1);
  expect(rowOf(preview, { split: "training", index: 2 })).toBeNull();
  expect(rowOf(preview, { split: "validation", index: 2 })).toBeNull();
});

describe("what is said of a sample", () => {
  it("names what it is and what the model took it for", () => {
    expect(verdict(reply, "")).toBe("Wrong: it is cat, and the model says dog with 80.0 %.");
    expect(verdict({ ...reply, truth: 1 }, "")).toBe("Right: it is dog, and the model says so with 80.0 %.");
    const value = { ...reply, classes: [], probabilities: null, truth: 2, predicted: 1.5 };
    expect(verdict(value, "price")).toBe("price is 2, the model says 1.5: −0.5 off.");
  });

  it("counts its place from one and holds its gradient against an equal share", () => {
    expect(placeText(reply.place, "training")).toBe("Place 3 of 32 in batch 5 of 11 of this epoch.");
    expect(placeText(null, "validation")).toContain("Held out");
    expect(shareText(reply)).toBe("It has 6.3 % of its batch's gradient norms, 2 times an equal share.");
    expect(shareText({ ...reply, place: null, gradient_share: null })).toContain("norm 0.5");
  });

  it("looks at the nearest training samples, each feature in its own spread", () => {
    const preview = {
      x: [[0, 0], [0.1, 100], [0.9, 0], [1, 900], [0, 1]],
      y: [0, 1, 1, 1, 0],
      validation: [false, false, false, false, true],
    } as unknown as DataPreview;
    const found = neighbours(preview, 0, 2);
    expect(neighbourText(found, ["cat", "dog"])).toBe("Of the 2 training samples nearest to it 2 are dog.");
    expect(neighbours(preview, 4, 1).byClass).toEqual(new Map([[0, 1]]));
  });
});

describe("the worst samples", () => {
  it("are those whose true class has the least probability", () => {
    const answers = [[0.9, 0.1], [0.4, 0.6], [0.05, 0.95]].map((probabilities) => ({ output: [], probabilities }));
    expect(worst(answers, [0, 0, 0], 2).map(({ row, predicted }) => [row, predicted])).toEqual([[2, 1], [1, 1]]);
  });

  it("are the farthest from their value, and those without an answer before all", () => {
    const answers = [[1], [5], [null]].map((output) => ({ output, probabilities: null }));
    expect(worst(answers, [1.5, 2, 0], 3).map(({ row }) => row)).toEqual([2, 1, 0]);
  });
});

it("maps stand side by side, a vector in a row", () => {
  expect(tiled([2, 2, 1], [1, 2, 3, 4])).toEqual({ values: [1, 3, 2, 4], rows: 2, columns: 2 });
  expect(tiled([3], [1, 2, 3])).toEqual({ values: [1, 2, 3], rows: 1, columns: 3 });
});
