import { expect, test } from "vitest";
import { highlight, type Piece } from "./highlight";

const text = (lines: Piece[][]): string => lines.map((l) => l.map((p) => p.text).join("")).join("\n");

test("highlighting changes no character", () => {
  const code = 'import torch\n\nname = f"</script>{1 + 2}"  # a "comment"\n"""two\nlines"""\n';
  expect(text(highlight(code, "python"))).toBe(code);
});

test("keywords, strings and numbers are told apart", () => {
  const pieces = highlight('for i in range(3): "x"', "python").flat();
  const kind = (wanted: string) => pieces.find((piece) => piece.text === wanted)?.kind;
  expect(kind("for")).toBe("keyword");
  expect(kind("3")).toBe("number");
  expect(kind('"x"')).toBe("string");
});

test("a string over two lines is coloured on both", () => {
  const lines = highlight('"""a\nb"""', "python");
  expect(lines.map((line) => line[0]?.kind)).toEqual(["triple-quoted-string", "triple-quoted-string"]);
});

test("JSON is read as JSON", () => {
  expect(highlight('{"a": true}', "json").flat().find((p) => p.text === "true")?.kind).toBe("boolean");
});
