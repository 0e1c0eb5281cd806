// Generated from the pydantic models by `python -m playground.protocol.typescript`. Do not edit.

export const PROTOCOL = 1;
export const MAX_LAYERS = 200;
export const MAX_POINTS = 500;
export const MAX_NUMBERS = 100;
export const MAX_CODE = 100000;

export type Phase = "zero_grad" | "forward" | "loss" | "backward" | "step";

export type RunState = "starting" | "running" | "paused" | "finished" | "stopped" | "diverged" | "failed";

export type Task = "classification" | "regression";

export type Target = "class index" | "0/1" | "real";

export type Stepped = "batch" | "epoch" | "validation loss";

export type AnyCommand = Command | PhaseCommand | LearningRateCommand | SpeedCommand | SeekCommand | EditCommand | MuteCommand;

export type Edit = SetEdit | RemoveEdit | InsertEdit | ReplaceEdit;

export type Item = boolean | number | string;

export type CallKind = "create" | "elementwise" | "broadcast" | "reduce" | "matmul" | "conv" | "pool" | "softmax" | "index" | "view" | "shape" | "join" | "write" | "module" | "other";

/** A drawn point: coordinates in the plane and its class. */
export interface Point {
  x: number;
  y: number;
  label: number;
}

/** A CSV the user brought: named by content, so that a page without the file can ask for it. */
export interface CsvFile {
  name: string;
  size: number;
  sha256: string;
  target: string;
  task: Task;
  ignored: string[];
  standardize: boolean;
}

/** A data set, how it is split, and the DataLoader's settings. */
export interface Data {
  name: string;
  args: Record<string, boolean | number | string | number[]>;
  seed: number;
  validation_share: number;
  batch_size: number;
  shuffle: boolean;
  drop_last: boolean;
  num_workers: number;
  style: "map" | "iterable";
  steps_per_epoch: number;
  csv: CsvFile | null;
  points: Point[];
}

/** One row of the stack. `id` is the browser's and lives as long as the row; a muted layer is absent. */
export interface Layer {
  id: string;
  type: string;
  args: Record<string, boolean | number | string | number[]>;
  muted: boolean;
}

/** A loss or an optimizer: a name in the catalog and the arguments that differ from its defaults. */
export interface Chosen {
  type: string;
  args: Record<string, boolean | number | string | number[]>;
}

/**
 * How long to train, from which seed (weights, dropout, batch order), with which learning rates.
 *
 * `schedule` is a scheduler of the catalog; null keeps the optimizer's learning rate. `clip_norm` is the
 * norm that all gradients together have at most when the optimizer takes them; null leaves them as they are.
 */
export interface Training {
  epochs: number;
  seed: number;
  schedule: Chosen | null;
  clip_norm: number | null;
}

/** Data + model + loss + optimizer + training: everything a run depends on. */
export interface Experiment {
  version: 1;
  data: Data;
  layers: Layer[];
  loss: Chosen;
  optimizer: Chosen;
  training: Training;
}

/**
 * Sets one field: a path into the experiment (`data/batch_size`, `optimizer/args/lr`), layers by their
 * id (`layers/<id>/args/p`). Null takes an argument back.
 *
 * `loss`, `optimizer` and `training/schedule` take the name of another one, which starts without arguments.
 */
export interface SetEdit {
  do: "set";
  where: string;
  value: boolean | number | string | number[] | null;
}

/** Takes the layer with this id out. */
export interface RemoveEdit {
  do: "remove";
  layer: string;
}

/** Puts a new layer before the one with this id; null is at the end. It gets an id of its own. */
export interface InsertEdit {
  do: "insert";
  before: string | null;
  type: string;
  args: Record<string, boolean | number | string | number[]>;
}

/** Makes another layer of the row with this id; the id stays. */
export interface ReplaceEdit {
  do: "replace";
  layer: string;
  type: string;
  args: Record<string, boolean | number | string | number[]>;
}

/** Edits that are made together. `label` commands them: `Set the learning rate to 0.003`. */
export interface Fix {
  label: string;
  edits: (SetEdit | RemoveEdit | InsertEdit | ReplaceEdit)[];
}

/**
 * Something wrong, at the field that caused it.
 *
 * `where` is a path into the experiment (`layers/2/args/p`, `data/batch_size`, `loss`) or empty.
 */
export interface Problem {
  where: string;
  message: string;
  fix: string | null;
  severity: "error" | "warning";
}

/**
 * Something that works and is hardly meant so, with the reason and, where there is one, the way out.
 *
 * `rule` names what spoke, `where` is a path into the experiment, `layer` the id of the row it is about,
 * `source` what the rule rests on, at the address `link`.
 */
export interface Advice {
  rule: string;
  where: string;
  layer: string | null;
  title: string;
  reason: string;
  source: string;
  link: string;
  fix: Fix | null;
}

/** Every 4xx answer: at least one problem. */
export interface ErrorReply {
  problems: Problem[];
}

/**
 * One argument of a layer, loss, optimizer, schedule or data set, as a control needs it.
 *
 * A `pair` is two numbers, each within the bounds; `numbers` are one for each of the model's outputs.
 */
export interface Parameter {
  name: string;
  kind: "int" | "float" | "bool" | "choice" | "pair" | "numbers";
  default: boolean | number | string | number[] | null;
  low: number | null;
  high: number | null;
  choices: string[];
  inferred: boolean;
  help: string;
}

/**
 * One thing of a palette: what it is called, where it stands, its arguments.
 *
 * `target` is a loss's, `stepped` a schedule's.
 */
export interface Entry {
  type: string;
  group: string;
  help: string;
  parameters: Parameter[];
  target: Target | null;
  stepped: Stepped | null;
}

/** One data set: its arguments, and the preset that is loaded with it. */
export interface DatasetEntry {
  name: string;
  kind: "plane" | "line" | "image" | "table";
  streaming: boolean;
  task: Task;
  help: string;
  parameters: Parameter[];
  preset: Experiment;
}

