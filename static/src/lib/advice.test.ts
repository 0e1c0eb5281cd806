import { describe, expect, test } from "vitest";
import { keyOf, merged, pending, type Taken } from "./advice";
import type { Advice, Experiment } from "./protocol";

function advice(rule: string, layer: string | null = null, title = rule): Advice {
  return { rule, where: "", layer, title, reason: "", source: "", link: "", fix: null };
}

function experimentOf(...ids: string[]): Experiment {
  return { layers: ids.map((id) => ({ id, type: "ReLU", args: {}, muted: false })) } as unknown as Experiment;
}

const titles = (found: readonly Advice[]) => found.map(({ title }) => title);

describe("advice", () => {
  test("of the check comes first, and what both say is said once", () => {
    const found = merged(experimentOf("a"), [advice("one", "a")], [advice("two"), advice("one", "a", "again")]);
    expect(titles(found)).toEqual(["one", "two"]);
  });

  test("about a row that is gone is passed over", () => {
    expect(merged(experimentOf("a"), [advice("one", "b")], [advice("two", "a")])).toHaveLength(1);
  });

  test("of one rule about two rows is two", () => {
    expect(keyOf(advice("one", "a"))).not.toBe(keyOf(advice("one", "b")));
    expect(merged(experimentOf("a", "b"), [advice("one", "a"), advice("one", "b")], [])).toHaveLength(2);
  });
});

describe("advice that was acted on", () => {
  const before = experimentOf("a");
  const after = experimentOf("a", "b");
  const taken: Taken[] = [{ key: keyOf(advice("rate")), title: "10 is too high", before }];

  test("is not shown again while the run goes on as it was", () => {
    expect(pending([advice("rate", null, "10 is too high")], taken, after, true)).toEqual([]);
    expect(pending([advice("rate", null, "9 is too high")], taken, after, true)).toEqual([]);
  });

  test("is back when the edit is undone", () => {
    expect(pending([advice("rate", null, "10 is too high")], taken, before, false)).toHaveLength(1);
  });

  test("is back in other words when a run that took the change over still says so", () => {
    expect(pending([advice("rate", null, "1 is too high")], taken, after, false)).toHaveLength(1);
  });
});
