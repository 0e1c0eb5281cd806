import { expect, test } from "vitest";
import type { CodeProblem, TensorCard, TensorsReply } from "../protocol";
import { shownCards } from "./shown";

const reply = (names: string[], severity?: CodeProblem["severity"]): TensorsReply =>
  ({
    tensors: names.map((name) => ({ name }) as TensorCard),
    problems: severity ? [{ severity } as CodeProblem] : [],
  }) as TensorsReply;

const marks = (shown: ReturnType<typeof shownCards>) => shown.map(({ card, stale }) => (stale ? `${card.name}?` : card.name));

test("a program that stops at a line keeps what an earlier run made of the rest", () => {
  const good = shownCards([], reply(["a", "b", "c"]));
  expect(marks(shownCards(good, reply(["a"], "error")))).toEqual(["a", "b?", "c?"]);
});

test("what was kept stays while the program stays broken, and goes when it runs", () => {
  const broken = shownCards(shownCards([], reply(["a", "b"])), reply([], "error"));
  expect(marks(shownCards(broken, reply(["a"], "error")))).toEqual(["a", "b?"]);
  expect(marks(shownCards(broken, reply(["a"])))).toEqual(["a"]);
});

test("a warning is no reason to keep anything", () => {
  expect(marks(shownCards(shownCards([], reply(["a", "b"])), reply(["a"], "warning")))).toEqual(["a"]);
});
