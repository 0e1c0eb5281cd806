import { expect, it } from "vitest";
import { historyText, ridges, type History } from "./ridges";

const history: History = {
  steps: { shape: [2], values: new Int32Array([0, 1200]) },
  low: { shape: [2], values: new Float32Array([-1, 0]) },
  high: { shape: [2], values: new Float32Array([1, 3]) },
  counts: { shape: [2, 2], values: new Uint8Array([255, 0, 51, 255]) },
};

it("the oldest stands farthest up, the newest at the bottom, all on one scale of values", () => {
  const [old, now] = ridges(history, 400, 100) as [ReturnType<typeof ridges>[0], ReturnType<typeof ridges>[0]];
  expect(old.baseline).toBeLessThan(now.baseline);
  expect(now.baseline).toBe(100);
  expect(old.points[0]).toEqual({ x: 0, y: old.baseline });
  expect(now.points[0]!.x).toBe(100);
  expect(now.points.at(-1)!.x).toBe(400);
});

it("a full bin rises highest, and stays inside the picture", () => {
  const [old] = ridges(history, 400, 100);
  const tops = old!.points.map(({ y }) => y);
  expect(Math.min(...tops)).toBe(tops[1]);
  expect(Math.min(...tops)).toBeGreaterThanOrEqual(0);
});

it("is said with its first and its last range", () => {
  expect(historyText(history)).toBe("From step 0, with outputs in −1 … 1, to step 1,200, with 0 … 3.");
});
