import { describe, expect, test } from "vitest";
import { align, coarsened, pick, summarise, tabulate, type CurveColumns } from "./curves";

function curve(steps: number[], values: number[]): CurveColumns {
  const column = Float64Array.from(values);
  return { width: 1, step: Float64Array.from(steps), min: column, mean: column, max: column, last: column };
}

describe("aligning lines that have their own x", () => {
  test("a line has a hole, not a gap, where only another one has a point", () => {
    const training = { x: [1, 2, 3, 4], values: [4, 3, 2, 1] };
    const validation = { x: [2, 4], values: [5, 6] };
    expect(align([training, validation])).toEqual([
      [1, 2, 3, 4],
      [4, 3, 2, 1],
      [undefined, 5, undefined, 6],
    ]);
  });

  test("points that only a sparse line has stay in order", () => {
    expect(align([{ x: [1, 5], values: [1, 5] }, { x: [3], values: [3] }])[0]).toEqual([1, 3, 5]);
  });

  test("NaN is a gap, and so is what a log axis cannot show; what it shows are powers of ten", () => {
    const line = { x: [1, 2, 3, 4], values: [NaN, 0, -1, 100] };
    expect(align([line])[1]).toEqual([null, 0, -1, 100]);
    expect(align([line], true)[1]).toEqual([null, null, null, 2]);
  });

  test("no lines are an empty chart", () => {
    expect(align([])).toEqual([[]]);
  });
});

describe("a chart in words", () => {
  test("says where each line stands and its lowest point", () => {
    const text = summarise([{ name: "training", curve: curve([1, 1000, 2000], [3, 0.5, 0.75]) }]);
    expect(text).toBe("training 0.75 at step 2,000, lowest 0.5 near step 1,000.");
  });

  test("says when there is nothing, and survives nothing but NaN", () => {
    expect(summarise([{ name: "training", curve: null }])).toBe("No values yet.");
    expect(summarise([{ name: "training", curve: curve([7], [NaN]) }])).toBe("training NaN at step 7.");
  });
});

describe("a chart as a table", () => {
  test("has a column a line and names what is not finite", () => {
    const table = tabulate([
      { name: "training", curve: curve([1, 2], [0.5, NaN]) },
      { name: "validation", curve: curve([2], [0.25]) },
    ]);
    expect(table.head).toEqual(["step", "training", "validation"]);
    expect(table.rows).toEqual([
      ["1", "0.5", ""],
      ["2", "not finite", "0.25"],
    ]);
  });

  test("is cut to rows spread over the whole run, newest included", () => {
    const steps = Array.from({ length: 4000 }, (_, i) => i);
    const rows = tabulate([{ name: "training", curve: curve(steps, steps) }], "step", 5).rows;
    expect(rows.map((row) => row[0])).toEqual(["0", "1,000", "2,000", "2,999", "3,999"]);
    expect(pick(3, 5)).toEqual([0, 1, 2]);
  });
});

describe("a coarser curve", () => {
  const values = Float64Array.of(4, 2, 3, 1, 5);
  const fine = { width: 1, step: Float64Array.of(1, 2, 3, 4, 5), min: values, mean: values, max: values, last: values };

  test("keeps the range, the mean and the end of what became one", () => {
    expect(coarsened(fine, 2)).toEqual({
      width: 2,
      step: Float64Array.of(2, 4, 5),
      min: Float64Array.of(2, 1, 5),
      mean: Float64Array.of(3, 2, 5),
      max: Float64Array.of(4, 3, 5),
      last: Float64Array.of(2, 1, 5),
    });
  });

  test("is the curve itself where each stays alone", () => {
    expect(coarsened(fine, 1)).toBe(fine);
  });

  test("keeps what was finite beside what was not", () => {
    const broken = { ...fine, min: Float64Array.of(NaN, 2, 3, NaN, 5) };
    expect([...coarsened(broken, 2).min]).toEqual([2, 3, 5]);
  });
});
