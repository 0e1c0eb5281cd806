/** What uPlot is told: the options and the columns of a line chart. */

import type uPlot from "uplot";
import { css, type Palette, type Rgb } from "./colour";
import { align, type Aligned, type Axis, type CurveColumns } from "./curves";
import { formatStep, logTicks, tickLabel } from "./numbers";

/** One line. Colour and dash are both given, for nothing speaks by colour alone. */
export interface PlotLine {
  name: string;
  colour: Rgb;
  dash: number[];
  curve: CurveColumns | null;
  band: boolean;
  /** What another run did: there to compare with. */
  faint?: boolean;
}

/** Steps with a meaning of their own. */
export interface Marks {
  /** Where a run stands that looks back: what comes after it is drawn pale. */
  now: number | null;
  /** Where it left the run that it branched from. */
  branched: number | null;
}

export const UNMARKED: Marks = { now: null, branched: null };

/** How a chart is to be read. */
export interface Reading {
  log: boolean;
  axis: Axis;
  /** The least that the axis reaches, beyond what the lines need; null is only what they need. */
  reach: readonly [low: number, high: number] | null;
}

/** The chart's structure without its values: when it changes, the chart is built anew. */
export function structure(lines: readonly PlotLine[], { log, axis }: Reading): string {
  const looks = lines.map(({ name, colour, dash, band, faint }) => [name, colour, dash, band, faint]);
  return JSON.stringify([log, axis, looks]);
}

const EMPTY: readonly number[] = [];

/** x, then a column a line, then low and high for each line with a band. */
export function columns(lines: readonly PlotLine[], log: boolean): Aligned {
  const of = (line: PlotLine, column: "last" | "mean" | "min" | "max") => ({
    x: line.curve?.step ?? EMPTY,
    values: line.curve?.[column] ?? EMPTY,
  });
  const bucketed = (line: PlotLine): boolean => (line.curve?.width ?? 1) > 1;
  return align(
    [
      ...lines.map((line) => of(line, bucketed(line) ? "mean" : "last")),
      ...lines.filter((line) => line.band).flatMap((line) => [of(line, "min"), of(line, "max")]),
    ],
    log,
  );
}

/** `reading` is asked for again whenever the axes are scaled: only its axis and log are fixed. */
export function options(
  lines: readonly PlotLine[],
  reading: () => Reading,
  size: { width: number; height: number },
  palette: Palette,
): Omit<uPlot.Options, "hooks"> {
  const { log, axis: along } = reading();
  const banded = lines.filter((line) => line.band);
  const first = lines.length + 1;
  const axis: uPlot.Axis = {
    stroke: css(palette.inkFaint),
    font: FONT,
    grid: { stroke: css(palette.line), width: 1 },
    ticks: { show: false },
  };
  return {
    ...size,
    padding: [8, 10, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { size: 7, width: 1.5 }, drag: { x: false, y: false } },
    scales: {
      x: { time: false, range: (_, low, high) => xRange(low, high, reading().reach) },
      y: { range: (_, low, high) => (log ? logRange(low, high) : yRange(low, high)) },
    },
    axes: [
      {
        ...axis,
        size: 24,
        gap: 4,
        space: 70,
        ...(along === "step" ? { incrs: WHOLE_STEPS } : {}),
        grid: { show: false },
        values: (_, at) => at.map(along === "step" ? formatStep : tickLabel),
      },
      {
        ...axis,
        size: axisWidth,
        gap: 4,
        space: 28,
        values: (_, at) => at.map((value) => tickLabel(log ? 10 ** value : value)),
        ...(log ? { splits: logSplits } : { incrs: (_, __, low, high) => increments(high - low), splits: multiples }),
      },
    ],
    series: [
      {},
      ...lines.map((line) => ({
        label: line.name,
        stroke: css(line.colour, line.faint ? 0.6 : 1),
        width: line.faint ? 1.2 : 1.6,
        dash: line.dash,
        points: { show: (u: uPlot) => (u.data[0]?.length ?? 0) < 3, size: 5, fill: css(line.colour) },
      })),
      ...banded.flatMap(() => [EDGE, EDGE]),
    ],
    bands: banded.map((line, i) => ({
      series: [first + 2 * i + 1, first + 2 * i],
      fill: css(line.colour, 0.16),
    })),
  };
}

