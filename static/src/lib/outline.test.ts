import { describe, expect, test } from "vitest";
import { asExperiment, BLANK } from "./outline";

const least = {
  data: { name: "Spiral" },
  layers: [{ type: "Linear", args: { out_features: 2 } }],
  loss: { type: "CrossEntropyLoss" },
  optimizer: { type: "Adam" },
};

test("what is left out is filled in", () => {
  const experiment = asExperiment(least);
  expect(experiment.data.batch_size).toBe(32);
  expect(experiment.training).toEqual(BLANK.training);
  expect(experiment.layers[0]).toMatchObject({ type: "Linear", muted: false });
  expect(experiment.layers[0]!.id).not.toBe("");
});

test("a whole experiment comes through unchanged", () => {
  const whole = asExperiment(least);
  expect(asExperiment(JSON.parse(JSON.stringify(whole)))).toEqual(whole);
});

test("numbers that make no sense pass: the server answers them at their fields", () => {
  expect(asExperiment({ ...least, data: { name: "?", batch_size: -7 } }).data.batch_size).toBe(-7);
});

test("clipping is a number or off", () => {
  expect(asExperiment({ ...least, training: { clip_norm: 0.5 } }).training.clip_norm).toBe(0.5);
  expect(() => asExperiment({ ...least, training: { clip_norm: "1" } })).toThrow("not an experiment");
});

test("an argument may be as many numbers as a model has outputs", () => {
  const weighted = (weight: unknown) => ({ ...least, loss: { type: "CrossEntropyLoss", args: { weight } } });
  expect(asExperiment(weighted([1, 4.5, 2])).loss.args.weight).toEqual([1, 4.5, 2]);
  expect(() => asExperiment(weighted(["1", 4.5]))).toThrow("not an experiment");
  expect(() => asExperiment(weighted(Array.from({ length: 101 }, () => 1)))).toThrow("not an experiment");
});

test("rows with the same id are told apart", () => {
  const twins = [{ id: "a", type: "Tanh" }, { id: "a", type: "Tanh" }];
  const ids = asExperiment({ ...least, layers: twins }).layers.map(({ id }) => id);
  expect(new Set(ids).size).toBe(2);
});

test("more rows or points than the server takes are refused with both numbers", () => {
  const rows = (count: number) => Array.from({ length: count }, () => ({ type: "Tanh" }));
  expect(asExperiment({ ...least, layers: rows(200) }).layers).toHaveLength(200);
  expect(() => asExperiment({ ...least, layers: rows(5000) })).toThrow("5,000 layers; at most 200");

  const points = Array.from({ length: 501 }, () => ({ x: 0, y: 0, label: 0 }));
  expect(() => asExperiment({ ...least, data: { name: "Drawn points", points } })).toThrow("501 points");
});

test("an experiment of another version is refused with both versions", () => {
  expect(() => asExperiment({ ...least, version: 2 })).toThrow("of version 2; this playground understands version 1");
  expect(() => asExperiment({ ...least, version: "2" })).toThrow("This is not an experiment of the playground.");
});

describe("anything else is refused", () => {
  test.each([
    null,
    3,
    "text",
    [],
    {},
    { ...least, data: null },
    { ...least, data: { name: 5 } },
    { ...least, data: { name: "a", points: [null] } },
    { ...least, data: { name: "a", csv: { name: "a.csv" } } },
    { ...least, layers: { 0: { type: "Linear" } } },
    { ...least, layers: [{ type: "Linear", args: { p: {} } }] },
    { ...least, loss: "MSELoss" },
    { ...least, training: [] },
    { ...least, training: { epochs: "many" } },
  ])("%j", (value) => {
    expect(() => asExperiment(value)).toThrow("This is not an experiment of the playground.");
  });
});
