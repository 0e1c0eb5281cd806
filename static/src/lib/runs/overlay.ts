/** The curves of several runs over one axis. */
import type { Palette, Rgb } from "../colour";
import { coarsened, type Axis, type CurveColumns } from "../curves";
import type { PlotLine } from "../plot";
import type { RunSummary } from "../protocol";

export interface Look {
  colour: Rgb;
  dash: number[];
}

/** Hues that are far apart first; with the dashes, forty runs look each another way. */
const HUES = [1, 0, 2, 3, 5, 7, 6, 4];
const DASHES = [[], [7, 3], [2, 2], [9, 3, 2, 3], [4, 2]];

/** How the run of this place in its session is drawn, everywhere. */
export function lookOf(place: number, palette: Palette): Look {
  return { colour: palette.classes[HUES[place % HUES.length]!]!, dash: DASHES[place % DASHES.length]! };
}

/** `Run 12` has the twelfth place. */
export function placeOf({ name }: Pick<RunSummary, "name">): number {
  return Math.max(0, Number(/\d+$/.exec(name)?.[0] ?? 1) - 1);
}

/** Buckets of the longest curve: noisy lines over each other would hide one another. */
const MOST_BUCKETS = 200;

export interface Drawn {
  run: RunSummary;
  curve: CurveColumns | null;
}

/** The measured time of a run over its steps, as far as that is known here. */
export type Clock = (run: string) => CurveColumns | null;

/** One line a run, all equally coarse; by seconds, a branch begins at the time its parent had spent when it left. */
export function overlay(
  drawn: readonly Drawn[],
  all: readonly RunSummary[],
  by: Axis,
  palette: Palette,
  clock: Clock,
): PlotLine[] {
  const each = Math.ceil(Math.max(0, ...drawn.map(({ curve }) => curve?.step.length ?? 0)) / MOST_BUCKETS);
  return drawn.map(({ run, curve }) => ({
    name: run.name,
    ...lookOf(placeOf(run), palette),
    curve: curve && placed(coarsened(curve, each), run, all, by, clock),
    band: true,
  }));
}

function placed(
  curve: CurveColumns,
  run: RunSummary,
  all: readonly RunSummary[],
  by: Axis,
  clock: Clock,
): CurveColumns {
  return by === "step" ? curve : { ...curve, step: curve.step.map((step) => secondsAt(run, step, all, clock)) };
}

/** The time in steps and evaluations up to this step, evenly spread between two places where it was measured:
 * what went before it, its parents spent. */
export function secondsAt(run: RunSummary, step: number, all: readonly RunSummary[], clock: Clock): number {
  const parent = all.find((other) => other.run === run.parent);
  const before = parent ? secondsAt(parent, run.branched_at, all, clock) : 0;
  const { step: steps, last: spent } = clock(run.run) ?? NOTHING;
  const after = firstFrom(steps, step);
  const [from, since] = after > 0 ? [steps[after - 1]!, spent[after - 1]!] : [run.branched_at, 0];
  const [to, until] = after < steps.length ? [steps[after]!, spent[after]!] : [run.furthest, run.spent.seconds];
  const share = to > from ? (step - from) / (to - from) : 0;
  return before + since + share * (until - since);
}

const NOTHING = { step: new Float64Array(), last: new Float64Array() };

/** The place of the first that is not below `value`, in numbers that grow. */
function firstFrom(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
