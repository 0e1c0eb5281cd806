/** Numbers as a person types or pastes them → a Python list. */

const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;
const WORDS: Record<string, string> = { true: "True", false: "False", nan: 'float("nan")', inf: 'float("inf")' };

export type Literal = { text: string } | { complaint: string };

/**
 * A nested list stays what it is; a table (rows on lines, cells parted by tabs, commas, semicolons or spaces)
 * becomes a list of rows, and a single row a flat list.
 */
export function readLiteral(typed: string): Literal {
  const text = typed.trim();
  if (text === "") return { complaint: "Type numbers, as 1, 2, 3 or [[1, 2], [3, 4]], or paste a table." };
  return text.startsWith("[") || text.startsWith("(") ? readList(text) : readTable(text);
}

function readList(text: string): Literal {
  const open: string[] = [];
  for (const sign of text) {
    if (sign === "[" || sign === "(") open.push(sign === "[" ? "]" : ")");
    else if ((sign === "]" || sign === ")") && open.pop() !== sign) return { complaint: `A ${sign} has no partner.` };
  }
  if (open.length > 0) return { complaint: `A ${open.at(-1)} is missing at the end.` };
  return { text: text.replace(/\s*\n\s*/g, " ") };
}

function readTable(text: string): Literal {
  const rows = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const cells = rows.map((row) => cellsOf(row).map(cellText));
  for (const [r, row] of cells.entries()) {
    const wrong = row.indexOf(null);
    if (wrong >= 0) return { complaint: `Row ${r + 1}: “${cellsOf(rows[r]!)[wrong]}” is no number.` };
    if (row.length !== cells[0]!.length) {
      return { complaint: `Row ${r + 1} has ${row.length} numbers, row 1 has ${cells[0]!.length}.` };
    }
  }
  const lists = cells.map((row) => `[${row.join(", ")}]`);
  if (lists.length > 1) return { text: `[${lists.join(", ")}]` };
  return { text: cells[0]!.length === 1 ? cells[0]![0]! : lists[0]! };
}

/** Tabs part cells where there are any, else semicolons, else commas, else spaces. */
function cellsOf(row: string): string[] {
  const by = ["\t", ";", ","].find((sign) => row.includes(sign)) ?? /\s+/;
  const cells = row.trim().replace(/[,;]$/, "").split(by);
  return cells.map((cell) => cell.trim());
}

function cellText(cell: string): string | null {
  const word = WORDS[cell.toLowerCase()];
  if (word) return word;
  return NUMBER.test(cell) ? cell.replace(/^\+/, "") : null;
}