/**
 * One probe and its view: its name in `Views` and in `watch`, its title, and what it measures.
 *
 * `shown_in` is the tab of the inspector (or the place on the page) where it is seen; `interval` is the
 * least time in seconds between two measurements while the run is going, 0 is at every report.
 */
export interface ViewEntry {
  name: string;
  title: string;
  help: string;
  shown_in: string;
  interval: number;
}

/** The palettes, and what can be watched of a run. */
export interface Catalog {
  protocol: number;
  layers: Entry[];
  losses: Entry[];
  optimizers: Entry[];
  schedules: Entry[];
  datasets: DatasetEntry[];
  views: ViewEntry[];
}

/** What one unmuted layer does to shapes. `name` counts per type, muted ones too: `Linear 2`. */
export interface LayerFacts {
  id: string;
  name: string;
  input_shape: number[];
  output_shape: number[];
  parameters: number;
  equation: string;
  inferred: Record<string, number>;
  code: string;
}

/** What the data is, known without making it. */
export interface DataFacts {
  kind: "plane" | "line" | "image" | "table";
  task: Task;
  streaming: boolean;
  input_shape: number[];
  classes: string[];
  features: string[];
  target: string;
  training_samples: number;
  validation_samples: number;
  batches: number;
  last_batch: number;
}

/**
 * The learning rate over a whole run, before it: `rates[i]` holds from `steps[i]` finished updates on.
 *
 * What depends on the loss is not known before: then only the first rate is there. At most 512 points.
 */
export interface LearningRates {
  stepped: Stepped;
  steps: number[];
  rates: number[];
}

/**
 * An experiment seen through: normalised, with shapes, counts, problems and the code of its parts.
 *
 * `schedule` is null where the experiment has none, or none that works. `advice` is what can be said
 * without training; the rest is the view `advice` of a run.
 */
export interface CheckReply {
  experiment: Experiment;
  data: DataFacts | null;
  layers: LayerFacts[];
  parameters: number;
  problems: Problem[];
  can_play: boolean;
  default_speed: number;
  schedule: LearningRates | null;
  code: Partial<Record<"data" | "loader" | "model" | "loss" | "optimizer" | "schedule" | "clipping", string>>;
  advice: Advice[];
}

/**
 * A learning rate range test: the loss after one step at each rate, from the smallest on.
 *
 * `smooth` has each loss averaged with its neighbours, `first` is the loss before all steps, null where it
 * is not finite. `suggestion` is null where the loss fell at no rate; `reason` explains either in words. The
 * test ends where the loss blows up, so `rates` may stop early.
 */
export interface LearningRateReply {
  rates: number[];
  losses: number[];
  smooth: number[];
  first: number | null;
  suggestion: number | null;
  reason: string;
}

/**
 * A data set to look at. Points of both splits; `x` row by row, at most 1,000 rows.
 *
 * plane: x is [n, 2]; line: [n, 1]; table: [n, features]; image: [n, 64] for 8×8.
 * `y` is a class index or a real value; `validation` says which rows are held out.
 */
export interface DataPreview {
  facts: DataFacts;
  x: number[][];
  y: number[];
  validation: boolean[];
  notes: string[];
}

/** One column of an uploaded CSV. */
export interface CsvColumn {
  name: string;
  kind: "number" | "category";
  missing: number;
  distinct: number;
  example: string;
}

/** An uploaded CSV: what was found in it, and the data setting that would use it. */
export interface CsvReply {
  name: string;
  size: number;
  sha256: string;
  rows: number;
  columns: CsvColumn[];
  target: string;
  task: Task;
  notes: string[];
  preset: Experiment;
}

/**
 * A run as REST sees it; everything live comes over the socket. Frames below `seq` are older.
 *
 * A branch has the `parent` that it began from, after `branched_at` updates; `notes` say what of the parent
 * could not be carried over, and why. `race` is the id of the race that it takes part in. `learning_rate` is
 * the one that was last set by hand, in it or before it in its parent; null where it is the experiment's.
 */
export interface RunReply {
  run: string;
  state: string;
  seq: number;
  experiment: Experiment;
  learning_rate: number | null;
  name: string;
  parent: string | null;
  branched_at: number;
  race: string | null;
  notes: string[];
}

/** The model of this moment, asked. One row per input. */
export interface Prediction {
  step: number;
  outputs: ((number | null)[])[];
  probabilities: ((number | null)[])[] | null;
  classes: string[];
}

/** An exported script. */
export interface ScriptReply {
  name: string;
  code: string;
  equal_until: number | null;
  notes: string[];
}

/** A verification under way or done; `difference` is the largest absolute one between the two curves. */
export interface VerifyReply {
  state: "running" | "equal" | "different" | "failed";
  steps: number;
  of: number;
  losses: (number | null)[];
  difference: number | null;
  step_of_difference: number | null;
  message: string;
}

/** Show this data. */
export interface PreviewRequest {
  data: Data;
}

/** Start a run. The same `request_id` twice is one run; `replaces` is stopped first. */
export interface StartRequest {
  experiment: Experiment;
  request_id: string;
  play?: boolean;
  steps_per_second?: number | null;
  replaces?: string | null;
}

/** Start a run that begins in the state of another one after `step` updates, with this experiment. */
export interface BranchRequest {
  step: number;
  experiment: Experiment;
  request_id: string;
  play?: boolean;
  steps_per_second?: number | null;
}

/** Start 2 to 4 runs that play from the same moment on, once all of them are built. */
export interface RaceRequest {
  experiments: Experiment[];
  request_id: string;
  steps_per_second?: number | null;
}

/**
 * One command to a run, taken at the next step boundary.
 *
 * `play`, `pause`, `step_batch`, `step_epoch`, `stop`; `phase` runs one of the five;
 * `restore` goes back to the last good state after a divergence.
 */
