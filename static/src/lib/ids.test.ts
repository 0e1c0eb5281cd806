import { afterEach, expect, test, vi } from "vitest";

import { newId } from "./edits";
import { randomId } from "./ids";

afterEach(() => vi.unstubAllGlobals());

test("an id has two digits a byte, zeros kept", () => {
  expect(randomId(16)).toMatch(/^[0-9a-f]{32}$/);
});

test("ids differ", () => {
  expect(new Set(Array.from({ length: 200 }, () => randomId(4))).size).toBe(200);
});

test("rows get their ids where the browser keeps randomUUID for https", () => {
  const real = crypto;
  vi.stubGlobal("crypto", { getRandomValues: (bytes: Uint8Array<ArrayBuffer>) => real.getRandomValues(bytes) });
  expect(newId()).toMatch(/^[0-9a-f]{8}$/);
});
