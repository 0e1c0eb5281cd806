import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ExplainReply, ExplainRequest } from "../../../lib/protocol";

const explain = vi.hoisted(() => vi.fn());
vi.mock("../../../lib/api", () => ({ api: { explain }, problemsOf: (error: Error) => [{ message: error.message }] }));
const { Explaining } = await import("./explaining.svelte");

const asked = (element: number[], code = "c = a + b"): ExplainRequest => ({ code, call: 0, element, output: 0 });
const answer = (element: number[]): ExplainReply => ({
  call: 0,
  element,
  value: 1,
  formula: "",
  arithmetic: "",
  sources: [],
});

beforeEach(() => {
  vi.useFakeTimers();
  explain.mockReset();
  explain.mockImplementation((request: ExplainRequest) => Promise.resolve(answer(request.element)));
});
afterEach(() => vi.useRealTimers());

describe("asking where an element came from", () => {
  it("waits for a pause and asks about the last element only", async () => {
    const explaining = new Explaining();
    explaining.ask(asked([0]));
    explaining.ask(asked([1]));
    await vi.runAllTimersAsync();

    expect(explain).toHaveBeenCalledTimes(1);
    expect(explaining.answer?.element).toEqual([1]);
  });

  it("drops an answer that comes after a newer question", async () => {
    let late: (reply: ExplainReply) => void = () => undefined;
    explain.mockImplementationOnce(() => new Promise((resolve) => (late = resolve)));
    const explaining = new Explaining();
    explaining.ask(asked([0]));
    await vi.runAllTimersAsync();
    explaining.ask(asked([1]));
    await vi.runAllTimersAsync();
    late(answer([0]));
    await vi.runAllTimersAsync();

    expect(explaining.answer?.element).toEqual([1]);
  });

  it("asks once for each element of a program, and again for another program", async () => {
    const explaining = new Explaining();
    for (const request of [asked([0]), asked([1]), asked([0]), asked([0], "c = a - b")]) {
      explaining.ask(request);
      await vi.runAllTimersAsync();
    }

    expect(explain).toHaveBeenCalledTimes(3);
    expect(explaining.answer?.element).toEqual([0]);
  });

  it("says why there is no answer, and nothing once nothing is asked", async () => {
    explain.mockRejectedValueOnce(new Error("The workbench is busy."));
    const explaining = new Explaining();
    explaining.ask(asked([0]));
    await vi.runAllTimersAsync();
    expect(explaining.problem).toBe("The workbench is busy.");

    explaining.ask(null);
    expect([explaining.answer, explaining.problem]).toEqual([null, null]);
  });
});