export interface Command {
  do: "play" | "pause" | "step_batch" | "step_epoch" | "stop" | "restore";
}

export interface PhaseCommand {
  do: "phase";
  phase: Phase;
}

export interface LearningRateCommand {
  do: "set_lr";
  lr: number;
}

/** `steps_per_second` null is as fast as possible. */
export interface SpeedCommand {
  do: "set_speed";
  steps_per_second: number | null;
}

/** Go to the state after `step` updates, back or forth, and pause there. */
export interface SeekCommand {
  do: "seek";
  step: number;
}

/**
 * Set one number of a weight or bias, named as in the model's `state_dict` (`0.weight`).
 *
 * In the middle of a step, that step begins again with the new number.
 */
export interface EditCommand {
  do: "edit";
  parameter: string;
  index: number[];
  value: number;
}

/**
 * Make a unit of a layer's output (a neuron, a channel) zero from now on, or let it speak again.
 *
 * `layer` is the id of the row.
 */
export interface MuteCommand {
  do: "mute";
  layer: string;
  unit: number;
  on: boolean;
}

/** Rows in the units of the data as shown (before any standardising). */
export interface PredictRequest {
  inputs: number[][];
}

/** Follow one sample through the model. `units` says by layer id of which output the formula is wanted. */
export interface SampleRequest {
  index: number;
  split?: "training" | "validation";
  units?: Record<string, number>;
}

/**
 * Work on the loss surface of a run for a moment, and show it as far as it is.
 *
 * `again` begins a new one around the present weights; other directions or another seed do so too.
 */
export interface SurfaceRequest {
  directions?: "random" | "path";
  seed?: number;
  again?: boolean;
}

/** Export `experiment`; with `run`, what was done by hand during it is replayed or named. */
export interface ScriptRequest {
  experiment: Experiment;
  flavour: "torch" | "engine";
  run?: string | null;
}

/** What a client has of one curve: bucket width and how many buckets are complete. */
export interface CurveCursor {
  width: number;
  count: number;
}

/**
 * Socket event `subscribe`: watch a run, from what the client already has.
 *
 * Of the views only those named are sent; null is all of them. `seq` says that the client has these views
 * as they were in that frame. `opened` is as in `Watch`.
 */
export interface Subscribe {
  run: string;
  seq?: number;
  curves?: Record<string, CurveCursor>;
  views?: string[] | null;
  opened?: boolean;
}

/**
 * Socket event `watch`: from now on these are the views of a subscribed run that the client shows.
 *
 * What no client shows is not measured. `opened` says that the client has the run in its Model workspace,
 * even while no view is on the screen: it is the last to make room for others.
 */
export interface Watch {
  run: string;
  views: string[];
  opened?: boolean;
}

/**
 * One layer's output for the sample, in evaluation mode: `shape` without the batch, `values` in C order.
 *
 * At most 4,096 values. `formula` is how the layer makes output number `unit`, `numbers` the same with the
 * sample's own. `gradient_norm` is that of the sample's own loss over this layer's parameters, and
 * `gradient_share` its part of the sum of these norms over its batch; null for a layer without parameters.
 */
export interface SampleStage {
  id: string;
  name: string;
  shape: number[];
  values: (number | null)[];
  unit: number;
  formula: string;
  numbers: string;
  gradient_norm: number | null;
  gradient_share: number | null;
}

/** Where a training sample is in this epoch: in batch `batch` (from 0) at `place` of `size`. */
export interface SamplePlace {
  batch: number;
  batches: number;
  place: number;
  size: number;
}

/**
 * One sample's way through the model of this moment.
 *
 * `input` is what the model takes (standardised), `truth` a class index or a value in the data's units.
 * `place` is null for a held-out sample, and where the order of the epoch is not known: before its first
 * step, and for a streaming set. The shares are null without a batch, or where it is too large to be asked
 * for each sample (more than 256).
 */
export interface SampleReply {
  step: number;
  index: number;
  split: "training" | "validation";
  shape: number[];
  input: (number | null)[];
  stages: SampleStage[];
  truth: number;
  predicted: number | null;
  probabilities: (number | null)[] | null;
  classes: string[];
  loss: number | null;
  loss_formula: string;
  place: SamplePlace | null;
  gradient_norm: number | null;
  gradient_share: number | null;
}

/**
 * One parameter's check: the element where the two gradients differ most for their size.
 *
 * `checked` of its `elements` were compared, all or a random selection; `error` is
 * |analytic − numerical| / (1e-5 + 1e-3 · |numerical|), and more than 1 is a failure.
 */
export interface GradcheckParameter {
  layer: string;
  name: string;
  parameter: string;
  index: number[];
  analytic: number | null;
  numerical: number | null;
  error: number | null;
  passed: boolean;
  checked: number;
  elements: number;
}

/**
 * The loss on a plane through the weights after `step` updates, as far as it is worked out.
 *
 * `losses[j][i]` is the loss at `first[i]`, `second[j]`; null where it is not finite or not there yet.
 * Points come coarse to fine; `done` is their share. The origin is the model itself. `path` has for each
 * known moment of the run its step, its place along both directions, and its loss. `shares` says how much of
 * the path's variance each direction explains, null where they are random.
 */
export interface SurfaceReply {
  step: number;
  directions: "random" | "path";
  shares: [number, number] | null;
  done: number;
  first: number[];
  second: number[];
  losses: ((number | null)[])[];
  path: ([number, number, number, number | null])[];
}

/**
 * The gradients of the present batch held against central differences, in float64 on a copy.
 *
 * Dropout drops the same units in every pass. It takes at most about two seconds; `seconds` is how long.
 */
export interface GradcheckReply {
  step: number;
  samples: number;
  passed: boolean;
  parameters: GradcheckParameter[];
  seconds: number;
}

