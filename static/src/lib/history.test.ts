import { expect, test } from "vitest";
import { History } from "./history";

test("undo and redo walk through the edits", () => {
  const history = new History("a");
  history.push("b");
  history.push("c");
  expect([history.undo(), history.undo(), history.undo()]).toEqual(["b", "a", "a"]);
  expect([history.redo(), history.redo(), history.redo()]).toEqual(["b", "c", "c"]);
});

test("edits of the same field in a row are undone together", () => {
  const history = new History("lr 0.1");
  history.push("lr 0.2", "lr");
  history.push("lr 0.3", "lr");
  history.push("batch 8", "batch");
  expect(history.undo()).toBe("lr 0.3");
  expect(history.undo()).toBe("lr 0.1");
});

test("after an undo the same field begins an entry of its own", () => {
  const history = new History(0);
  history.push(1, "n");
  history.undo();
  history.push(2, "n");
  history.push(3, "m");
  expect([history.undo(), history.undo()]).toEqual([2, 0]);
});

test("an edit forgets what was undone", () => {
  const history = new History("a");
  history.push("b");
  history.undo();
  history.push("c");
  expect(history.canRedo).toBe(false);
});

test("amending is no edit", () => {
  const history = new History("a");
  history.amend("a, written out");
  expect(history.canUndo).toBe(false);
  expect(history.present).toBe("a, written out");
});
