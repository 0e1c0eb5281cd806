import { expect, test } from "vitest";
import { placeOf, verdict } from "./ratios";

const BAND = [1e-4, 1e-2] as const;

test("a ratio stands at its power of ten", () => {
  expect(placeOf(1e-8)).toBe(0);
  expect(placeOf(1e-4)).toBeCloseTo(0.5);
  expect(placeOf(1)).toBe(1);
});

test("what is off the scale stands at its end, and what is not there nowhere", () => {
  expect(placeOf(1e-12)).toBe(0);
  expect(placeOf(30)).toBe(1);
  expect(placeOf(0)).toBeNull();
  expect(placeOf(null)).toBeNull();
});

test("a ratio is judged by its band", () => {
  expect(verdict(1e-5, BAND)).toBe("low");
  expect(verdict(1e-3, BAND)).toBe("healthy");
  expect(verdict(0.2, BAND)).toBe("high");
  expect(verdict(0, BAND)).toBe("still");
  expect(verdict(null, BAND)).toBe("unknown");
});
