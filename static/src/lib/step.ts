/** One step taken apart, in words and sizes: what each phase changed. */
import type { Decoded } from "./arrays";
import { formatNumber, formatShape } from "./numbers";
import type { Clipped, Corner, ParameterUpdate, Phase, StepLayer, StepView } from "./protocol";
import { listed, plural } from "./words";

export type Step = Decoded<StepView>;
export type Layer = Decoded<StepLayer>;

/** A layer's gradient below this share of a later layer's has vanished. */
export const VANISHED = 1e-3;

/** The root mean square of all its numbers; null where there are none. */
export function rms({ mean, std }: Pick<Decoded<Corner>, "mean" | "std">): number | null {
  return mean === null || std === null ? null : Math.hypot(mean, std);
}

/** The root mean square over all gradients of a layer's parameters; null before the backward reached it. */
export function gradientSize({ gradients }: Layer): number | null {
  let squares = 0;
  let count = 0;
  for (const { gradient } of gradients) {
    const size = rms(gradient);
    if (size === null) continue;
    const numbers = gradient.shape.reduce((product, length) => product * length, 1);
    squares += size * size * numbers;
    count += numbers;
  }
  return count > 0 ? Math.sqrt(squares / count) : null;
}

export interface Flow {
  layer: Layer;
  size: number | null;
  /** The size relative to the largest, in [0, 1]. */
  share: number;
  vanished: boolean;
}

/** How large the gradient is in every layer with parameters, first layer first. */
export function flow(layers: readonly Layer[]): Flow[] {
  const sized = layers.map((layer) => ({ layer, size: gradientSize(layer) }));
  const largest = Math.max(0, ...sized.map(({ size }) => size ?? 0));
  return sized.map(({ layer, size }, place) => {
    const later = Math.max(0, ...sized.slice(place).map((flow) => flow.size ?? 0));
    const share = size !== null && largest > 0 ? size / largest : 0;
    return { layer, size, share, vanished: size !== null && size < VANISHED * later };
  });
}

/** Four decades fill a bar; what is there at all is seen. */
export function barLength(share: number): number {
  return share > 0 ? Math.min(1, Math.max(0.02, 1 + Math.log10(share) / 4)) : 0;
}

/** `weight[3, 7]`. */
export function elementOf({ name, index }: Pick<ParameterUpdate, "name" | "index">): string {
  return index.length > 0 ? `${name}${formatShape(index)}` : name;
}

/** What clipping did to the gradients before the optimizer took them. */
export function clippedText({ norm, limit }: Clipped): string {
  const size = `All gradients together had the norm ${formatNumber(norm, 3)}`;
  if (norm === null) return "The gradients together are not finite: clipping cannot mend that.";
  return norm > limit
    ? `${size}: clip_grad_norm_ shortened them to ${formatNumber(limit)}, and the step followed the shortened ones.`
    : `${size}, within the ${formatNumber(limit)} of clip_grad_norm_: they were left as they are.`;
}

/** What a phase has changed, in a sentence or two; empty where it has not run in this step. */
export function caption(step: Step, phase: Phase): string {
  switch (phase) {
    case "zero_grad":
      return "Every parameter's .grad is None again: what comes next starts from nothing.";
    case "forward":
      return forward(step.layers);
    case "loss":
      return step.loss ? `${plural(step.loss.count, "sample")}, one number: ${formatNumber(step.loss.value)}.` : "";
    case "backward":
      return backward(step);
    case "step":
      return update(step.updates);
  }
}

function forward(layers: readonly Layer[]): string {
  const last = layers.findLast(({ output }) => output !== null)?.output;
  if (!last) return "";
  const batch = last.shape[0] ?? 1;
  return `${plural(batch, "sample")} went through ${plural(layers.length, "layer")}; out came ${formatShape(last.shape)}. The weights are as they were.`;
}

function backward({ layers }: Step): string {
  const flows = flow(layers).filter(({ size }) => size !== null);
  if (flows.length === 0) return "";
  const gone = flows.filter(({ vanished }) => vanished);
  if (gone.length > 0) {
    const names = listed(gone.map(({ layer }) => layer.name));
    return `The gradient vanishes in ${names}: less than a thousandth of what it is in a later layer.`;
  }
  const by = (a: Flow, b: Flow): number => a.size! - b.size!;
  const [smallest] = flows.toSorted(by);
  return `Every layer has its gradient; the smallest is ${smallest!.layer.name}'s, ${formatNumber(smallest!.size, 3)} per number.`;
}

function update(updates: readonly Decoded<ParameterUpdate>[]): string {
  if (updates.length === 0) return "";
  if (updates.every(({ moved }) => moved === 0)) return "Nothing moved.";
  const change = ({ old, new: now }: Decoded<ParameterUpdate>): number =>
    old === null || now === null ? Infinity : Math.abs(now - old);
  const most = updates.reduce((a, b) => (change(b) > change(a) ? b : a));
  return `${plural(updates.length, "parameter")} moved against ${updates.length > 1 ? "their" : "its"} gradient, no number by more than ${formatNumber(change(most), 3)}.`;
}
