import { expect, test } from "vitest";
import type { LearningRates } from "./protocol";
import { rateLine, ratesText } from "./rates";

const stairs: LearningRates = { stepped: "epoch", steps: [0, 10, 20], rates: [0.1, 0.01, 0.001] };

test("a rate that changes by epoch is a line of stairs to the end of the run", () => {
  expect(rateLine(stairs, 30)).toEqual([
    { x: 0, y: 0.1 },
    { x: 10, y: 0.1 },
    { x: 10, y: 0.01 },
    { x: 20, y: 0.01 },
    { x: 20, y: 0.001 },
    { x: 30, y: 0.001 },
  ]);
});

test("a rate that changes after each batch glides", () => {
  expect(rateLine({ ...stairs, stepped: "batch" }, 20)).toHaveLength(3);
});

test("a plan is said with its peak, where it has one inside", () => {
  expect(ratesText(stairs)).toBe("from 0.1 to 1e-3");
  expect(ratesText({ stepped: "batch", steps: [0, 5, 9], rates: [0.1, 1, 0.2] })).toBe("from 0.1 over 1 near step 5 to 0.2");
  expect(ratesText({ stepped: "validation loss", steps: [0], rates: [0.1] })).toContain("depends on the validation loss");
});
