/** Drawing one's own data set: the first point starts it, and undo brings back what was there. */

import { addPoint, chooseData, setData } from "./edits";
import type { DatasetEntry, Experiment, Point } from "./protocol";

export const DRAWN = "Drawn points";
/** As many classes as drawn points can have. */
export const DRAWN_CLASSES = 8;

/** One more point; from another data set it starts a drawing of its own with the same seed and split. */
export function draw(e: Experiment, point: Point, catalog: readonly DatasetEntry[]): Experiment {
  if (e.data.name === DRAWN) return addPoint(e, point);
  const entry = (name: string) => catalog.find((dataset) => dataset.name === name);
  const to = entry(DRAWN);
  if (!to) return e;
  const begun = chooseData(e, entry(e.data.name)?.preset ?? null, to.preset);
  return addPoint(setData(begun, { points: [] }), point);
}
