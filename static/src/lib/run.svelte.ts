/** The run being watched: commands go out by REST, what happens comes in by frames. */
import { api, problemsOf, RequestFailed } from "./api";
import { decode, type Decoded } from "./arrays";
import { Buckets } from "./buckets";
import type { CurveColumns } from "./curves";
import { needsRestart } from "./edits";
import { experiment } from "./experiment.svelte";
import { randomId } from "./ids";
import { problem } from "./problems";
import type {
  AnyCommand,
  Data,
  Experiment,
  Frame,
  LayerView,
  Phase,
  Problem,
  Progress,
  RunState,
  Subscribe,
  Views,
} from "./protocol";
import { keep, recall } from "./storage";
import { Line, type Connection } from "./socket";

const STORED = "playground.run";
const GONE = "The server was started anew, and this run ended with the old one. What it drew stays here.";

export type DrawnViews = { [K in keyof Views]: Decoded<NonNullable<Views[K]>> | null };
export type DrawnLayer = Decoded<LayerView>;

const NO_VIEWS: DrawnViews = {
  layers: null,
  boundary: null,
  fit: null,
  confusion: null,
  predictions: null,
  batch: null,
  step: null,
  activations: null,
  filters: null,
  neurons: null,
  optimizer: null,
  modes: null,
};

class RunStore {
  id = $state<string | null>(null);
  state = $state<RunState | "idle">("idle");
  /** What this run was started with. */
  experiment = $state.raw<Experiment | null>(null);
  progress = $state.raw<Progress | null>(null);
  scalars = $state.raw<Record<string, number | null>>({});
  /** Curves by their name on the wire. */
  curves = $state.raw<Record<string, CurveColumns>>({});
  views = $state.raw<DrawnViews>(NO_VIEWS);
  /** What the run itself reports. */
  #trouble = $state.raw<Problem | null>(null);
  /** Why the last command was refused. */
  #refusal = $state.raw<Problem | null>(null);
  connection = $state<Connection>("connecting");
  /** Steps per second the person chose; undefined follows the experiment's default. */
  #chosenSpeed = $state<number | null | undefined>(undefined);
  #sentLr: number | null = null;
  #seq = 0;
  /** Frames below this were made before the last command was answered. */
  #settled = 0;
  #buckets = new Map<string, Buckets>();
  #line: Line | null = null;
  /** The start under way: commands wait for it. */
  #starting: Promise<void> | null = null;
  /** Settles when every command given so far is answered. */
  #commands: Promise<void> = Promise.resolve();
  /** Commands under way that say whether it runs: a frame may still tell of the time before them. */
  #expecting = 0;

