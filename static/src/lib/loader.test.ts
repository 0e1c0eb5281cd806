import { describe, expect, test } from "vitest";
import { cuts, firstPlace, placesOf, samplerText, whyShort, workerText, type Loading } from "./loader";
import type { DataFacts } from "./protocol";

const loading: Loading = { batch_size: 32, drop_last: false, num_workers: 0, style: "map" };
const facts = (training_samples: number, streaming = false): DataFacts => ({
  kind: "plane",
  task: "classification",
  streaming,
  input_shape: [2],
  classes: [],
  features: [],
  target: "class",
  training_samples,
  validation_samples: 0,
  batches: 0,
  last_batch: 0,
});

describe("why a batch is shorter", () => {
  test("the rest of the division is the last batch", () => {
    expect(whyShort(facts(350), loading)).toBe("350 = 10 × 32 + 30: the last batch is shorter, it has the 30 that are left.");
    expect(whyShort(facts(33), loading)).toBe("33 = 1 × 32 + 1: the last batch is shorter, it has the one that is left.");
  });

  test("drop_last leaves the rest out", () => {
    expect(whyShort(facts(350), { ...loading, drop_last: true })).toBe("350 = 10 × 32 + 30: drop_last leaves those 30 out of each epoch.");
  });

  test("nothing is left where it divides, and a stream never ends", () => {
    expect(whyShort(facts(352), loading)).toBe("352 = 11 × 32: every batch is full.");
    expect(whyShort(facts(0, true), loading)).toContain("every batch is full");
  });

  test("workers of an iterable set cut their own shares", () => {
    expect(whyShort(facts(350), { ...loading, style: "iterable", num_workers: 2 })).toContain("Each of the 2 workers");
  });
});

test("the sampler is called as PyTorch calls it", () => {
  expect(samplerText("map", true).name).toBe("RandomSampler");
  expect(samplerText("map", false).name).toBe("SequentialSampler");
  expect(samplerText("iterable", true).means).toContain("cannot shuffle");
});

test("workers load batches in turn", () => {
  expect(workerText(2, 3)).toBe("loaded by worker 1 of 2 workers in turn");
  expect(workerText(0, 3)).toContain("training process");
});

const array = (...values: number[]) => ({ shape: [values.length], values: new Int32Array(values) });

test("a batch stands where the sampler's order has its first sample", () => {
  const batch = { index: 2, batch_size: 4, order: array(7, 5, 3, 1, 0), order_start: 100, samples: array(3, 1) };
  expect(firstPlace(batch)).toBe(102);
  expect(firstPlace({ ...batch, order: null })).toBe(8);
});

test("places in an epoch count from one", () => {
  expect(placesOf(96, 32)).toBe("97–128");
  expect(placesOf(320, 1)).toBe("321");
});

test("the order is cut at every full batch", () => {
  const whole = { batch_size: 4, order_start: 0, style: "map" as const, workers: 0 };
  expect(cuts(whole, 10)).toEqual([4, 8]);
  expect(cuts(whole, 8)).toEqual([4]);
  expect(cuts({ ...whole, order_start: 6 }, 10)).toEqual([2, 6]);
  expect(cuts({ ...whole, style: "iterable", workers: 2 }, 10)).toEqual([]);
});
