/** What the NaN detective found, as the page draws it: magnitudes as bars, windows as cells. */
import type { Cell } from "./lens";
import { formatNumber, formatShape } from "./numbers";
import type { ChainCall, FindingReply, FoundTensor, Phase } from "./protocol";
import { numberOf } from "./tensors/values";

/** The decades a bar spans: from what is hardly there to the end of float32. */
const DECADES = [-8, 38.6] as const;

/** The length of a bar for a magnitude, in [0, 1], by its logarithm; what is not finite fills it. */
export function barShare(size: number | null): number {
  if (size === null) return 1;
  if (size <= 0) return 0;
  const [low, high] = DECADES;
  return Math.min(1, Math.max(0.01, (Math.log10(size) - low) / (high - low)));
}

/** The window of a tensor as cells. */
export function cellsOf({ values, shape, row, column }: FoundTensor): Cell[][] {
  return values.map((line, r) =>
    line.map((value, c) => ({ index: indexOf(shape, row + r, column + c), value, ghost: false })),
  );
}

/** The index of an element by its place in the table of a tensor: last dimension across, all others down. */
export function indexOf(shape: readonly number[], row: number, column: number): number[] {
  if (shape.length === 0) return [];
  const index = [column];
  let rest = row;
  for (const size of shape.slice(0, -1).toReversed()) {
    index.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return index;
}

/** The end of the colours: the largest finite magnitude in the window. */
export function boundOf({ values }: FoundTensor): number {
  const sizes = values.flat().map((value) => Math.abs(numberOf(value)));
  return Math.max(0, ...sizes.filter(Number.isFinite));
}

/** Where in the window the number is that mattered. */
export function markOf({ marked, row, column }: FoundTensor): string {
  return `${marked[0] - row},${marked[1] - column}`;
}

/** Shape, type and range, in words. */
export function factsOf(tensor: FoundTensor): string {
  const { shape, dtype, smallest, largest, not_finite } = tensor;
  const range = smallest === null ? "" : `, ${formatNumber(smallest, 3)} to ${formatNumber(largest, 3)}`;
  const rest = not_finite > 0 ? `, ${not_finite} not finite` : "";
  return `${formatShape(shape)}, ${dtype}${range}${rest}`;
}

/** How the number was called where it stands: `weight[3, 7]`. */
export function placeText({ name, at }: FoundTensor): string {
  return at.length > 0 ? `${name}${formatShape(at)}` : name;
}

/** The calls of the step, phase by phase. */
export function byPhase(chain: readonly ChainCall[]): { phase: Phase; calls: ChainCall[] }[] {
  const groups: { phase: Phase; calls: ChainCall[] }[] = [];
  for (const call of chain) {
    const last = groups.at(-1);
    if (last?.phase === call.phase) last.calls.push(call);
    else groups.push({ phase: call.phase, calls: [call] });
  }
  return groups;
}

/** What a card of the stack says of the layer that was found. */
export function badge(finding: FindingReply): { text: string; why: string } {
  return {
    text: `first ${finding.value.replace("-", "−")} in step ${finding.step}`,
    why: `${finding.headline}. ${finding.arithmetic}`,
  };
}
