import { describe, expect, it } from "vitest";
import { coverage, rails, storages, storageText, storedValues, strideText } from "./lensMemory";
import type { TensorCard } from "./protocol";

function card(name: string, storage: number, rest: Partial<TensorCard> = {}): TensorCard {
  return {
    name,
    storage,
    line: 1,
    kind: "tensor",
    text: "",
    shape: [2, 3],
    dtype: "float32",
    stride: [3, 1],
    offset: 0,
    contiguous: true,
    requires_grad: false,
    is_leaf: true,
    grad_fn: null,
    version: 0,
    storage_size: 6,
    elements: [],
    value: null,
    grad: null,
    grad_text: null,
    base: null,
    relation: null,
    ...rest,
  };
}

describe("rails", () => {
  it("are for memory that two or more names share, by letter and colour", () => {
    const tensors = [card("a", 7), card("b", 9), card("c", 7), card("d", 4), card("e", 4)];
    expect([...rails(tensors)]).toEqual([
      [7, { letter: "A", tone: 0 }],
      [4, { letter: "B", tone: 1 }],
    ]);
  });

  it("are not for what is no tensor", () => {
    expect(rails([card("a", 7), card("n", 7, { kind: "number" })]).size).toBe(0);
  });
});

describe("storages", () => {
  it("are the shared ones and the copies", () => {
    const copy = card("c", 3, { relation: "copy of", base: "a" });
    const shown = storages([card("a", 1), card("b", 1), copy, card("z", 8)]);
    expect(shown.map(({ id, views }) => [id, views.map((view) => view.name)])).toEqual([
      [1, ["a", "b"]],
      [3, ["c"]],
    ]);
    expect(storageText(shown[0]!)).toBe("6 elements, seen by a and b");
    expect(storageText(shown[1]!)).toBe("6 elements, copied: c has its own memory, not a's");
  });

  it("know the values that the windows of their views show", () => {
    const value = { slices: [], row: 0, column: 0, value: [[5, 7]], low: 5, high: 7 };
    const shown = storages([card("a", 1), card("b", 1, { value, elements: [[1, 3]] })])[0]!;
    expect([...storedValues(shown, 0, 3)]).toEqual([[1, 5]]);
  });
});

describe("coverage", () => {
  const found = (layout: { shape: number[]; stride: number[]; offset: number }, from: number, to: number) =>
    Object.fromEntries([...coverage(layout, from, to)].map(([place, { index, count }]) => [place, [index.join(), count]]));

  it("of a transposed matrix goes across", () => {
    expect(found({ shape: [3, 2], stride: [1, 3], offset: 0 }, 0, 6)).toEqual({
      0: ["0,0", 1],
      1: ["1,0", 1],
      2: ["2,0", 1],
      3: ["0,1", 1],
      4: ["1,1", 1],
      5: ["2,1", 1],
    });
  });

  it("of a column skips what is between", () => {
    expect(found({ shape: [2], stride: [3], offset: 1 }, 0, 6)).toEqual({ 1: ["0", 1], 4: ["1", 1] });
  });

  it("of an expanded view counts how often an element is repeated", () => {
    expect(found({ shape: [4, 3], stride: [0, 1], offset: 0 }, 0, 3)).toEqual({
      0: ["0,0", 4],
      1: ["0,1", 4],
      2: ["0,2", 4],
    });
  });

  it("of overlapping windows counts each of them", () => {
    expect(found({ shape: [3, 2], stride: [1, 1], offset: 0 }, 0, 4)).toMatchObject({ 1: ["0,1", 2], 3: ["2,1", 1] });
  });

  it("looks only at its range, also of a large tensor", () => {
    const layout = { shape: [1000, 1000], stride: [1000, 1], offset: 0 };
    expect(found(layout, 500_998, 501_001)).toEqual({
      500998: ["500,998", 1],
      500999: ["500,999", 1],
      501000: ["501,0", 1],
    });
  });

  it("of a tensor without elements is nothing", () => {
    expect(coverage({ shape: [0, 3], stride: [3, 1], offset: 0 }, 0, 6).size).toBe(0);
  });
});

describe("strides in words", () => {
  it("say where a view starts and how far its steps are", () => {
    expect(strideText({ shape: [3, 2], stride: [1, 3], offset: 0 })).toBe(
      "starts at the beginning, rows 1 apart, columns 3 apart",
    );
    expect(strideText({ shape: [4, 3], stride: [0, 1], offset: 2 })).toBe("starts at 2, rows repeat, columns 1 apart");
    expect(strideText({ shape: [], stride: [], offset: 5 })).toBe("starts at 5");
  });
});