const FONT = "11px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace";
/** Steps are whole: 1, 2, 5, 10, 20, … */
const WHOLE_STEPS = Array.from({ length: 12 }, (_, power) => [1, 2, 5].map((m) => m * 10 ** power)).flat();
const EDGE: uPlot.Series = { width: 0, points: { show: false } };

/** As wide as the longest label, so that no number is cut. */
function axisWidth(_: uPlot, labels: string[] | null): number {
  const longest = Math.max(3, ...(labels ?? []).map((label) => label.length));
  return longest * 7 + 8;
}

/** Before there is a value, uPlot hands over null or an infinity. */
function known(bound: number | null): bound is number {
  return bound !== null && Number.isFinite(bound);
}

export function xRange(low: number | null, high: number | null, reach: Reading["reach"] = null): [number, number] {
  if (!known(low) || !known(high)) return reach && reach[1] > reach[0] ? [...reach] : [0, 10];
  const [from, to] = [Math.min(low, reach?.[0] ?? low), Math.max(high, reach?.[1] ?? high)];
  return to > from ? [from, to] : [from, from + 1];
}

/** From zero where the values come near it, else around them. */
export function yRange(low: number | null, high: number | null): [number, number] {
  if (!known(low) || !known(high)) return [0, 1];
  if (high === low) return [Math.min(0, low * 2), Math.max(0, high * 2) || 1];
  const span = high - low;
  const bottom = low >= 0 && low < span ? 0 : low - span * 0.06;
  return [bottom, high + span * 0.06];
}

/** In powers of ten: a little beyond the values, and never empty. */
export function logRange(low: number | null, high: number | null): [number, number] {
  if (!known(low) || !known(high)) return [-1, 0];
  const pad = Math.max(0.08, (0.4 - (high - low)) / 2);
  return [low - pad, high + pad];
}

/** 1, 2 and 5 times the powers of ten about a span, smallest first: uPlot's own end at 1e32, and losses in
 * float32 come to 3e38. */
export function increments(span: number): number[] {
  const power = Math.floor(Math.log10(span));
  return [-3, -2, -1, 0, 1].flatMap((by) => [1, 2, 5].map((m) => Number(`${m}e${power + by}`)));
}

/** The multiples of an increment between two bounds. */
export function multiples(_: unknown, __: number, low: number, high: number, by: number): number[] {
  const first = Math.ceil(low / by);
  return Array.from({ length: Math.floor(high / by) - first + 1 }, (_, i) => (first + i) * by);
}

function logSplits(_: uPlot, __: number, low: number, high: number): number[] {
  return logTicks(10 ** low, 10 ** high).map(Math.log10);
}

/** Draws the marks over the lines of a chart. */
export function drawMarks(u: uPlot, { now, branched }: Marks, palette: Palette): void {
  const { ctx, bbox } = u;
  const upright = (step: number, dash: number[], colour: string): number => {
    const x = Math.round(u.valToPos(step, "x", true));
    ctx.setLineDash(dash.map((length) => length * devicePixelRatio));
    ctx.strokeStyle = colour;
    ctx.lineWidth = Math.max(1, Math.round(1.5 * devicePixelRatio));
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    return x;
  };
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  if (branched !== null) upright(branched, [2, 3], css(palette.inkFaint));
  if (now !== null) {
    const x = upright(now, [], css(palette.accent));
    ctx.fillStyle = css(palette.panel, 0.7);
    ctx.fillRect(x + 1, bbox.top, bbox.left + bbox.width - x, bbox.height);
  }
  ctx.restore();
}

/** What line `i` says at row `index`: its own value there, else the last one before it. */
export function valueAt(data: Aligned, i: number, index: number, log = false): number | null {
  const column = data[i + 1]!;
  for (let at = Math.min(index, column.length - 1); at >= 0; at--) {
    const value = column[at];
    if (value !== undefined) return value !== null && log ? 10 ** value : value;
  }
  return null;
}
