/** Elements of a tensor as text and as numbers for their colour. */
import type { Grid, Item } from "../protocol";

/** The number of an item, for its colour. */
export function numberOf(item: Item): number {
  if (typeof item === "boolean") return item ? 1 : 0;
  return typeof item === "number" ? item : Number(item.replace("inf", "Infinity"));
}

/** An item as PyTorch would name it, short enough for a cell. */
export function itemText(item: Item, whole: boolean): string {
  if (typeof item === "boolean") return item ? "True" : "False";
  if (typeof item === "string") return item.replace("-", "−");
  const size = Math.abs(item);
  const text =
    whole || item === 0
      ? String(item)
      : size >= 1e5 || size < 1e-3
        ? item.toExponential(1)
        : String(Number(size < 1000 ? item.toFixed(4) : item.toPrecision(7)));
  return text.replace(/^-/, "−");
}

const [LEAST_CELL, PADDING, GAP, DIGIT] = [40, 12, 2, 7.3];

/** About how wide the window of a tensor is drawn, in pixels: each column is as wide as its longest number. */
export function gridWidth({ value }: Pick<Grid, "value">, whole: boolean): number {
  const columns = value[0]?.length ?? 0;
  let width = GAP;
  for (let c = 0; c < columns; c++) {
    const longest = Math.max(...value.map((row) => itemText(row[c]!, whole).length));
    width += Math.max(LEAST_CELL, PADDING + DIGIT * longest) + GAP;
  }
  return width;
}
