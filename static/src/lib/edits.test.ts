import { describe, expect, test } from "vitest";
import * as edits from "./edits";
import { BLANK } from "./outline";
import type { Entry, Experiment, Layer, Parameter } from "./protocol";

function layer(type: string, args: Layer["args"] = {}): Layer {
  return { id: edits.newId(), type, args, muted: false };
}

function experimentOf(name: string, ...layers: Layer[]): Experiment {
  return {
    ...BLANK,
    data: { ...BLANK.data, name },
    layers,
    loss: { type: "CrossEntropyLoss", args: {} },
    optimizer: { type: "Adam", args: { lr: 0.03 } },
  };
}

function entry(type: string, parameters: Entry["parameters"] = []): Entry {
  return { type, group: "", help: "", parameters, target: null, stepped: null };
}

const RELU = entry("ReLU");

const types = (e: Experiment) => e.layers.map(({ type }) => type);

describe("the stack", () => {
  const [linear, tanh, last] = [layer("Linear"), layer("Tanh"), layer("Linear")];
  const stack = experimentOf("Spiral", linear, tanh, last);

  test("names count per type", () => {
    expect(edits.layerNames(stack.layers)).toEqual(["Linear 1", "Tanh 1", "Linear 2"]);
  });

  test("a row moves one place, and stays where it is at the ends", () => {
    expect(types(edits.moveLayer(stack, tanh.id, -1))).toEqual(["Tanh", "Linear", "Linear"]);
    expect(edits.moveLayer(stack, linear.id, -1)).toBe(stack);
    expect(edits.moveLayer(stack, last.id, 1)).toBe(stack);
  });

  test("a row keeps its id through moves and edits", () => {
    const moved = edits.setLayerArgument(edits.moveLayer(stack, last.id, -1), last.id, "out_features", 4);
    expect(moved.layers[1]).toEqual({ ...last, args: { out_features: 4 } });
  });

  test("an edit leaves the experiment it began with as it was", () => {
    edits.muteLayer(stack, linear.id);
    edits.removeLayer(stack, tanh.id);
    expect(types(stack)).toEqual(["Linear", "Tanh", "Linear"]);
    expect(stack.layers[0]!.muted).toBe(false);
  });

  test("a layer is added at the end or at a place", () => {
    expect(types(edits.addLayer(stack, RELU)).at(-1)).toBe("ReLU");
    expect(types(edits.addLayer(stack, RELU, 1))[1]).toBe("ReLU");
  });

  test("a new layer begins with what its palette gives it, and leaves open what Python chooses", () => {
    const common = { low: null, high: null, choices: [], help: "" };
    const pool = entry("MaxPool2d", [
      { ...common, name: "in_channels", kind: "int", default: 1, inferred: true },
      { ...common, name: "kernel_size", kind: "int", default: 2, inferred: false },
      { ...common, name: "stride", kind: "int", default: null, inferred: false },
    ]);
    const added = edits.addLayer(stack, pool).layers.at(-1)!;
    expect(added.args).toEqual({ kernel_size: 2 });
  });

  test("an argument taken back is gone", () => {
    const set = edits.setLayerArgument(stack, linear.id, "bias", false);
    expect(edits.setLayerArgument(set, linear.id, "bias", null)).toEqual(stack);
  });

  test("an order that names an unknown row passes over it", () => {
    expect(types(edits.orderLayers(stack, [tanh.id, "nobody", linear.id]))).toEqual(["Tanh", "Linear"]);
  });
});

describe("choosing a data set", () => {
  const spiral = experimentOf("Spiral", layer("Linear", { out_features: 2 }));
  const circles = experimentOf("Circles", layer("Linear", { out_features: 8 }), layer("Tanh"));

  test("loads its preset while the stack is untouched", () => {
    const chosen = edits.chooseData(edits.loadPreset(spiral), spiral, circles);
    expect(types(chosen)).toEqual(["Linear", "Tanh"]);
    expect(chosen.data.name).toBe("Circles");
  });

  test("keeps the stack once it was edited", () => {
    const edited = edits.addLayer(edits.loadPreset(spiral), RELU);
    const chosen = edits.chooseData(edited, spiral, circles);
    expect(types(chosen)).toEqual(["Linear", "ReLU"]);
    expect(chosen.data.name).toBe("Circles");
  });

  test("another batch size is no edit of the stack", () => {
    const e = edits.setData(edits.loadPreset(spiral), { batch_size: 8 });
    expect(types(edits.chooseData(e, spiral, circles))).toEqual(["Linear", "Tanh"]);
  });
});