/** An array in C order, little-endian, `offset` bytes into the frame's `blob` (a multiple of 8). */
export interface WireArray {
  dtype: "f4" | "f8" | "i4" | "u1";
  shape: number[];
  offset: number;
}

/** Counts i4 in bins of equal width from `low` to `high`. */
export interface Histogram {
  low: number;
  high: number;
  counts: WireArray;
}

/**
 * The corner of an array that is too large to show, and facts about all of it.
 *
 * `shape` is the whole array's; `values` f4 [rows, columns] its first samples (or rows), each
 * flattened, cut. `mean`, `std` (biased), `low`, `high` are over all finite values, null where there are
 * none; `finite` is false where some are not.
 */
export interface Corner {
  shape: number[];
  values: WireArray;
  mean: number | null;
  std: number | null;
  low: number | null;
  high: number | null;
  finite: boolean;
}

/**
 * One named number of an explanation, and how it is made; `how` and `numbers` are empty for what is just
 * there.
 *
 * `exp_avg`, −0.0034, `β₁ · exp_avg + (1 − β₁) · gradient`, `0.9 · −0.012 + 0.1 · 0.074`.
 */
export interface Term {
  name: string;
  value: number | null;
  how: string;
  numbers: string;
}

/** The gradient of one parameter (`weight`, `bias`) since the last `zero_grad`. */
export interface ParameterGradient {
  name: string;
  gradient: Corner;
}

/**
 * One layer in the step under way; null where the phases so far have not come to it.
 *
 * `output` is what it made of the training batch (dropout and all); `output_gradient` the gradient of the
 * loss with respect to that, of the last backward alone. `gradients` are those of its parameters.
 */
export interface StepLayer {
  id: string;
  name: string;
  output: Corner | null;
  output_gradient: Corner | null;
  gradients: ParameterGradient[];
}

/**
 * One sample's part of the loss, written out.
 *
 * `sample` is its position in the training set (in the batch, for a stream), `output` what the model said
 * (at most 16 numbers), `target` the class index or value, `value` its loss before the reduction, `written`
 * the formula with the numbers put in: `−log(0.83) = 0.186`.
 */
export interface LossTerm {
  sample: number;
  output: (number | null)[];
  target: number;
  value: number | null;
  written: string;
}

/**
 * The loss of the batch, written out.
 *
 * `formula` is that of one sample; `reduction` says how `count` samples' terms become `value`, `sum` is the
 * formula of that with numbers in it. `values` f4 [≤ 1,024] are the samples' terms, `terms` the 8 largest.
 */
export interface LossView {
  name: string;
  formula: string;
  reduction: string;
  count: number;
  value: number | null;
  sum: string;
  values: WireArray;
  terms: LossTerm[];
}

/**
 * What `step` did to one parameter, and why, at the element that changed most.
 *
 * `index` is that element's; `terms` lead from the gradient to the change, in the order in which the
 * optimizer works them out, for the 32 parameters with the largest change of one element. `moved` is the
 * norm of the whole change, `changed` the share of elements that changed at all. `before` and `after`
 * f4 [rows, columns] are the same corner of the parameter. Null is not finite.
 */
export interface ParameterUpdate {
  layer: string;
  name: string;
  shape: number[];
  index: number[];
  old: number | null;
  new: number | null;
  terms: Term[];
  moved: number | null;
  changed: number;
  before: WireArray;
  after: WireArray;
}

/** What `clip_grad_norm_` was given: the `norm` of all gradients together, and the `limit` for it. */
export interface Clipped {
  norm: number | null;
  limit: number;
}

/**
 * What each phase of the step under way has changed so far.
 *
 * `step` is the number of the update that it makes, from 1; `phase` the last phase that was run.
 * `backwards` counts the backwards whose gradients have piled up since the last `zero_grad`: 1 is usual.
 * `clipped` is null where the update did not clip; gradients of a finished step are those it followed.
 * `note` says in a sentence what is out of the ordinary (gradients piling up, a step without gradients).
 * `recorded` is false where the step was taken before anybody watched: then only counters are true.
 */
export interface StepView {
  step: number;
  phase: Phase | null;
  backwards: number;
  note: string;
  clipped: Clipped | null;
  recorded: boolean;
  layers: StepLayer[];
  loss: LossView | null;
  updates: ParameterUpdate[];
}

/**
 * A layer's histograms over time: `counts` u1 [times, bins], each row scaled so that its most is 255.
 *
 * `steps` i4 [times], `low` and `high` f4 [times]: the range of each row's bins.
 */
export interface ActivationHistory {
  steps: WireArray;
  low: WireArray;
  high: WireArray;
  counts: WireArray;
}

/**
 * What one layer makes of the probe batch, in evaluation mode.
 *
 * `zero` is the share of zeros. `dead` (ReLU) is the share of its units that are zero for every sample,
 * `dead_units` u1 [units ≤ 256] which ones. `saturated` (Tanh, Sigmoid) is the share of outputs in
 * the outer 2.5 % at either end of the range. `gradient` is the root mean square of the loss's gradient with
 * respect to this output: where it is tiny towards the front, gradients vanish. `weight_gradient` is the
 * root mean square of what the run's last backward left in `.grad` of the layer's parameters.
 */
export interface ActivationLayer {
  id: string;
  name: string;
  shape: number[];
  low: number | null;
  high: number | null;
  mean: number | null;
  std: number | null;
  zero: number | null;
  dead: number | null;
  dead_units: WireArray | null;
  saturated: number | null;
  gradient: number | null;
  weight_gradient: number | null;
  histogram: Histogram | null;
  history: ActivationHistory | null;
}

/**
 * Every layer's activations on `samples` held-out samples. `vanishing` names the layer ids whose gradient
 * is less than a thousandth of what it is in a later layer.
 */
