import { describe, expect, test } from "vitest";
import { creationLines, readShape, START, WAYS, type Way } from "./creation";

const form = (way: Way, fields: Record<string, string> = {}, rest = {}) =>
  creationLines({ way, name: "a", fields: { ...START, ...fields }, dtype: "", requires_grad: false, ...rest });

describe("the form for a new tensor writes", () => {
  test.each([
    ["tensor", {}, "a = torch.tensor([[1., 2.], [3., 4.]])"],
    ["zeros", {}, "a = torch.zeros(2, 3)"],
    ["ones", { shape: "" }, "a = torch.ones(())"],
    ["full", { shape: "4" }, "a = torch.full((4,), 1.5)"],
    ["full", {}, "a = torch.full((2, 3), 1.5)"],
    ["rand", {}, "torch.manual_seed(0)\na = torch.rand(2, 3)"],
    ["randn", { seed: "" }, "a = torch.randn(2, 3)"],
    ["arange", { step: "" }, "a = torch.arange(0., 6.)"],
    ["linspace", {}, "a = torch.linspace(0., 6., 5)"],
    ["eye", {}, "a = torch.eye(3)"],
  ] as const)("%s %j", (way, fields, lines) => {
    expect(form(way, fields)).toEqual({ lines });
  });

  test("dtype and requires_grad", () => {
    expect(form("eye", {}, { dtype: "float64", requires_grad: true })).toEqual({
      lines: "a = torch.eye(3, dtype=torch.float64, requires_grad=True)",
    });
  });

  test("nothing, as long as a field cannot be read", () => {
    expect(form("zeros", { shape: "two" })).toMatchObject({ field: "shape" });
    expect(form("linspace", { steps: "1.5" })).toMatchObject({ field: "steps" });
    expect(form("eye", {}, { name: "2a" })).toMatchObject({ field: "name" });
    expect(form("full", { fill_value: "__import__('os')" })).toMatchObject({ field: "fill_value" });
  });

  test("something that can be read from the start, in every way", () => {
    for (const way of Object.keys(WAYS) as Way[]) expect(form(way)).toHaveProperty("lines");
  });
});

describe("shapes as typed", () => {
  test.each([
    ["2, 3", [2, 3]],
    ["[2,3]", [2, 3]],
    ["(4,)", [4]],
    ["2 x 3 x 4", [2, 3, 4]],
    ["2 3", [2, 3]],
    ["", []],
    ["0", [0]],
  ])("%j is read", (text, shape) => {
    expect(readShape(text)).toEqual(shape);
  });

  test.each(["2, -3", "two", "1.5", "2,,3"])("%j is no shape", (text) => {
    expect(readShape(text)).toBeNull();
  });
});