describe("what a run can take over as it goes", () => {
  const e = experimentOf("Spiral", layer("Linear"));

  test("a learning rate needs no restart", () => {
    expect(edits.needsRestart(e, edits.setPartArgument(e, "optimizer", "lr", 0.5))).toEqual([]);
  });

  test("everything else that matters does, by name", () => {
    const changed = edits.setTraining(edits.addLayer(edits.setData(e, { batch_size: 4 }), RELU), { seed: 9 });
    expect(edits.needsRestart(e, changed)).toEqual(["data settings", "layers", "seed"]);
  });

  test("muting a row and a row that was never there are the same to a run", () => {
    const added = edits.addLayer(e, RELU);
    expect(edits.needsRestart(e, edits.muteLayer(added, added.layers[1]!.id))).toEqual([]);
  });
});

describe("drawn points", () => {
  test("are rounded, and no more than may be", () => {
    let e = experimentOf("Drawn points");
    e = edits.addPoint(e, { x: 0.123456, y: -1, label: 2 });
    expect(e.data.points).toEqual([{ x: 0.123, y: -1, label: 2 }]);
    const full = edits.setData(e, { points: Array.from({ length: 500 }, () => e.data.points[0]!) });
    expect(edits.addPoint(full, { x: 0, y: 0, label: 0 })).toBe(full);
  });
});

test("equality looks at values, not at the order of keys", () => {
  expect(edits.same({ a: [1, { b: 2 }], c: null }, { c: null, a: [1, { b: 2 }] })).toBe(true);
  expect(edits.same([1], { 0: 1 })).toBe(false);
  expect(edits.same({ a: undefined }, { b: undefined })).toBe(false);
});

test("clipping is part of what a run began with", () => {
  const plain = experimentOf("Spiral");
  const clipped = edits.setTraining(plain, { clip_norm: 1 });
  expect(edits.needsRestart(plain, clipped)).toEqual(["clipping"]);
});

test("a schedule is chosen with the arguments its palette starts with, and taken back", () => {
  const plain = experimentOf("Spiral");
  const size = { name: "step_size", kind: "int" as const, default: 30, low: 1, high: null, choices: [], inferred: false, help: "" };
  const chosen = edits.chooseSchedule(plain, entry("StepLR", [size]));
  expect(chosen.training.schedule).toEqual({ type: "StepLR", args: { step_size: 30 } });
  expect(edits.needsRestart(plain, chosen)).toEqual(["schedule"]);
  expect(edits.setScheduleArgument(chosen, "step_size", 5).training.schedule?.args).toEqual({ step_size: 5 });
  expect(edits.chooseSchedule(chosen, null).training.schedule).toBeNull();
});

describe("the learning rate of an optimizer", () => {
  const lr: Parameter = { name: "lr", kind: "float", default: 0.001, low: 0, high: null, choices: [], inferred: false, help: "" };
  const optimizers = [entry("Adam", [lr]), entry("SGD", [lr]), entry("LBFGS")];
  const e = edits.setPartArgument(experimentOf("Spiral"), "optimizer", "betas", [0.8, 0.9]);

  test("is its own, else the default, and none where the optimizer is not known", () => {
    expect(edits.learningRate(e, optimizers)).toBe(0.03);
    expect(edits.learningRate(edits.setPartArgument(e, "optimizer", "lr", null), optimizers)).toBe(0.001);
    expect(edits.learningRate({ ...e, optimizer: { type: "Adagrad", args: {} } }, optimizers)).toBeNull();
  });

  test("stays when another one is chosen, and nothing else does", () => {
    expect(edits.chooseAnother(e, "optimizer", optimizers[1]!).optimizer).toEqual({ type: "SGD", args: { lr: 0.03 } });
    expect(edits.chooseAnother(e, "optimizer", optimizers[2]!).optimizer).toEqual({ type: "LBFGS", args: {} });
  });
});

test("weights of classes stay where another loss takes them", () => {
  const e = edits.setPartArgument(experimentOf("Spiral"), "loss", "weight", [1, 4.5]);
  const weight: Parameter = {
    ...{ name: "weight", kind: "numbers", default: null, low: 0, high: 10 },
    ...{ choices: [], inferred: false, help: "" },
  };
  expect(edits.chooseAnother(e, "loss", entry("NLLLoss", [weight])).loss.args).toEqual({ weight: [1, 4.5] });
  expect(edits.chooseAnother(e, "loss", entry("MSELoss")).loss.args).toEqual({});
});
