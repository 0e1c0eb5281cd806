/** What the form for a new tensor says, as lines of code. */
import { isName } from "./names";
import { readLiteral } from "./literal";

export const WAYS = {
  tensor: { help: "from a list, or a table pasted in", fields: ["values"] },
  zeros: { help: "zeros everywhere", fields: ["shape"] },
  ones: { help: "ones everywhere", fields: ["shape"] },
  full: { help: "one number everywhere", fields: ["shape", "fill_value"] },
  rand: { help: "drawn evenly from [0, 1)", fields: ["shape", "seed"] },
  randn: { help: "drawn from the normal distribution", fields: ["shape", "seed"] },
  arange: { help: "from start up to, not including, end", fields: ["start", "end", "step"] },
  linspace: { help: "spread evenly from start to end", fields: ["start", "end", "steps"] },
  eye: { help: "ones on the diagonal", fields: ["n"] },
} as const satisfies Record<string, { help: string; fields: readonly string[] }>;

export type Way = keyof typeof WAYS;

/** The text of each field, under its name. */
export interface Creation {
  way: Way;
  name: string;
  fields: Record<string, string>;
  dtype: string;
  requires_grad: boolean;
}

/** What the fields start with: something that runs, and can require gradients. */
export const START: Record<string, string> = {
  values: "[[1., 2.], [3., 4.]]",
  shape: "2, 3",
  fill_value: "1.5",
  seed: "0",
  start: "0.",
  end: "6.",
  step: "1.",
  steps: "5",
  n: "3",
};

export const DTYPES = ["float32", "float64", "float16", "int64", "int32", "bool"] as const;

const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;
const COUNT = /^\d{1,9}$/;
const COUNTS = new Set(["seed", "steps", "n"]);

/** The lines, or what is wrong at which field. */
export function creationLines(creation: Creation): { lines: string } | { field: string; complaint: string } {
  const { way, name, fields, dtype, requires_grad } = creation;
  if (!isName(name)) return { field: "name", complaint: `“${name}” cannot be the name of a variable.` };
  const given: string[] = [];
  let seed = "";
  for (const field of WAYS[way].fields) {
    const read = readField(field, (fields[field] ?? "").trim());
    if ("complaint" in read) return { field, complaint: read.complaint };
    if (field === "seed") seed = read.text;
    else if (read.text !== "") given.push(read.text);
  }
  if (way === "full") given[0] = `(${given[0]}${given[0]!.includes(",") ? "" : ","})`;
  if (dtype !== "") given.push(`dtype=torch.${dtype}`);
  if (requires_grad) given.push("requires_grad=True");
  const first = seed === "" ? "" : `torch.manual_seed(${seed})\n`;
  return { lines: `${first}${name} = torch.${way}(${given.join(", ")})` };
}

function readField(field: string, text: string): { text: string } | { complaint: string } {
  if (field === "values") return readLiteral(text);
  if (field === "shape") {
    const shape = readShape(text);
    return shape ? { text: shape.join(", ") || "()" } : { complaint: "A shape is sizes with commas between, as 2, 3." };
  }
  if (text === "" && (field === "seed" || field === "step")) return { text };
  if (COUNTS.has(field)) return COUNT.test(text) ? { text } : { complaint: `${field} must be a whole number.` };
  return NUMBER.test(text) ? { text } : { complaint: `${field} must be a number.` };
}

/** `2, 3`, `[2, 3]`, `(2,)` or `2 x 3`; nothing at all is the shape of a single number. Null for no shape. */
export function readShape(text: string): number[] | null {
  const bare = text.trim().replace(/^[[(]|[\])]$/g, "").trim().replace(/,$/, "");
  if (bare === "") return [];
  const parts = bare.split(/\s*[,x×]\s*|\s+/);
  return parts.every((part) => /^\d{1,7}$/.test(part)) ? parts.map(Number) : null;
}
