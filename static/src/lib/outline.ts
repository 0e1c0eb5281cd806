/** What came from outside — a link, a file, storage — as an experiment the page can show, or not at all.
 *
 * Only its outline is judged here: that each part is of the kind the controls expect. Whether names and numbers
 * mean something is the server's to say, at their fields. Only what would be too much to show is refused here.
 */
import { newId } from "./edits";
import { MAX_LAYERS, MAX_NUMBERS, MAX_POINTS, type Experiment, type Layer } from "./protocol";

export const BLANK: Experiment = {
  version: 1,
  data: {
    name: "",
    args: {},
    seed: 0,
    validation_share: 0.3,
    batch_size: 32,
    shuffle: true,
    drop_last: false,
    num_workers: 0,
    style: "map",
    steps_per_epoch: 100,
    csv: null,
    points: [],
  },
  layers: [],
  loss: { type: "", args: {} },
  optimizer: { type: "", args: {} },
  training: { epochs: 100, seed: 0, schedule: null, clip_norm: null },
};

const CSV = { name: "", size: 0, sha256: "", target: "", task: "", ignored: [], standardize: true };
const LAYER = { id: "", type: "", args: {}, muted: false };
const POINT = { x: 0, y: 0, label: 0 };

class Unlike extends Error {}

/** The experiment with what it leaves out filled in. Throws an Error fit to be shown for anything else. */
export function asExperiment(value: unknown): Experiment {
  try {
    return complete(value);
  } catch (error) {
    if (error instanceof Unlike) throw new Error("This is not an experiment of the playground.");
    throw error;
  }
}

function complete(value: unknown): Experiment {
  if (isRecord(value)) understood(value.version);
  const given = like(BLANK as unknown as Fields, value, ["data", "layers", "loss", "optimizer"]);
  const data = like(BLANK.data as unknown as Fields, given.data, ["name"]);
  return {
    ...given,
    data: {
      ...data,
      args: args(data.args),
      csv: data.csv === null ? null : csv(data.csv),
      points: atMost(MAX_POINTS, "points", list(data.points)).map((point) => like(POINT, point, ["x", "y", "label"])),
    },
    layers: layers(atMost(MAX_LAYERS, "layers", list(given.layers))),
    loss: chosen(given.loss),
    optimizer: chosen(given.optimizer),
    training: training(given.training),
  } as unknown as Experiment;
}

/** Refuses what another version of the playground wrote: its fields may mean something else. */
function understood(version: unknown): void {
  if (typeof version !== "number" || version === BLANK.version) return;
  throw new Error(`This experiment is of version ${version}; this playground understands version ${BLANK.version}.`);
}

type Fields = Record<string, unknown>;

/** The fields of `value` over those of `shape`; each of the same kind, those `needed` not left out. */
function like(shape: Fields, value: unknown, needed: string[] = []): Fields {
  if (!isRecord(value) || needed.some((key) => !(key in value))) throw new Unlike();
  for (const [key, field] of Object.entries(value)) {
    const expected = shape[key];
    if (expected === undefined || expected === null) continue;
    if (typeof field !== typeof expected || Array.isArray(field) !== Array.isArray(expected)) throw new Unlike();
  }
  return { ...shape, ...value };
}

function layers(rows: unknown[]): Layer[] {
  const seen = new Set<unknown>();
  return rows.map((row) => {
    const layer = like(LAYER, row, ["type"]);
    // Rows are told apart by their ids: a row without one of its own gets a new one.
    const id = layer.id === "" || seen.has(layer.id) ? newId() : layer.id;
    seen.add(id);
    return { ...layer, id, args: args(layer.args) } as Layer;
  });
}

function training(value: unknown): Fields {
  const given = like(BLANK.training as unknown as Fields, value);
  if (given.clip_norm !== null && typeof given.clip_norm !== "number") throw new Unlike();
  return { ...given, schedule: given.schedule === null ? null : chosen(given.schedule) };
}

function chosen(value: unknown): Fields {
  const part = like(BLANK.loss as unknown as Fields, value, ["type"]);
  return { ...part, args: args(part.args) };
}

function csv(value: unknown): Fields {
  const file = like(CSV, value, ["name", "size", "sha256", "target", "task"]);
  if (list(file.ignored).some((name) => typeof name !== "string")) throw new Unlike();
  return file;
}

function args(value: unknown): Fields {
  if (!isRecord(value)) throw new Unlike();
  const plain = ["boolean", "number", "string"];
  const fits = (argument: unknown) => plain.includes(typeof argument) || areNumbers(argument);
  if (!Object.values(value).every(fits)) throw new Unlike();
  return value;
}

function areNumbers(value: unknown): boolean {
  const few = Array.isArray(value) && value.length <= MAX_NUMBERS;
  return few && value.every((number) => typeof number === "number");
}

function list(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new Unlike();
  return value;
}

function atMost(most: number, what: string, given: unknown[]): unknown[] {
  if (given.length <= most) return given;
  throw new Error(`It has ${given.length.toLocaleString("en")} ${what}; at most ${most} are possible.`);
}

function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
