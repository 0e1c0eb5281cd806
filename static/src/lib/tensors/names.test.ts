import { describe, expect, test } from "vitest";
import { assignedNames, freeName, isName, withFreeNames } from "./names";

describe("a free name", () => {
  test("goes through the alphabet, passes over what is taken, and does not end at z", () => {
    expect(freeName([])).toBe("a");
    expect(freeName(["a", "b", "d"])).toBe("c");
    expect(freeName([..."abcdefghijklmnopqrstuvwxyz"])).toBe("a1");
  });
});

describe("the name of a variable", () => {
  test.each(["x", "_", "loss_2", "W"])("can be %s", (name) => expect(isName(name)).toBe(true));
  test.each(["", "2x", "a b", "for", "torch", "x.y", "None"])("cannot be %j", (name) => expect(isName(name)).toBe(false));
});

test("the names that a program assigns to are read from its text, loops and unpacking too", () => {
  const code = "x = 1\ny, z = x, x\nfor i in range(3):\n    w = i\nif_equal == 3\nx += 1\nprint(a, b=2)\n";
  expect(assignedNames(code)).toEqual(["x", "y", "z", "i", "w"]);
});

test("code that is added leaves the names alone that are there", () => {
  const code = "# x has shape [40, 2]\nx = torch.tensor([1.0])\ny = torch.tensor([2])\n";
  expect(withFreeNames(code, ["x", "x_2", "w"])).toBe(code.replaceAll("x has", "x_3 has").replace("x =", "x_3 ="));
  expect(withFreeNames(code, [])).toBe(code);
});
