/** Names of tensors: which are free, which are fit to be one. */

const LETTERS = "abcdefghijklmnopqrstuvwxyz";
const NAME = /^[A-Za-z_]\w*$/;

/** Names that a program may not give to a tensor: Python's own words, and the modules. */
const TAKEN = new Set(
  (
    "False None True and as assert async await break class continue def del elif else except finally for from " +
    "global if import in is lambda nonlocal not or pass raise return try while with yield torch nn F math print range"
  ).split(" "),
);

/** The first free name: a … z, then a1 … z1, and so on. */
export function freeName(taken: Iterable<string>): string {
  const used = new Set(taken);
  for (let round = 0; ; round++) {
    for (const letter of LETTERS) {
      const name = round === 0 ? letter : `${letter}${round}`;
      if (!used.has(name)) return name;
    }
  }
}

/** Whether Python would take this as the name of a variable. */
export function isName(text: string): boolean {
  return NAME.test(text) && !TAKEN.has(text);
}

/** The names that a program assigns to, as far as its text says so. */
export function assignedNames(code: string): string[] {
  const found = code.matchAll(/^[ \t]*(?:for\s+)?([A-Za-z_]\w*(?:\s*,\s*[A-Za-z_]\w*)*)\s*(?:=(?!=)|\sin\s)/gm);
  return [...new Set([...found].flatMap((match) => match[1]!.split(",").map((name) => name.trim())))];
}

/** Assignments under names that none of `taken` is: x becomes x_2, or x_3. */
export function withFreeNames(code: string, taken: readonly string[]): string {
  const own = assignedNames(code);
  const used = new Set([...taken, ...own]);
  let renamed = code;
  for (const name of own.filter((each) => taken.includes(each))) {
    let count = 2;
    while (used.has(`${name}_${count}`)) count++;
    used.add(`${name}_${count}`);
    renamed = renamed.replace(new RegExp(`\\b${name}\\b`, "g"), `${name}_${count}`);
  }
  return renamed;
}
