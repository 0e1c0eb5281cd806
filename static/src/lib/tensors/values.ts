/** Elements of a tensor as text and as numbers for their colour. */
import type { Item } from "../protocol";

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
