/** What the tabs of the inspector read of a run: a line a layer, in shades of the role's hue. */

import { mix, type Rgb } from "../../lib/colour";
import type { PlotLine } from "../../lib/plot";
import { run } from "../../lib/run.svelte";
import { theme } from "../charts/theme.svelte";

const DASHES = [[], [6, 3], [2, 3], [8, 3, 2, 3]];

/** More lines than this cannot be told apart: then first, last and some between are drawn. */
const MOST = 12;

/** The curves `<kind>/<layer id>`, first layer in the full hue, last one palest, dashes taking turns. */
export function layerLines(kind: string, hue: Rgb): PlotLine[] {
  const measured = (run.views.layers ?? []).filter((layer) => run.curves[`${kind}/${layer.id}`]);
  const shown = measured.length > MOST ? spread(measured, MOST) : measured;
  return shown.map((layer, i) => ({
    name: layer.name,
    colour: mix(hue, theme.palette.lineStrong, shown.length > 1 ? (0.62 * i) / (shown.length - 1) : 0),
    dash: DASHES[i % DASHES.length]!,
    curve: run.curves[`${kind}/${layer.id}`] ?? null,
    band: false,
  }));
}

function spread<T>(items: readonly T[], n: number): T[] {
  return Array.from({ length: n }, (_, i) => items[Math.round((i * (items.length - 1)) / (n - 1))]!);
}
