/** What is worth a word about a layer: dead units, saturated outputs, a gradient that vanished. */
import type { Decoded } from "./arrays";
import { formatNumber, formatPercent } from "./numbers";
import type { ActivationLayer } from "./protocol";
import { listed } from "./words";

export interface Finding {
  text: string;
  /** What it means and what would help. */
  why: string;
}

type Facts = Pick<Decoded<ActivationLayer>, "id" | "dead" | "saturated">;

const MANY_DEAD = 0.05;
const MOSTLY_SATURATED = 0.5;

export function findings(layer: Facts, vanishing: readonly string[]): Finding[] {
  const found: Finding[] = [];
  if (layer.dead !== null && layer.dead >= MANY_DEAD) {
    found.push({
      text: `${formatPercent(layer.dead)} dead`,
      why: "These units are zero for every sample, so they get no gradient. A lower learning rate or LeakyReLU helps.",
    });
  }
  if (layer.saturated !== null && layer.saturated >= MOSTLY_SATURATED) {
    found.push({
      text: `${formatPercent(layer.saturated)} saturated`,
      why: "These outputs are at an end of their range, where the slope is nearly zero: little gradient passes.",
    });
  }
  if (vanishing.includes(layer.id)) {
    found.push({
      text: "gradient vanishes",
      why: "The gradient here is less than a thousandth of what it is in a later layer. Plain SGD hardly moves this layer; Adam scales its steps up, noise and all. ReLU, a batch norm or fewer layers help.",
    });
  }
  return found;
}

/** How the gradient goes from the last layer to the first, in a sentence; empty before the first backward. */
export function flowText(
  layers: readonly Pick<ActivationLayer, "id" | "name" | "gradient">[],
  vanishing: readonly string[],
): string {
  const known = layers.filter(({ gradient }) => gradient !== null && gradient > 0);
  if (known.length < 2) return "";
  const gone = known.filter(({ id }) => vanishing.includes(id)).map(({ name }) => name);
  if (gone.length > 0) {
    return `The gradient vanishes in ${listed(gone)}: less than a thousandth of what it is in a later layer, so hardly any of the loss's signal arrives.`;
  }
  const sorted = known.toSorted((a, b) => a.gradient! - b.gradient!);
  const [least, most] = [sorted[0]!, sorted.at(-1)!];
  const times = formatNumber(most.gradient! / least.gradient!, 2);
  return `Gradients reach every layer: the largest (${most.name}) is ${times} times the smallest (${least.name}).`;
}

type Measured = Pick<ActivationLayer, "mean" | "std" | "zero" | "dead" | "saturated">;

/** A layer's activations in a few numbers: `mean 0.12, std 0.8, 41.0 % zeros, 5.0 % of its units dead`. */
export function activationsText({ mean, std, zero, dead, saturated }: Measured): string {
  const parts = [`mean ${formatNumber(mean, 2)}`, `std ${formatNumber(std, 2)}`];
  if (zero !== null && zero > 0) parts.push(`${formatPercent(zero)} zeros`);
  if (dead !== null) parts.push(`${formatPercent(dead)} of its units dead`);
  if (saturated !== null) parts.push(`${formatPercent(saturated)} saturated`);
  return parts.join(", ");
}

const MOST_NAMED = 12;

/** Which units are dead: `Dead: units 3 and 7.`; empty where none is. */
export function deadText({ dead_units }: Pick<Decoded<ActivationLayer>, "dead_units">): string {
  const dead = Array.from(dead_units?.values ?? []).flatMap((is, unit) => (is ? [String(unit)] : []));
  if (dead.length === 0) return "";
  const rest = dead.length > MOST_NAMED ? [`${dead.length - MOST_NAMED} more`] : [];
  return `Dead: ${dead.length === 1 ? "unit" : "units"} ${listed([...dead.slice(0, MOST_NAMED), ...rest])}.`;
}
