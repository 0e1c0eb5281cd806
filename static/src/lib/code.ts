/** Code in a narrow place: long calls get an argument a line, as a formatter would write them. */

/** Lines longer than `width` are broken at the commas of their outermost call. */
export function narrow(code: string, width: number): string {
  return code
    .split("\n")
    .map((line) => (line.length > width ? broken(line) : line))
    .join("\n");
}

function broken(line: string): string {
  const open = line.indexOf("(");
  if (open < 0 || !line.endsWith(")")) return line;
  const indent = " ".repeat(line.length - line.trimStart().length);
  const inside = argumentsOf(line.slice(open + 1, -1));
  return [line.slice(0, open + 1), ...inside.map((argument) => `${indent}    ${argument},`), `${indent})`].join("\n");
}

/** Splits at the commas that stand in no bracket. */
function argumentsOf(text: string): string[] {
  const found = [""];
  let depth = 0;
  for (const character of text) {
    if ("([{".includes(character)) depth++;
    if (")]}".includes(character)) depth--;
    if (character === "," && depth === 0) found.push("");
    else found[found.length - 1] += character;
  }
  return found.map((argument) => argument.trim()).filter(Boolean);
}