  readonly problem = $derived(this.#refusal ?? this.#trouble);
  readonly running = $derived(this.state === "running" || this.state === "starting");
  /** It takes commands. */
  readonly alive = $derived(this.running || this.state === "paused");
  readonly layers = $derived(new Map((this.views.layers ?? []).map((view) => [view.id, view])));
  /** What was edited since the start and waits for a restart. */
  readonly outdated = $derived(
    this.alive && this.experiment ? needsRestart(this.experiment, experiment.current) : [],
  );
  readonly speed = $derived(
    this.#chosenSpeed === undefined ? (experiment.check?.default_speed ?? null) : this.#chosenSpeed,
  );

  /** Opens the line, and goes on watching the run this page watched before a reload. */
  async connect(): Promise<void> {
    this.#line = new Line({
      connection: (state) => this.#connected(state),
      frame: (frame) => this.#take(frame),
      refused: (id) => this.#gone(id),
      resume: () => this.#wish(),
    });
    const known = recall(STORED, "tab");
    if (known === null) return;
    const reply = await api.run(known).catch(() => null);
    const meanwhile = this.state !== "idle";
    if (!reply || meanwhile || reply.experiment.data.name !== experiment.current.data.name) return;
    this.#watch(reply.run, reply.experiment, reply.state as RunState);
  }

  /** Goes on, or starts anew where there is nothing to go on with. */
  async play(): Promise<void> {
    if (this.#canGoOn) await this.#command({ do: "play" }, "running");
    else await this.start(true);
  }

  pause(): Promise<void> {
    return this.#command({ do: "pause" }, "paused");
  }

  async stepBatch(): Promise<void> {
    await this.#step({ do: "step_batch" });
  }

  async stepEpoch(): Promise<void> {
    await this.#step({ do: "step_epoch" });
  }

  async phase(phase: Phase): Promise<void> {
    await this.#step({ do: "phase", phase });
  }

  /** Back to step 0 with the same seed: the same curve again. */
  async reset(): Promise<void> {
    if (experiment.obstacle) await this.stop();
    else await this.start(false);
  }

  restore(): Promise<void> {
    return this.#command({ do: "restore" }, "paused");
  }

  /** Ends the run and forgets what it drew. */
  async stop(): Promise<void> {
    if (this.#starting) await this.#starting;
    const id = this.alive || this.state === "diverged" ? this.id : null;
    this.#clear();
    this.state = "idle";
    if (id) await api.command(id, { do: "stop" }).catch(() => undefined);
  }

  /** Starts a run of the present experiment in place of the one before. */
  start(play: boolean): Promise<void> {
    const starting = this.#startAfter(this.#starting, experiment.current, play).finally(() => {
      if (this.#starting === starting) this.#starting = null;
    });
    this.#starting = starting;
    return starting;
  }

  /** One start at a time: a run that is replaced must be known by its id. */
  async #startAfter(before: Promise<void> | null, started: Experiment, play: boolean): Promise<void> {
    this.state = "starting";
    if (before) await before;
    const replaces = this.id;
    this.#clear();
    this.state = "starting";
    this.experiment = started;
    this.#sentLr = this.learningRate;
    try {
      const reply = await api.start({
        experiment: started,
        request_id: randomId(16),
        play,
        steps_per_second: this.speed,
        replaces,
      });
      this.#watch(reply.run, started, this.state);
    } catch (error) {
      this.state = "idle";
      this.#refusal = problemsOf(error)[0]!;
    }
  }

  get learningRate(): number | null {
    const { type, args } = experiment.current.optimizer;
    const entry = experiment.catalog?.optimizers.find((optimizer) => optimizer.type === type);
    const value = args.lr ?? entry?.parameters.find(({ name }) => name === "lr")?.default;
    return typeof value === "number" ? value : null;
  }

  /** Hands a new learning rate to a run under way; it takes it at the next step. */
  followLearningRate(lr: number | null): void {
    if (!this.alive || this.id === null || lr === null || lr === this.#sentLr) return;
    this.#sentLr = lr;
    void this.#command({ do: "set_lr", lr });
  }

  /** A run ends with its data: what it drew says nothing about another set. */
  followData({ name, csv }: Data): void {
    const before = this.experiment?.data;
    if (!before || (before.name === name && before.csv?.sha256 === csv?.sha256)) return;
    this.#chosenSpeed = undefined;
    void this.stop();
  }

  setSpeed(speed: number | null): void {
    this.#chosenSpeed = speed;
    if (this.alive) void this.#command({ do: "set_speed", steps_per_second: speed });
  }

  dismiss(): void {
    this.#refusal = null;
    this.#trouble = null;
  }

  get #canGoOn(): boolean {
    return (this.id !== null || this.#starting !== null) && this.alive && this.outdated.length === 0;
  }

  async #step(command: AnyCommand): Promise<void> {
    if (!this.#canGoOn) await this.start(false);
    await this.#command(command);
  }

  /** One command at a time, in the order given; `expected` is shown until the run has answered. */
  async #command(command: AnyCommand, expected?: RunState): Promise<void> {
    const before = this.state;
    if (expected) {
      this.state = expected;
      this.#expecting += 1;
    }
    this.#commands = this.#commands.then(() => this.#send(command)).then((taken) => {
      if (!expected) return;
      this.#expecting -= 1;
      if (!taken && this.state === expected) this.state = before;
    });
    await this.#commands;
  }

  /** Resolves to whether the run took it. */
  async #send(command: AnyCommand): Promise<boolean> {
    if (this.#starting) await this.#starting;
    if (this.id === null) return true;
    try {
      this.#settled = (await api.command(this.id, command)).seq;
      this.#refusal = null;
      return true;
    } catch (error) {
      this.#refusal = problemsOf(error)[0]!;
      if (error instanceof RequestFailed && error.status === 404) this.state = "stopped";
      return false;
    }
  }

  #watch(id: string, of: Experiment, state: RunState | "idle"): void {
    this.id = id;
    this.experiment = of;
    this.state = state;
    keep(STORED, id, "tab");
    const wish = this.#wish();
    if (wish) this.#line?.watch(wish);
  }

  #wish(): Subscribe | null {
    if (this.id === null) return null;
    const curves = Object.fromEntries([...this.#buckets].map(([name, curve]) => [name, curve.cursor]));
    return { run: this.id, seq: this.#seq, curves };
  }

  #connected(connection: Connection): void {
    const back = connection === "connected" && this.connection === "lost";
    this.connection = connection;
    if (back) experiment.recheck();
  }

  #gone(id: string): void {
    if (id !== this.id || !this.alive) return;
    this.state = "stopped";
    this.#trouble = problem(GONE);
  }

  #take(frame: Frame): void {
    if (frame.run !== this.id || frame.seq < this.#seq) return;
    const grown: Record<string, CurveColumns> = {};
    for (const [name, delta] of Object.entries(frame.curves)) {
      const curve = this.#buckets.get(name) ?? new Buckets();
      if (!curve.merge(delta, frame.blob)) return this.#askAgain();
      this.#buckets.set(name, curve);
      grown[name] = curve.columns;
    }
    this.#seq = frame.seq;
    const older = this.#expecting > 0 || frame.seq < this.#settled;
    const overtaken = older && (frame.state === "running" || frame.state === "paused");
    if (!overtaken) this.state = frame.state;
    this.#trouble = frame.problem;
    this.progress = frame.progress;
    this.scalars = frame.scalars;
    this.curves = { ...this.curves, ...grown };
    this.views = { ...this.views, ...present(decode(frame.views, frame.blob)) };
  }

  #askAgain(): void {
    const wish = this.#wish();
    if (wish) this.#line?.watch(wish);
  }

  #clear(): void {
    if (this.id !== null) this.#line?.leave(this.id);
    this.id = null;
    this.experiment = null;
    this.progress = null;
    this.scalars = {};
    this.curves = {};
    this.views = NO_VIEWS;
    this.dismiss();
    this.#seq = 0;
    this.#settled = 0;
    this.#buckets.clear();
    keep(STORED, null, "tab");
  }
}

/** Only what a frame brought: null means unchanged. */
function present(views: object): Partial<DrawnViews> {
  return Object.fromEntries(Object.entries(views).filter(([, view]) => view !== null && view !== undefined));
}

export const run = new RunStore();
