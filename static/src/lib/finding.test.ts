import { expect, test } from "vitest";
import { picture, tabulateTest } from "./finding";
import type { LearningRateReply } from "./protocol";

const REPLY: LearningRateReply = {
  rates: [1e-3, 1e-2, 1e-1, 1],
  losses: [0.9, 0.5, 0.2, 7],
  smooth: [0.9, 0.6, 0.3, 3],
  first: 1,
  suggestion: 0.01,
  reason: "",
};

test("a rate lies at its logarithm", () => {
  expect(picture(REPLY).smooth.map(({ x }) => Math.round(x))).toEqual([-3, -2, -1, 0]);
});

test("what blows up leaves the picture, and what falls is inside", () => {
  const { y } = picture(REPLY).extent;
  expect(y[0]).toBeLessThan(0.3);
  expect(y[1]).toBeGreaterThan(1);
  expect(y[1]).toBeLessThan(3);
});

test("the suggestion lies on the smoothed line", () => {
  expect(picture(REPLY).suggestion).toEqual({ x: -2, y: 0.6 });
  expect(picture({ ...REPLY, suggestion: null }).suggestion).toBeNull();
});

test("a suggestion below the first rate lies at its beginning", () => {
  expect(picture({ ...REPLY, suggestion: 1e-5 }).suggestion).toEqual({ x: -5, y: 0.9 });
});

test("an empty test is still a picture", () => {
  const { extent } = picture({ ...REPLY, rates: [], losses: [], smooth: [], suggestion: null });
  expect(extent.x[1]).toBeGreaterThan(extent.x[0]);
  expect(extent.y[1]).toBeGreaterThan(extent.y[0]);
});

test("the table has the newest row and no more than forty", () => {
  const many = Array.from({ length: 300 }, (_, i) => 10 ** (i / 60 - 6));
  const { rows } = tabulateTest({ ...REPLY, rates: many, losses: many, smooth: many });
  expect(rows).toHaveLength(40);
  expect(rows.at(-1)![0]).toBe("0.0962");
});
