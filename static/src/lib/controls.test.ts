import { describe, expect, test } from "vitest";
import { boxes, boxOf, MOST_BOXES } from "./batches";
import { boundsText, nudge, readNumber, stepOf } from "./entry";
import { best, search } from "./palette";
import { at, errors, inWords, problem, under } from "./problems";
import type { Entry } from "./protocol";
import { FASTEST, notchOf, paceAt, paceText, SLOW } from "./speed";
import { fileSize, groups, listed, plural, sentence, shortened, spelled } from "./words";

describe("a number field", () => {
  test("reads numbers and says what it cannot read", () => {
    expect(readNumber(" 3e-2 ", { integer: false })).toEqual({ value: 0.03 });
    for (const text of ["", "abc", "Infinity", "1e999"]) {
      expect(readNumber(text, { integer: false })).toEqual({ complaint: "Enter a number." });
    }
    expect(readNumber("1.5", { integer: true })).toEqual({ complaint: "Enter a whole number." });
  });

  test("an arrow goes a tenth of the number's size and stays in bounds", () => {
    expect(stepOf(0.03, { integer: false })).toBeCloseTo(0.001);
    expect(nudge(0.3, 1, { integer: false })).toBe(0.31);
    expect(nudge(0.89, 1, { integer: false, high: 0.9 })).toBe(0.9);
    expect(nudge(1, -1, { integer: true, low: 1 })).toBe(1);
  });

  test("bounds are said", () => {
    expect(boundsText({ integer: true, low: 1, high: 9 })).toBe("1 to 9");
    expect(boundsText({ integer: true, low: 0, high: null })).toBe("at least 0");
  });
});

describe("speed", () => {
  test("every notch leads back to itself", () => {
    for (let notch = 0; notch <= FASTEST; notch++) expect(notchOf(paceAt(notch))).toBe(notch);
  });

  test("is said in words", () => {
    expect(paceText(null)).toBe("as fast as possible");
    expect(paceText(SLOW)).toBe("slow motion");
    expect(paceText(1)).toBe("1 step per second");
    expect(paceText(2500)).toBe("2,500 steps per second");
  });
});

describe("batches as boxes", () => {
  test("the last one is as full as its batch", () => {
    const row = boxes(3, 8, 32);
    expect(row.map(({ share }) => share)).toEqual([1, 1, 0.25]);
  });

  test("many batches share boxes", () => {
    expect(boxes(1000, 1, 32)).toHaveLength(MOST_BOXES);
    expect(boxOf(999, 1000)).toBe(MOST_BOXES - 1);
    expect(boxOf(0, 1000)).toBe(0);
    expect(boxOf(7, 11)).toBe(7);
  });
});

describe("the palette", () => {
  const entry = (type: string, group: string, help: string): Entry => ({ type, group, help, parameters: [], target: null, stepped: null });
  const entries = [
    entry("Linear", "Dense", "Weighted sums"),
    entry("ReLU", "Activation", "Cuts off below zero"),
    entry("Conv2d", "Convolution", "A linear filter"),
  ];

  const names = (query: string) => search(entries, query).flatMap((g) => g.entries.map(({ type }) => type));

  test("finds by name and heading, and by help only where nothing is called so", () => {
    expect(names("activation")).toEqual(["ReLU"]);
    expect(names("linear")).toEqual(["Linear"]);
    expect(names("filter")).toEqual(["Conv2d"]);
    expect(names("nothing such")).toEqual([]);
    expect(search(entries, "").map(({ name }) => name)).toEqual(["Dense", "Activation", "Convolution"]);
  });

  test("prefers a name that begins with what was typed", () => {
    expect(best(entries, "con")?.type).toBe("Conv2d");
    expect(best(entries, "xyz")).toBeUndefined();
  });
});

describe("problems", () => {
  const list = [problem("p is 2", "layers/2/args/p", "choose 0 to 1"), problem("no such loss", "loss")];

  test("are found at their field and below it", () => {
    expect(at(list, "layers/2")).toEqual([]);
    expect(under(list, "layers/2")).toEqual([list[0]]);
    expect(under(list, "layers/20")).toEqual([]);
  });

  test("are said with their way out", () => {
    expect(inWords(list[0]!)).toBe("p is 2. Choose 0 to 1.");
    expect(errors([{ ...list[0]!, severity: "warning" }])).toEqual([]);
  });
});

test("words", () => {
  expect(groups(1234567)).toEqual(["1", "234", "567"]);
  expect(plural(1, "batch", "batches")).toBe("1 batch");
  expect(plural(2000, "step")).toBe("2,000 steps");
  expect(listed(["a", "b", "c"])).toBe("a, b and c");
  expect(sentence("what is this?")).toBe("What is this?");
  expect(fileSize(1_234_567)).toBe("1.2 MB");
  expect(spelled("validation_samples")).toBe("Validation samples");
});

test("a long text is cut where its room ends", () => {
  const within = (room: number) => (text: string) => text.length <= room;
  expect(shortened("versicolor", within(10))).toBe("versicolor");
  expect(shortened("versicolor", within(9))).toBe("versicol…");
  expect(shortened("iris setosa", within(6))).toBe("iris…");
  expect(shortened("versicolor", within(1))).toBe("");
});
