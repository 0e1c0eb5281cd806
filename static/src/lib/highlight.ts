/** Code as lines of coloured pieces: Prism only splits the text, the page makes the elements. */

import Prism from "prismjs";
import "prismjs/components/prism-python";
import "prismjs/components/prism-json";

Prism.manual = true;

export type Language = "python" | "json";

/** `kind` is Prism's name of the token (`keyword`, `string`, …), empty for plain text. */
export interface Piece {
  text: string;
  kind: string;
}

/** The pieces joined, and the lines joined by newlines, are the code again. */
export function highlight(code: string, language: Language): Piece[][] {
  const lines: Piece[][] = [[]];
  for (const piece of flatten(Prism.tokenize(code, Prism.languages[language]!), "")) {
    piece.text.split("\n").forEach((text, i) => {
      if (i > 0) lines.push([]);
      if (text !== "") lines.at(-1)!.push({ text, kind: piece.kind });
    });
  }
  return lines;
}

function* flatten(stream: Prism.TokenStream, kind: string): Generator<Piece> {
  if (typeof stream === "string") yield { text: stream, kind };
  else if (Array.isArray(stream)) for (const part of stream) yield* flatten(part, kind);
  else yield* flatten(stream.content, stream.type);
}
