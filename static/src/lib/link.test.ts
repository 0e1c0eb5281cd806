import { describe, expect, test } from "vitest";
import { fromHash, toCodeHash, toHash } from "./link";
import { asExperiment } from "./outline";

const experiment = asExperiment({
  data: {
    name: "CSV",
    csv: { name: "Größe „μ“.csv", size: 1, sha256: "0", target: "a&b=c#d", task: "regression" },
  },
  layers: [{ id: "a", type: "Linear", args: { out_features: 2 } }],
  loss: { type: "MSELoss" },
  optimizer: { type: "SGD", args: { lr: 0.1 } },
});

test("a link brings the experiment back, whatever is written in it", () => {
  const hash = toHash(experiment, "tensors");
  expect(hash).toMatch(/^#[\w=&-]+$/);
  expect(fromHash(hash)).toEqual({ tab: "tensors", experiment, code: null });
});

test("an address without a hash says nothing", () => {
  expect(fromHash("")).toEqual({ tab: null, experiment: null, code: null });
});

test("a link brings a program back, in any alphabet", () => {
  const code = 'a = torch.ones(2)  # „größer“ & 1=1\nprint(f"{a}")\n';
  expect(fromHash(toCodeHash(code))).toEqual({ tab: "tensors", experiment: null, code });
  expect(() => fromHash("#tab=tensors&code=%%%")).toThrow(/damaged/);
});

test("a workspace that is not there is none", () => {
  expect(fromHash("#tab=nothing").tab).toBeNull();
});

describe("a damaged link", () => {
  test.each(["#e=%%%", "#e=abc", "#e=////", `#e=${btoa("{}")}`, `#e=${btoa('{"layers": [null]}')}`])(
    "%s is refused in words",
    (hash) => expect(() => fromHash(hash)).toThrow(/damaged|not an experiment/),
  );

  test("an endless one is not read at all", () => {
    expect(() => fromHash(`#e=${"A".repeat(3_000_000)}`)).toThrow(/too long/);
  });
});
