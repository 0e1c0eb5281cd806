import { describe, expect, it } from "vitest";
import { axes, broadcastText, fitText, isStretchedTo, stretchedCells } from "./lensBroadcast";
import type { Broadcast, Item, Operand } from "./protocol";

const columnAndRow: Broadcast = {
  shapes: [[3, 1], [null, 4]],
  stretched: [[false, true], [true, false]],
  result: [3, 4],
  clash: null,
};
const clashing: Broadcast = {
  shapes: [[2, 3], [null, 4]],
  stretched: [[false, false], [false, false]],
  result: null,
  clash: 1,
};

function operand(shape: number[], value: Item[][]): Operand {
  return { name: "a", shape, dtype: "float32", storage: 1, value: { slices: [], row: 0, column: 0, value, low: 0, high: 0 } };
}

describe("shapes aligned from the right", () => {
  it("say of each axis what is there and what is repeated", () => {
    expect(axes(columnAndRow)).toEqual([
      { axis: -2, fits: [{ size: 3, stretched: false }, { size: null, stretched: true }], result: 3, clash: false },
      { axis: -1, fits: [{ size: 1, stretched: true }, { size: 4, stretched: false }], result: 4, clash: false },
    ]);
    expect(fitText({ size: 1, stretched: true }, 4)).toBe("1, repeated 4 times");
    expect(fitText({ size: null, stretched: true }, 3)).toBe("no such axis: repeated 3 times");
  });

  it("mark the very axis that clashes, with both sizes", () => {
    expect(axes(clashing).map(({ clash }) => clash)).toEqual([false, true]);
    expect(broadcastText(clashing, ["x", "w"])).toBe(
      "Dimension −1 does not fit: x has 3, w has 4. Sizes must be equal, or one of them 1.",
    );
  });

  it("are laid over the result only where it has their shape: a loss makes one number of them", () => {
    expect(isStretchedTo(columnAndRow, [3, 4])).toBe(true);
    expect(isStretchedTo(columnAndRow, [])).toBe(false);
    expect(isStretchedTo({ ...columnAndRow, stretched: [[false, false], [false, false]] }, [3, 4])).toBe(false);
    expect(isStretchedTo(null, [3, 4])).toBe(false);
  });

  it("say what was repeated", () => {
    expect(broadcastText(columnAndRow, ["a", "b"])).toBe("a and b are repeated to fit; no memory is copied.");
  });
});

describe("an operand laid over the result", () => {
  const output = operand([2, 3], [[0, 0, 0], [0, 0, 0]]);

  it("has its own cells once, and ghosts where it is repeated", () => {
    const row = stretchedCells(operand([3], [[7, 8, 9]]), output);
    expect(row.map((cells) => cells.map(({ value, ghost }) => [value, ghost]))).toEqual([
      [[7, false], [8, false], [9, false]],
      [[7, true], [8, true], [9, true]],
    ]);
    const column = stretchedCells(operand([2, 1], [[5], [6]]), output);
    expect(column[1]!.map(({ value, ghost, index }) => [value, ghost, index])).toEqual([
      [6, false, [1, 0]],
      [6, true, [1, 0]],
      [6, true, [1, 0]],
    ]);
  });

  it("leaves open what its window does not hold", () => {
    const cells = stretchedCells(operand([3], [[7, 8]]), output);
    expect(cells[0]!.map(({ value }) => value)).toEqual([7, 8, null]);
  });
});
