import { expect, test } from "vitest";
import { keptFrom, repeatedText, standingText, valueText } from "./moments";

const BACK = { step: 1200, furthest: 4000, epoch: 3, running: false };

test("the slider says its step, how many there are, and the epoch", () => {
  expect(valueText(BACK)).toBe("step 1,200 of 4,000, epoch 3");
  expect(valueText({ ...BACK, step: 4000 })).toBe("step 4,000, epoch 3");
});

test("looking back, repeating and the present are told apart in words", () => {
  expect(standingText(BACK)).toBe("Step 1,200 of 4,000: looking back");
  expect(standingText({ ...BACK, running: true })).toBe("Step 1,200 of 4,000: repeating what it did");
  expect(standingText({ ...BACK, step: 4000 })).toBe("Step 4,000: the present");
});

test("page keys lead to the next kept state on either side, and to none beyond the last", () => {
  const kept = [0, 50, 100];
  expect(keptFrom("PageUp", 50, kept)).toBe(100);
  expect(keptFrom("PageDown", 50, kept)).toBe(0);
  expect(keptFrom("PageDown", 70, kept)).toBe(50);
  expect(keptFrom("PageUp", 100, kept)).toBeNull();
  expect(keptFrom("ArrowUp", 50, kept)).toBeNull();
});

test("a repetition is said to be equal or not, and nothing where there is none", () => {
  expect(repeatedText({ since: 120, equal: true })).toContain("since step 120: every loss is equal, bit for bit");
  expect(repeatedText({ since: 120, equal: false })).toContain("since step 120: some losses differ");
  expect(repeatedText(null)).toBe("");
});