export interface ActivationsView {
  samples: number;
  layers: ActivationLayer[];
  vanishing: string[];
}

/**
 * The weights of one layer as an image, or what it makes of the chosen sample as images.
 *
 * `kind` `matrix`: `weight` f4 [out, in]; `filters`: `weight` f4 [filters, channels, height, width]; `maps`:
 * no weights, only maps. `weight_shape` is the whole. `low` and `high` are over the whole weight.
 * `maps` f4 [channels, height, width]; `map_shape` is the whole, `map_low` and `map_high` over the whole.
 */
export interface FilterLayer {
  id: string;
  name: string;
  kind: "matrix" | "filters" | "maps";
  weight: WireArray | null;
  weight_shape: number[];
  low: number | null;
  high: number | null;
  maps: WireArray | null;
  map_shape: number[];
  map_low: number | null;
  map_high: number | null;
}

/**
 * Weights and feature maps of one sample. `sample` is its position in the set `of`.
 *
 * `input` f4 [height, width] for images, [features ≤ 64] else, as the model gets it. `low`, `high`,
 * `map_low` and `map_high` are over all layers: the global scale.
 */
export interface FiltersView {
  sample: number;
  of: "validation" | "training";
  input: WireArray;
  low: number | null;
  high: number | null;
  map_low: number | null;
  map_high: number | null;
  layers: FilterLayer[];
}

/**
 * One Linear layer of a small dense network, its units seen after the activations that follow it.
 *
 * `id` and `name` are the Linear's, `activation` the name of the last activation that follows (empty: none).
 * `units` is how many there are, the arrays have the first ones. `pictures` u1 [units, side, side], row 0 at
 * the top: 128 is 0, and ±127 is ±`scale` f4 [units]. `weight` and `weight_gradient` f4 [units, inputs], of
 * the units of the layer before (for the first: the features); `bias` and `bias_gradient` f4 [units].
 */
export interface NeuronLayer {
  id: string;
  name: string;
  activation: string;
  units: number;
  pictures: WireArray;
  scale: WireArray;
  weight: WireArray;
  weight_gradient: WireArray | null;
  bias: WireArray | null;
  bias_gradient: WireArray | null;
}

/**
 * A small dense network over the plane: each unit's own picture, and the edges between units.
 *
 * `x` and `y` are the pictures' ranges in the units of the data. `input_pictures` as `NeuronLayer.pictures`.
 */
export interface NeuronsView {
  x: [number, number];
  y: [number, number];
  features: string[];
  input_pictures: WireArray;
  layers: NeuronLayer[];
}

/**
 * What the optimizer keeps and does for one layer's parameters, all together.
 *
 * `steps` is how many updates they had. `state` are Euclidean norms of what is kept per element (`exp_avg`,
 * `momentum_buffer`, …). `update_norm` and `update_ratio` (over the weights' norm before) are the last
 * measured update's. `effective_low`, `effective_median`, `effective_high`: |change| ÷ |gradient| over the
 * elements with a gradient, the learning rate each element really had in the last update.
 */
export interface OptimizerLayer {
  id: string;
  name: string;
  steps: number;
  state: Record<string, number | null>;
  weight_norm: number | null;
  gradient_norm: number | null;
  update_norm: number | null;
  update_ratio: number | null;
  effective_low: number | null;
  effective_median: number | null;
  effective_high: number | null;
}

/**
 * The optimizer of this moment. `options` are its own besides `lr`.
 *
 * `healthy` is the band in which update-to-weight ratios usually lie, `healthy_source` who says so.
 */
export interface OptimizerView {
  type: string;
  lr: number;
  options: Record<string, number | boolean | string | number[] | null>;
  healthy: [number, number];
  healthy_source: string;
  layers: OptimizerLayer[];
}

/**
 * The model asked in one mode: `output` f4 [rows ≤ 8, columns ≤ 16] for the first rows of the batch.
 *
 * `grad_fn` is the node that made it, null without a tape.
 */
export interface ModeOutcome {
  mode: "train()" | "eval()" | "no_grad()";
  output: WireArray | null;
  grad_fn: string | null;
}

/**
 * A layer that works differently in `train()` and `eval()`; null where its kind has no such thing.
 *
 * Dropout: `p`, `mask` u1 [rows ≤ 8, units ≤ 64] of the last training forward (1 kept, 0 dropped), `kept`
 * the share of all units kept in it. Batch norm: `momentum`, `batches` tracked, running statistics and those
 * of the last training batch, f4 [channels ≤ 64] each (`batch_var` biased, as the forward uses it).
 */
export interface ModeLayer {
  id: string;
  name: string;
  kind: "dropout" | "batch norm";
  p: number | null;
  kept: number | null;
  mask: WireArray | null;
  momentum: number | null;
  batches: number | null;
  running_mean: WireArray | null;
  running_var: WireArray | null;
  batch_mean: WireArray | null;
  batch_var: WireArray | null;
}

/**
 * The model in `train()`, `eval()` and under `no_grad()`, for the last training batch.
 *
 * The `train()` outcome is the recorded one: nothing is drawn again. Where no step was recorded it is
 * `rehearsed`: made now with the last batch, and undone. `difference` is the largest between
 * `train()` and `eval()` over the rows shown. `layers` are those that make it, empty where none does.
 */
export interface ModesView {
  training: boolean;
  rehearsed: boolean;
  step: number;
  difference: number | null;
  outcomes: ModeOutcome[];
  layers: ModeLayer[];
}

/**
 * One layer at this moment; null where a layer has no parameters or nothing was computed yet.
 *
 * `strip` is a window [rows ≤ 4, columns ≤ 32] of its output on the probe batch, f4.
 */
export interface LayerView {
  id: string;
  name: string;
  weight_norm: number | null;
  gradient_norm: number | null;
  update_ratio: number | null;
  weights: Histogram | null;
  gradients: Histogram | null;
  strip: WireArray | null;
}

