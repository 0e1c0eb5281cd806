import { expect, test } from "vitest";
import type { CodeProblem, TensorCard, TensorsReply } from "../protocol";
import { shownCards } from "./shown";

const reply = (names: string[], severity?: CodeProblem["severity"]): TensorsReply =>
  ({
    tensors: names.map((name) => ({ name }) as TensorCard),
    problems: severity ? [{ severity } as CodeProblem] : [],
  }) as TensorsReply;

const CODE = "a = 1\nb = 2\nc = 3";
const marks = (shown: ReturnType<typeof shownCards>) => shown.map(({ card, stale }) => (stale ? `${card.name}?` : card.name));

test("a program that stops at a line keeps what an earlier run made of the rest", () => {
  const good = shownCards([], reply(["a", "b", "c"]), CODE);
  expect(marks(shownCards(good, reply(["a"], "error"), CODE))).toEqual(["a", "b?", "c?"]);
});

test("what was kept stays while the program stays broken, and goes when it runs", () => {
  const broken = shownCards(shownCards([], reply(["a", "b"]), CODE), reply([], "error"), CODE);
  expect(marks(shownCards(broken, reply(["a"], "error"), CODE))).toEqual(["a", "b?"]);
  expect(marks(shownCards(broken, reply(["a"]), CODE))).toEqual(["a"]);
});

test("a warning is no reason to keep anything", () => {
  expect(marks(shownCards(shownCards([], reply(["a", "b"]), CODE), reply(["a"], "warning"), CODE))).toEqual(["a"]);
});

test("a name that is no longer in the program goes, broken or not", () => {
  const before = shownCards([], reply(["a", "b", "layer.weight"]), CODE);
  expect(marks(shownCards(before, reply([], "error"), "a = (\nlayer = nn.Linear(2, 2)"))).toEqual(["a?", "layer.weight?"]);
});
