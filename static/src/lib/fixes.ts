/** Applies a fix the server offers, as `playground/experiment/fixes.py` does. */
import { newId, removeLayer, type Argument } from "./edits";
import type { Edit, Experiment, Fix, Layer } from "./protocol";

type Tree = { [name: string]: unknown };

/** Parts that are a name and its arguments: set to a name, they start without arguments. */
const CHOSEN = ["loss", "optimizer", "training/schedule"];

/** The experiment after all edits of the fix; `experiment.edit` makes one step to undo of it. An edit of what
 * is no longer there changes nothing. */
export function applyFix(experiment: Experiment, { edits }: Fix): Experiment {
  return edits.reduce(applyEdit, experiment);
}

function applyEdit(experiment: Experiment, edit: Edit): Experiment {
  const { layers } = experiment;
  switch (edit.do) {
    case "set": {
      const { where, value } = edit;
      const named = CHOSEN.includes(where) && value !== null;
      return set(experiment, where.split("/"), named ? { type: value, args: {} } : value) as Experiment;
    }
    case "remove":
      return removeLayer(experiment, edit.layer);
    case "insert": {
      const at = edit.before === null ? layers.length : layers.findIndex(({ id }) => id === edit.before);
      if (at < 0) return experiment;
      const layer: Layer = { id: newId(), type: edit.type, args: edit.args, muted: false };
      return { ...experiment, layers: [...layers.slice(0, at), layer, ...layers.slice(at)] };
    }
    case "replace":
      return { ...experiment, layers: layers.map((row) => (row.id === edit.layer ? remade(row, edit) : row)) };
  }
}

function remade(row: Layer, { type, args }: { type: string; args: Record<string, Argument> }): Layer {
  return { ...row, type, args };
}

/** A copy of `place` with `value` at the end of the path; unchanged where the path leads nowhere. */
function set(place: unknown, path: readonly string[], value: unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  if (Array.isArray(place)) {
    return place.map((row: Tree) => (row.id === name ? set(row, rest, value) : row));
  }
  if (typeof place !== "object" || place === null) return place;
  const fields = place as Tree;
  if (name === "args" && rest.length === 1) {
    const { [rest[0]!]: _, ...others } = fields.args as Tree;
    return { ...fields, args: value === null ? others : { ...(fields.args as Tree), [rest[0]!]: value } };
  }
  return name in fields ? { ...fields, [name]: set(fields[name], rest, value) } : place;
}