/**
 * The model over the plane, row 0 at the top (largest y).
 *
 * Classification: `winner` u1 class index and `confidence` f4 in [0, 1]; regression: `value` f4.
 */
export interface BoundaryView {
  x: [number, number];
  y: [number, number];
  winner: WireArray | null;
  confidence: WireArray | null;
  value: WireArray | null;
}

/** 1-D regression: the model's line, and slope and intercept where the model is one line. */
export interface FitView {
  x: WireArray;
  y: WireArray;
  slope: number | null;
  intercept: number | null;
}

/** Validation samples (training ones where none are held out): rows true, columns predicted, i4. */
export interface ConfusionView {
  classes: string[];
  counts: WireArray;
  of: "validation" | "training";
}

/**
 * Some validation samples with the model's answer.
 *
 * Images: `images` u1 [n, h, w]. `truth` and `predicted` are f4 (class index or value).
 */
export interface PredictionsView {
  images: WireArray | null;
  truth: WireArray;
  predicted: WireArray;
  confidence: WireArray | null;
}

/**
 * The first rows of the current batch, at most 64, as the data set has them.
 *
 * `x` f4 [rows, features ≤ 64] in the units of the data; null for images, which are `images`
 * u1 [rows, h, w]. `y` f4 [rows]: class index or value.
 */
export interface BatchRows {
  x: WireArray | null;
  images: WireArray | null;
  y: WireArray;
}

/**
 * The batch that the last phase worked on, and the DataLoader that gave it.
 *
 * `index` is its number in the epoch, from 0, `of` the batches of an epoch, `size` its samples, `samples`
 * their positions in the training set, i4 (empty for a stream). `samples_in_set` is 0 for a stream.
 * Batches have `batch_size` samples, the last of an epoch `last_size`; `dropped` samples are left out of
 * each epoch by `drop_last`. `order` i4, at most 1,024: the positions as this epoch's sampler gives them,
 * from its place `order_start` on, so that the current batch lies inside; null before the first batch and
 * for a stream. `epoch` is the number of the epoch under way, from 1; `step` the finished updates;
 * `samples_seen` the samples of all batches taken so far, this one included. `note` says why this batch is
 * shorter than the others, where it is. `rows` is null before the first batch.
 */
export interface BatchView {
  index: number;
  of: number;
  size: number;
  samples: WireArray;
  style: "map" | "iterable" | "stream";
  shuffle: boolean;
  drop_last: boolean;
  workers: number;
  samples_in_set: number;
  batch_size: number;
  last_size: number;
  dropped: number;
  epoch: number;
  step: number;
  samples_seen: number;
  note: string;
  order: WireArray | null;
  order_start: number;
  rows: BatchRows | null;
}

/** Only what changed since the client's last frame, and what somebody watches; the rest is null. */
export interface Views {
  layers: LayerView[] | null;
  boundary: BoundaryView | null;
  fit: FitView | null;
  confusion: ConfusionView | null;
  predictions: PredictionsView | null;
  batch: BatchView | null;
  step: StepView | null;
  activations: ActivationsView | null;
  filters: FiltersView | null;
  neurons: NeuronsView | null;
  optimizer: OptimizerView | null;
  modes: ModesView | null;
  advice: Advice[] | null;
}

/**
 * Buckets `start` … of a curve of `total` buckets; each column is f8 of the same length.
 *
 * `width` is the number of steps a bucket spans; when it differs from the client's, `start` is 0.
 */
export interface CurveDelta {
  width: number;
  start: number;
  total: number;
  step: WireArray;
  min: WireArray;
  mean: WireArray;
  max: WireArray;
  last: WireArray;
}

/**
 * Steps that were made again, from the kept state after `since` updates on.
 *
 * `equal` says whether each of their losses was the one of the first time, bit for bit.
 */
export interface Repeated {
  since: number;
  equal: boolean;
}

/**
 * Counters. `epoch` is the number of finished epochs, `step` of finished optimizer updates.
 *
 * `backwards` is how often `backward` ran since the last `zero_grad`: more than one, and gradients have
 * piled up. `muted` has the silent units of each layer that has some, by layer id.
 *
 * `furthest` is the most updates that the run has made: where `step` is less, it looks back. `seeking` is
 * the step it is on its way to, `kept` those whose state is kept, so that they are reached at once.
 * `samples`, `seconds` and `cpu_seconds` are what it has spent, as in `protocol.families.Spent`.
 */
export interface Progress {
  epoch: number;
  step: number;
  epochs: number;
  phase: Phase | null;
  steps_per_second: number | null;
  lr: number;
  speed: number | null;
  backwards: number;
  muted: Record<string, number[]>;
  furthest: number;
  seeking: number | null;
  kept: number[];
  repeated: Repeated | null;
  samples: number;
  seconds: number;
  cpu_seconds: number;
}

/**
 * One frame of one run; `seq` grows. `scalars`: `training loss`, `validation loss`, `accuracy`, `r2`.
 *
 * `curves` has the same names, `learning rate`, and for each layer with parameters
 * `gradient norm/<layer id>`, `weight norm/<layer id>` and `update ratio/<layer id>`; only curves and views
 * that changed are sent. Gradient norms are those that the update followed; where it clips them,
 * `gradient norm before clipping` is that of all gradients together before.
 */
export interface Frame {
  protocol: number;
  run: string;
  seq: number;
  state: RunState;
  problem: Problem | null;
  progress: Progress;
  scalars: Record<string, number | null>;
  curves: Record<string, CurveDelta>;
  views: Views;
  blob: ArrayBuffer;
}

/**
 * One setting that two experiments have not in common, in words.
 *
 * `where` is its path in the experiment (`optimizer/args/lr`; of a layer `layers/<id>/…`), `label` what the
 * page calls it; `here` and `there` its values, null where it does not exist.
 */
