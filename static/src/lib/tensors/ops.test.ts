import { describe, expect, test } from "vitest";
import type { OpGroup, TensorOp } from "../protocol";
import { bestOffer, offers, opLine } from "./ops";

const op = (name: string, least: number, most: number, code: string, help = ""): TensorOp => ({
  name,
  signature: `torch.${name}(input)`,
  help,
  least_inputs: least,
  most_inputs: most,
  code,
});

const groups: OpGroup[] = [
  { name: "creation", ops: [op("zeros", 0, 0, "torch.zeros(2, 3)")] },
  { name: "elementwise", ops: [op("add", 2, 2, "{0} + {1}"), op("exp", 1, 1, "torch.exp({0})", "e to the power")] },
  { name: "linalg", ops: [op("matmul", 2, 2, "{0} @ {1}")] },
  { name: "join", ops: [op("cat", 2, 3, "torch.cat([{0}, {1}])")] },
];
const names = (...asked: Parameters<typeof offers>) => offers(...asked).fitting.flatMap((g) => g.ops.map((one) => one.name));

describe("the palette", () => {
  test("offers ops that take as many tensors as were chosen", () => {
    expect(names(groups, "", 1, [])).toEqual(["exp"]);
    expect(names(groups, "", 2, [])).toEqual(["add", "matmul", "cat"]);
    expect(names(groups, "", 3, [])).toEqual(["cat"]);
  });

  test("puts those that do not fit apart, under the reason they share", () => {
    const reason = "3 against 4";
    const found = offers(groups, "", 2, [
      { name: "add", fits: false, reason },
      { name: "matmul", fits: false, reason },
      { name: "cat", fits: true, reason: "" },
    ]);
    expect(found.fitting.map(({ name }) => name)).toEqual(["join"]);
    expect(found.unfit.map(({ reason, ops }) => [reason, ops.map(({ name }) => name)])).toEqual([[reason, ["add", "matmul"]]]);
  });

  test("puts what is wanted most first in its group", () => {
    const ops = ["eq", "add", "atan2", "sub"].map((name) => op(name, 2, 2, "{0} + {1}"));
    expect(names([{ name: "elementwise", ops }], "", 2, [])).toEqual(["add", "sub", "eq", "atan2"]);
  });

  test("finds by name or group, else by help", () => {
    expect(names(groups, "lin", 2, [])).toEqual(["matmul"]);
    expect(names(groups, "power", 1, [])).toEqual(["exp"]);
    expect(names(groups, "nothing", 1, [])).toEqual([]);
  });

  test("gives Enter the first that fits", () => {
    expect(bestOffer(offers(groups, "mat", 2, []), "mat")?.name).toBe("matmul");
    expect(bestOffer(offers(groups, "add", 2, [{ name: "add", fits: false, reason: "no" }]), "add")).toBeUndefined();
  });

  test("writes the op as a line under a new name", () => {
    expect(opLine(groups[1]!.ops[0]!, ["x", "y"], "c")).toBe("c = x + y");
    expect(opLine(groups[1]!.ops[1]!, ["x"], "c")).toBe("c = torch.exp(x)");
    expect(opLine(groups[3]!.ops[0]!, ["x", "y", "z"], "c")).toBe("c = torch.cat([x, y, z])");
  });
});
