import { expect, test } from "vitest";
import { narrow } from "./code";

test("a long call gets an argument a line, whatever its arguments call", () => {
  expect(narrow("loader = DataLoader(data, batch_size=32, generator=torch.Generator().manual_seed(1))", 30)).toBe(
    [
      "loader = DataLoader(",
      "    data,",
      "    batch_size=32,",
      "    generator=torch.Generator().manual_seed(1),",
      ")",
    ].join("\n"),
  );
});

test("commas inside brackets stay", () => {
  expect(narrow("x = f(g(1, 2), [3, 4])", 10)).toBe("x = f(\n    g(1, 2),\n    [3, 4],\n)");
});

test("what fits, and what is no call, stays as it is", () => {
  expect(narrow("a = f(1)\nb = 2", 20)).toBe("a = f(1)\nb = 2");
  expect(narrow("a_rather_long_name = another_name", 10)).toBe("a_rather_long_name = another_name");
});
