/** The learning rate over a whole run, as it was planned: the line a chart draws, and words for it. */
import { pick, type Table } from "./curves";
import { formatCount, formatNumber } from "./numbers";
import type { XY } from "./plane";
import type { LearningRates } from "./protocol";

/** Corners of the line up to step `end`: a rate holds until the next, and after each batch it glides. */
export function rateLine({ stepped, steps, rates }: LearningRates, end: number): XY[] {
  const line: XY[] = [];
  steps.forEach((x, i) => {
    if (i > 0 && stepped !== "batch") line.push({ x, y: rates[i - 1]! });
    line.push({ x, y: rates[i]! });
  });
  const last = line.at(-1);
  return last && last.x < end ? [...line, { x: end, y: last.y }] : line;
}

/** The plan in one sentence: `from 0.03 over 0.1 near step 600 to 1e-4`. */
export function ratesText({ stepped, steps, rates }: LearningRates): string {
  const first = formatNumber(rates[0], 3);
  if (stepped === "validation loss") return `${first} at first; what comes depends on the validation loss`;
  const most = rates.indexOf(Math.max(...rates));
  const last = formatNumber(rates.at(-1), 3);
  const over = most > 0 && most < rates.length - 1 ? ` over ${formatNumber(rates[most], 3)} near step ${formatCount(steps[most]!)}` : "";
  return `from ${first}${over} to ${last}`;
}

/** The plan as a table of at most 50 rows. */
export function tabulateRates({ steps, rates }: LearningRates): Table {
  const rows = pick(steps.length, 50).map((i) => [formatCount(steps[i]!), formatNumber(rates[i])]);
  return { head: ["step", "learning rate"], rows };
}