export interface Difference {
  where: string;
  label: string;
  here: string | null;
  there: string | null;
}

/**
 * What a run did itself: a branch does not count what its parent did, and nobody counts repetitions.
 *
 * `seconds` is wall time in steps and evaluations, `cpu_seconds` the processor's. `samples` were taken from
 * the loader, `parameters` are the model's.
 */
export interface Spent {
  steps: number;
  epochs: number;
  samples: number;
  seconds: number;
  cpu_seconds: number;
  parameters: number;
}

/**
 * One run of a session. `step` of `furthest` updates: fewer, and it looks back.
 *
 * `differences` are those to its parent, or to the first run of its race.
 */
export interface RunSummary {
  run: string;
  name: string;
  state: RunState;
  experiment: Experiment;
  parent: string | null;
  branched_at: number;
  race: string | null;
  step: number;
  furthest: number;
  epoch: number;
  epochs: number;
  scalars: Record<string, number | null>;
  differences: Difference[];
  spent: Spent;
}

/** The runs of this session that are still known, oldest first. */
export interface RunsReply {
  runs: RunSummary[];
}

/** A race: its id, and its runs in the order of the experiments. */
export interface RaceReply {
  race: string;
  runs: RunReply[];
}

/** Which part of a tensor to show: an index for each leading dimension, and the first row and column. */
export interface GridWindow {
  slices?: number[];
  row?: number;
  column?: number;
}

/** Run a program from the start. `windows` are by card name; `gradcheck` names a scalar result. */
export interface TensorsRequest {
  code: string;
  windows?: Record<string, GridWindow>;
  gradcheck?: string | null;
}

/** Where one element of a call's result comes from; `output` says which result, if several. */
export interface ExplainRequest {
  code: string;
  call: number;
  element: number[];
  output?: number;
}

/** The derivative of one node of the tape, with its numbers. */
export interface VjpRequest {
  code: string;
  node: number;
}

/** Which ops take these tensors of the program, in this order. */
export interface FitRequest {
  code: string;
  names: string[];
}

/** Make a table of two tensors: `x` of shape (N, features), `y` of shape (N,) or (N, 1). */
export interface UseAsDataRequest {
  code: string;
  x: string;
  y: string;
}

/** Bring tensors of a run here: a layer's weights, gradients and output, or the current batch. */
export interface InspectRequest {
  what: "layer" | "batch";
  layer?: string | null;
}

/** Something wrong at a place in the program: it stopped there, unless `severity` is `warning`. */
export interface CodeProblem {
  line: number;
  column: number;
  end_line: number;
  end_column: number;
  message: string;
  fix: string | null;
  severity: "error" | "warning";
}

/**
 * A window of a tensor's last two dimensions.
 *
 * `value[i][j]` is the element at `[*slices, row + i, column + j]`; a vector is one row, a number 1 × 1.
 * `low` and `high` are the least and the greatest finite element of the whole tensor.
 */
export interface Grid {
  slices: number[];
  row: number;
  column: number;
  value: ((boolean | number | string)[])[];
  low: number | null;
  high: number | null;
}

/**
 * One name of the program as it is at the end. What is no tensor has its `text` only.
 *
 * Equal `storage` is shared memory; `elements` are the places in it of what `value` shows, counted in
 * elements. `parameter` is a parameter of a module, under a name like `layer.weight`. `line` is where the
 * name was last given its value.
 */
export interface TensorCard {
  name: string;
  line: number;
  kind: "tensor" | "parameter" | "module" | "optimizer" | "number" | "text" | "list" | "dtype" | "other";
  text: string;
  shape: number[];
  dtype: string;
  stride: number[];
  offset: number;
  contiguous: boolean;
  requires_grad: boolean;
  is_leaf: boolean;
  grad_fn: string | null;
  version: number;
  storage: number | null;
  storage_size: number;
  elements: number[][];
  value: Grid | null;
  grad: Grid | null;
  grad_text: string | null;
  base: string | null;
  relation: "view of" | "copy of" | "same as" | null;
}

/** A tensor that a call took or gave, as it was right after the call; `name` where it had one. */
export interface Operand {
  name: string | null;
  shape: number[];
  dtype: string;
  storage: number;
  value: Grid;
}

/**
 * How shapes were stretched over each other, aligned from the right.
 *
 * `shapes[i][axis]` is null where input `i` has no such axis; `stretched[i][axis]` where it was repeated.
 * `clash` is the axis on which they do not go together; `result` is null then.
 */
export interface Broadcast {
  shapes: ((number | null)[])[];
  stretched: boolean[][];
  result: number[] | null;
  clash: number | null;
}

/**
 * One op that the program ran, or tried to (`error`). `text` is the code that called it.
 *
 * `dims` are the dimensions it reduces or works along, as non-negative numbers; `wrote` the names whose
 * values an in-place write changed.
 */
export interface Call {
  id: number;
  line: number;
  column: number;
  end_line: number;
  end_column: number;
  text: string;
  op: string;
  kind: CallKind;
  inputs: Operand[];
  outputs: Operand[];
  broadcast: Broadcast | null;
  dims: number[];
  keepdim: boolean;
  wrote: string[];
  error: string | null;
}

/** A value that a node keeps for its derivative. */
export interface Saved {
  name: string;
  shape: number[];
  text: string;
}

/**
 * One node of the autograd graph: an op under its `grad_fn` name, or a leaf where gradients end.
 *
 * `names` are those that hold its result; `line` is 0 where the program did not name it. `grad` is the
 * gradient that arrived.
 */
export interface TapeNode {
  id: number;
  name: string;
  op: string;
  leaf: boolean;
  names: string[];
  line: number;
  shape: number[];
  saved: Saved[];
  formula: string;
  grad: Grid | null;
}

