import { expect, test } from "vitest";
import { activationsText, deadText, findings, flowText } from "./health";

const sound = { id: "a", dead: 0, saturated: null };

test("a sound layer needs no word", () => {
  expect(findings(sound, ["b"])).toEqual([]);
  expect(findings({ ...sound, dead: null }, [])).toEqual([]);
});

test("dead units, saturation and a vanished gradient are named with their share", () => {
  const texts = findings({ id: "a", dead: 0.25, saturated: 0.9 }, ["a"]).map(({ text }) => text);
  expect(texts).toEqual(["25.0 % dead", "90.0 % saturated", "gradient vanishes"]);
});

test("how the gradient goes through the layers is said in a sentence", () => {
  const layers = [
    { id: "a", name: "Linear 1", gradient: 1e-6 },
    { id: "b", name: "Linear 2", gradient: 1e-2 },
  ];
  expect(flowText(layers, ["a"])).toContain("vanishes in Linear 1: less than a thousandth");
  expect(flowText(layers, [])).toContain("the largest (Linear 2) is 10000 times the smallest (Linear 1)");
  expect(flowText([{ ...layers[0]!, gradient: null }], [])).toBe("");
});

test("activations are told in a few numbers", () => {
  const relu = { mean: 0.12, std: 0.5, zero: 0.4, dead: 0, saturated: null };
  expect(activationsText(relu)).toBe("mean 0.12, std 0.5, 40.0 % zeros, 0 % of its units dead");
  expect(activationsText({ ...relu, mean: null, zero: 0, dead: null })).toBe("mean –, std 0.5");
});

test("dead units are named, the first of many", () => {
  const units = (values: number[]) => ({ dead_units: { shape: [values.length], values: new Uint8Array(values) } });
  expect(deadText(units([0, 1, 0, 1]))).toBe("Dead: units 1 and 3.");
  expect(deadText(units(Array<number>(20).fill(1)))).toContain("11 and 8 more");
  expect(deadText({ dead_units: null })).toBe("");
});
