import { expect, test } from "vitest";
import { Newest } from "./newest";

/** Acts that end when they are told to. */
function byHand() {
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const newest = new Newest<number>((value) => {
    begun.push(value);
    return new Promise<void>((resolve) => ends.push(resolve));
  });
  const end = async (): Promise<void> => {
    ends.shift()!();
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { newest, begun, end };
}

test("while one is under way the newest waits and those between are dropped", async () => {
  const { newest, begun, end } = byHand();
  for (const value of [1, 2, 3, 4]) newest.give(value);
  expect(begun).toEqual([1]);

  await end();

  expect(begun).toEqual([1, 4]);
});

test("once all is done the next begins at once", async () => {
  const { newest, begun, end } = byHand();
  newest.give(1);
  await end();

  newest.give(2);

  expect(begun).toEqual([1, 2]);
});