/** The way of a gradient from a node (`source`) to what made its input number `input` (`target`). */
export interface TapeEdge {
  source: number;
  target: number;
  input: number;
  shape: number[];
  gradient: Grid | null;
  note: string | null;
}

/**
 * The graph behind the last `backward()`, or behind the newest result that has one.
 *
 * `ran` says whether the program called `backward()` on it; gradients are there in both cases where the
 * root has one element. `order` is the order in which backward visits the nodes.
 */
export interface Tape {
  root: number;
  line: number;
  ran: boolean;
  nodes: TapeNode[];
  edges: TapeEdge[];
  order: number[];
  left_out: number;
}

/** One leaf's gradient held against finite differences; `checked` is how many of its elements. */
export interface LeafCheck {
  name: string;
  ok: boolean;
  checked: number;
  difference: number | null;
  analytic: Grid;
  numerical: Grid;
}

/** The gradients of a result with respect to every leaf, analytic and numerical, in float64. */
export interface GradientCheck {
  name: string;
  ok: boolean;
  leaves: LeafCheck[];
  message: string;
}

/** What a `print` wrote. */
export interface Printed {
  line: number;
  text: string;
}

/** A program that ran, as far as it did. `script` is the same as a PyTorch script. */
export interface TensorsReply {
  tensors: TensorCard[];
  calls: Call[];
  tape: Tape | null;
  output: Printed[];
  problems: CodeProblem[];
  script: string;
  gradcheck: GradientCheck | null;
  notes: string[];
  seconds: number;
}

/** The elements of input number `input` that an element came from; `count` is how many there are. */
export interface Source {
  input: number;
  indices: number[][];
  count: number;
}

/** An element of a result: what it was made of, with the arithmetic written out. */
export interface ExplainReply {
  call: number;
  element: number[];
  value: boolean | number | string;
  formula: string;
  arithmetic: string;
  sources: Source[];
}

/** The gradient that one input of a node gets. */
export interface VjpInput {
  input: number;
  target: number;
  arithmetic: string;
  gradient: Grid | null;
}

/** The derivative of a node: its formula, our source of it, and its numbers. */
export interface VjpReply {
  node: number;
  name: string;
  formula: string;
  source: string;
  incoming: Grid | null;
  inputs: VjpInput[];
}

/** One op of the palette. `code` is a line to insert, with `{0}`, `{1}`, `{2}` for its tensors. */
export interface TensorOp {
  name: string;
  signature: string;
  help: string;
  least_inputs: number;
  most_inputs: number;
  code: string;
}

/** Ops that belong together. */
export interface OpGroup {
  name: string;
  ops: TensorOp[];
}

/** The palette: ways to make a tensor first, then the ops of the engine's registry. */
export interface TensorOps {
  groups: OpGroup[];
}

/** Whether an op of the palette takes the tensors chosen, and if not, why. */
export interface OpFit {
  name: string;
  fits: boolean;
  reason: string;
}

/** All ops of the palette that take as many tensors as were chosen. */
export interface FitReply {
  ops: OpFit[];
}

/** Tensors of a run as lines of code, with their exact values, and what was cut. */
export interface InspectReply {
  code: string;
  notes: string[];
}

/** A row of the stack. */
export interface FoundLayer {
  id: string;
  name: string;
}

/** Counts in bins of equal width from `low` to `high`, of finite numbers. */
export interface Bins {
  low: number;
  high: number;
  counts: number[];
}

/**
 * A tensor at the scene: an input of the culprit, or its result.
 *
 * `smallest` and `largest` are of its finite numbers, null where there are none; `not_finite` counts the
 * others. `values` is a window of it as a table [rows][columns]: last dimension across, all others down.
 * `row` and `column` are the place of its corner in that table, `marked` the place of the number that
 * mattered, `at` the same as an index of the tensor.
 */
export interface FoundTensor {
  name: string;
  shape: number[];
  dtype: string;
  smallest: number | null;
  largest: number | null;
  not_finite: number;
  values: ((boolean | number | string)[])[];
  row: number;
  column: number;
  marked: [number, number];
  at: number[];
  histogram: Bins | null;
}

/**
 * One call of the failing step. `largest` is the largest absolute number in its result, null where that
 * is not finite. `times` says how often it came in a row; numbers are those of the largest of them.
 */
export interface ChainCall {
  phase: Phase;
  layer: FoundLayer | null;
  op: string;
  largest: number | null;
  times: number;
}

/**
 * One step on the way there: its loss, the norm of all its gradients together, the largest weight after
 * it; null where not finite.
 */
export interface ChainStep {
  step: number;
  loss: number | null;
  gradient: number | null;
  weight: number | null;
}

/** A fix with its reason; `tried` says what a trial of it from the last good state gave, empty without. */
export interface WayOut {
  fix: Fix;
  reason: string;
  tried: string;
}

/**
 * The first number that was not finite.
 *
 * `step` is the number of the update (from 1) in which it came about, in `phase`; `layer` is null in the
 * loss and for the batch. `op` is PyTorch's name of the call and `line` its code, `result` what of its
 * results it was; `value` stands at `index`, `count` of `size` numbers there are not finite. `arithmetic`
 * says in words how the number was made. `headline` is the finding in one sentence, `explanation` the rest:
 * how it was noticed, what it means. `chain` are the calls of that step up to this one, `before` the steps
 * that led to it. `last_good` is the step whose state can be gone back to.
 */
export interface FindingReply {
  step: number;
  phase: Phase;
  layer: FoundLayer | null;
  op: string;
  line: string;
  result: string;
  value: "inf" | "-inf" | "nan";
  index: number[];
  count: number;
  size: number;
  arithmetic: string;
  headline: string;
  explanation: string;
  inputs: FoundTensor[];
  output: FoundTensor;
  chain: ChainCall[];
  before: ChainStep[];
  last_good: number;
  ways: WayOut[];
}
