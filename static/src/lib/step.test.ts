import { describe, expect, test } from "vitest";
import { barLength, caption, clippedText, elementOf, flow, gradientSize, rms, type Layer, type Step } from "./step";

const corner = (mean: number | null, std: number | null, shape = [2, 2]) => ({
  shape,
  values: { shape: [0, 0], values: new Float32Array() },
  mean,
  std,
  low: null,
  high: null,
  finite: true,
});

const layer = (id: string, size: number | null): Layer => ({
  id,
  name: `Linear ${id}`,
  output: null,
  output_gradient: null,
  gradients: size === null ? [] : [{ name: "weight", gradient: corner(0, size) }],
});

const step = (part: Partial<Step>): Step => ({
  step: 1,
  phase: "backward",
  backwards: 1,
  note: "",
  clipped: null,
  recorded: true,
  layers: [],
  loss: null,
  updates: [],
  ...part,
});

test("the root mean square follows from mean and deviation", () => {
  expect(rms(corner(3, 4))).toBe(5);
  expect(rms(corner(null, null))).toBeNull();
});

test("a layer's gradient weighs its parameters by their numbers", () => {
  const both = { ...layer("1", null), gradients: [
    { name: "weight", gradient: corner(0, 1, [3]) },
    { name: "bias", gradient: corner(0, 3, [1]) },
  ] };
  expect(gradientSize(both)).toBeCloseTo(Math.sqrt((3 * 1 + 9) / 4));
});

describe("the flow of gradients", () => {
  test("what is below a thousandth of a later layer's has vanished", () => {
    const flows = flow([layer("1", 1e-5), layer("2", 0.01), layer("3", 0.1)]);
    expect(flows.map(({ vanished }) => vanished)).toEqual([true, false, false]);
    expect(flows[2]!.share).toBe(1);
  });

  test("a gradient that grows on its way back has not vanished", () => {
    expect(flow([layer("1", 1), layer("2", 1e-5)]).map(({ vanished }) => vanished)).toEqual([false, false]);
  });

  test("a layer without parameters has no size", () => {
    expect(flow([layer("1", null)])[0]).toMatchObject({ size: null, vanished: false });
  });

  test("four decades fill a bar", () => {
    expect(barLength(1)).toBe(1);
    expect(barLength(1e-2)).toBeCloseTo(0.5);
    expect(barLength(1e-9)).toBe(0.02);
    expect(barLength(0)).toBe(0);
  });
});

describe("the caption of a phase", () => {
  test("names the layer whose gradient vanishes", () => {
    expect(caption(step({ layers: [layer("1", 1e-6), layer("2", 1)] }), "backward")).toContain("vanishes in Linear 1");
  });

  test("is empty for a phase that has not run", () => {
    for (const phase of ["forward", "loss", "backward", "step"] as const) expect(caption(step({}), phase)).toBe("");
  });
});

test("clipping says what it did", () => {
  expect(clippedText({ norm: 12.5, limit: 1 })).toContain("norm 12.5: clip_grad_norm_ shortened them to 1");
  expect(clippedText({ norm: 0.5, limit: 1 })).toContain("within the 1 of clip_grad_norm_");
  expect(clippedText({ norm: null, limit: 1 })).toContain("not finite");
});

test("an element is written as Python indexes it", () => {
  expect(elementOf({ name: "weight", index: [3, 7] })).toBe("weight[3, 7]");
  expect(elementOf({ name: "scale", index: [] })).toBe("scale");
});
