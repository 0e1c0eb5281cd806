import { describe, expect, test } from "vitest";
import { actionOf, type Focus, type Press } from "./shortcuts";

const press = (key: string, held: Partial<Press> = {}): Press => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});
const on = (tag: string, more: Partial<Focus> = {}): Focus => ({ tag, type: "", role: "", editable: false, ...more });
const page = on("BODY");

test.each([
  [" ", "toggle"],
  ["ArrowRight", "stepBatch"],
  ["e", "stepEpoch"],
  ["R", "reset"],
  ["?", "help"],
])("on the page, %j is %s", (key, action) => {
  expect(actionOf(press(key), page)).toBe(action);
});

test("undo and redo, with Ctrl and with ⌘", () => {
  expect(actionOf(press("z", { ctrlKey: true }), page)).toBe("undo");
  expect(actionOf(press("Z", { metaKey: true, shiftKey: true }), page)).toBe("redo");
  expect(actionOf(press("y", { ctrlKey: true }), page)).toBe("redo");
});

describe("the control with the focus comes first", () => {
  test("a field that is written in keeps every key", () => {
    for (const key of [" ", "e", "r", "?", "ArrowRight"]) {
      expect(actionOf(press(key), on("INPUT", { type: "number" }))).toBeNull();
      expect(actionOf(press(key), on("DIV", { editable: true }))).toBeNull();
    }
    expect(actionOf(press("z", { ctrlKey: true }), on("INPUT", { type: "text" }))).toBeNull();
  });

  test("Space presses a button, and the other keys still act there", () => {
    expect(actionOf(press(" "), on("BUTTON"))).toBeNull();
    expect(actionOf(press("ArrowRight"), on("BUTTON"))).toBe("stepBatch");
  });

  test("arrows scroll a region", () => {
    expect(actionOf(press("ArrowRight"), on("DIV", { role: "region" }))).toBeNull();
  });

  test("arrows turn tabs, sliders and radio buttons", () => {
    expect(actionOf(press("ArrowRight"), on("BUTTON", { role: "tab" }))).toBeNull();
    expect(actionOf(press("ArrowRight"), on("INPUT", { type: "range" }))).toBeNull();
    expect(actionOf(press("ArrowRight"), on("INPUT", { type: "radio" }))).toBeNull();
  });

  test("letters choose in a list", () => {
    expect(actionOf(press("r"), on("SELECT"))).toBeNull();
  });
});

test("with Ctrl or Alt a letter is the browser's", () => {
  expect(actionOf(press("r", { ctrlKey: true }), page)).toBeNull();
  expect(actionOf(press("e", { altKey: true }), page)).toBeNull();
});
