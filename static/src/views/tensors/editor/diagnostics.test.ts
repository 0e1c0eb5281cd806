import { Text } from "@codemirror/state";
import { expect, test } from "vitest";
import { toDiagnostic } from "./diagnostics";

const doc = Text.of(["a = 1", "bb = a + c", ""]);
const problem = (line: number, column: number, end_line: number, end_column: number) =>
  ({ line, column, end_line, end_column, message: "no name c", fix: null, severity: "error" }) as const;

test("a problem is marked at its lines and columns", () => {
  expect(toDiagnostic(doc, problem(2, 9, 2, 10))).toMatchObject({ from: 15, to: 16, message: "no name c." });
});

test("a problem at a point, or past the end, still has something to mark", () => {
  expect(toDiagnostic(doc, problem(1, 5, 1, 5))).toMatchObject({ from: 4, to: 5 });
  expect(toDiagnostic(doc, problem(9, 9, 9, 9))).toMatchObject({ from: 17, to: 17 });
});
