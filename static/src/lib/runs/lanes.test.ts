import { expect, test } from "vitest";
import { BLANK } from "../outline";
import type { Catalog, Entry, Experiment } from "../protocol";
import { candidates, lane, obstacle, refusal } from "./lanes";

const entry = (type: string, group: string, lr?: number): Entry => ({
  type,
  group,
  help: "",
  parameters: lr === undefined ? [] : [{ name: "lr", kind: "float", default: lr, low: 0, high: 1, choices: [], inferred: false, help: "" }],
  target: null,
  stepped: null,
});

const CATALOG = {
  optimizers: [entry("SGD", "Plain", 0.001), entry("Adam", "Adaptive", 0.001)],
  layers: [entry("Tanh", "Activation"), entry("ReLU", "Activation"), entry("Softmax", "Activation"), entry("LogSoftmax", "Activation"), entry("Linear", "Dense")],
} as unknown as Catalog;

const row = (id: string, type: string, args = {}) => ({ id, type, args, muted: false });

const NETWORK: Experiment = {
  ...BLANK,
  layers: [
    row("a", "Linear", { out_features: 24 }),
    row("b", "Tanh"),
    row("c", "Linear", { out_features: 12 }),
    row("d", "Tanh"),
    row("e", "Linear", { out_features: 2 }),
  ],
  optimizer: { type: "Adam", args: { lr: 0.03, betas: [0.8, 0.9] } },
};

test("the first lane is the present experiment, whatever differs", () => {
  for (const subject of ["Optimizer", "Learning rate", "Activation"] as const) {
    const [present] = candidates(subject, NETWORK, CATALOG);
    expect(lane(subject, NETWORK, present!, CATALOG)).toEqual(NETWORK);
  }
});

test("learning rates are tried up and down on the scale of 1 and 3", () => {
  expect(candidates("Learning rate", NETWORK, CATALOG)).toEqual([0.03, 0.1, 0.01, 0.003]);
  const odd = { ...NETWORK, optimizer: { type: "Adam", args: { lr: 0.05 } } };
  expect(candidates("Learning rate", odd, CATALOG)).toEqual([0.05, 0.1, 0.01, 0.003]);
});

test("another optimizer keeps the learning rate and nothing else", () => {
  expect(lane("Optimizer", NETWORK, "SGD", CATALOG).optimizer).toEqual({ type: "SGD", args: { lr: 0.03 } });
});

test("the default learning rate counts where none is set", () => {
  const plain = { ...NETWORK, optimizer: { type: "Adam", args: {} } };
  expect(candidates("Learning rate", plain, CATALOG)[0]).toBe(0.001);
});

test("a width is that of every hidden layer, and never that of the outputs", () => {
  expect(candidates("Width", NETWORK, CATALOG)).toEqual([24, 12, 48, 6, 96]);
  const wide = lane("Width", NETWORK, 48, CATALOG);
  expect(wide.layers.map(({ args }) => args.out_features)).toEqual([48, undefined, 48, undefined, 2]);
});

test("an activation takes the place of every other one, and Softmax and LogSoftmax are none of them", () => {
  expect(candidates("Activation", NETWORK, CATALOG)).toEqual(["Tanh", "ReLU"]);
  expect(lane("Activation", NETWORK, "ReLU", CATALOG).layers.map(({ type }) => type)).toEqual([
    "Linear", "ReLU", "Linear", "ReLU", "Linear",
  ]);
});

test("what is wrong with a lane is said of that lane", () => {
  const problem = { where: "experiments/1/layers/2/args/out_features", message: "too wide", fix: null, severity: "error" } as const;
  expect(refusal(problem)).toMatch(/^Lane 2: Too wide/i);
  expect(refusal({ ...problem, where: "" })).toMatch(/^Too wide/i);
});

test("what stands after the last layer belongs to the output and stays", () => {
  const ended = { ...NETWORK, layers: [...NETWORK.layers, row("f", "Tanh")] };
  expect(lane("Activation", ended, "ReLU", CATALOG).layers.at(-1)!.type).toBe("Tanh");
});

test("what a network does not have cannot be raced about, and it is said why", () => {
  const single = { ...NETWORK, layers: NETWORK.layers.slice(-1) };
  expect(obstacle("Width", single, CATALOG)).toContain("no hidden layer");
  expect(obstacle("Activation", single, CATALOG)).toContain("no activation");
  expect(obstacle("Optimizer", single, CATALOG)).toBeNull();
});
