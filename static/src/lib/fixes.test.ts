import { describe, expect, test } from "vitest";
import { applyFix } from "./fixes";
import { BLANK } from "./outline";
import type { Edit, Experiment } from "./protocol";

const EXPERIMENT: Experiment = {
  ...BLANK,
  data: { ...BLANK.data, name: "Spiral" },
  layers: [
    { id: "in", type: "Linear", args: { out_features: 4 }, muted: false },
    { id: "bend", type: "ReLU", args: {}, muted: false },
    { id: "out", type: "Linear", args: { out_features: 2 }, muted: false },
  ],
  loss: { type: "CrossEntropyLoss", args: { label_smoothing: 0.1 } },
  optimizer: { type: "SGD", args: { lr: 10 } },
};

const fixed = (...edits: Edit[]) => applyFix(EXPERIMENT, { label: "", edits });
const types = (e: Experiment) => e.layers.map(({ type }) => type);

describe("a fix", () => {
  test("sets fields at their paths, and leaves everything else as it is", () => {
    const after = fixed(
      { do: "set", where: "optimizer/args/lr", value: 0.1 },
      { do: "set", where: "data/batch_size", value: 16 },
      { do: "set", where: "layers/in/args/bias", value: false },
    );
    expect(after.optimizer.args).toEqual({ lr: 0.1 });
    expect(after.data).toEqual({ ...EXPERIMENT.data, batch_size: 16 });
    expect(after.layers[0]!.args).toEqual({ out_features: 4, bias: false });
    expect(after.layers[1]).toBe(EXPERIMENT.layers[1]);
  });

  test("takes an argument back with null", () => {
    expect(fixed({ do: "set", where: "optimizer/args/lr", value: null }).optimizer.args).toEqual({});
  });

  test("chooses another loss or schedule without arguments", () => {
    expect(fixed({ do: "set", where: "loss", value: "MSELoss" }).loss).toEqual({ type: "MSELoss", args: {} });
    const planned = fixed({ do: "set", where: "training/schedule", value: "StepLR" });
    expect(planned.training.schedule).toEqual({ type: "StepLR", args: {} });
  });

  test("removes, inserts and replaces layers", () => {
    expect(types(fixed({ do: "remove", layer: "bend" }))).toEqual(["Linear", "Linear"]);
    expect(types(fixed({ do: "insert", before: "bend", type: "BatchNorm1d", args: {} }))[1]).toBe("BatchNorm1d");
    expect(types(fixed({ do: "insert", before: null, type: "Flatten", args: {} })).at(-1)).toBe("Flatten");
    const replaced = fixed({ do: "replace", layer: "bend", type: "LeakyReLU", args: { negative_slope: 0.1 } });
    expect(replaced.layers[1]).toEqual({ id: "bend", type: "LeakyReLU", args: { negative_slope: 0.1 }, muted: false });
  });

  test("gives a new row an id of its own", () => {
    const ids = fixed({ do: "insert", before: null, type: "ReLU", args: {} }).layers.map(({ id }) => id);
    expect(new Set(ids).size).toBe(4);
  });

  test("of what is no longer there changes nothing", () => {
    expect(
      fixed(
        { do: "set", where: "layers/nobody/args/p", value: 0.1 },
        { do: "set", where: "data/nothing", value: 1 },
        { do: "remove", layer: "nobody" },
        { do: "insert", before: "nobody", type: "ReLU", args: {} },
      ),
    ).toEqual(EXPERIMENT);
  });
});
