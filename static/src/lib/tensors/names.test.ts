import { describe, expect, test } from "vitest";
import { assignedNames, freeName, isName } from "./names";

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
