/** The run being watched: commands go out by REST, what happens comes in by frames. */
import { tick } from "svelte";
import { api, problemsOf, RequestFailed } from "./api";
import { needsRestart } from "./edits";
import { experiment } from "./experiment.svelte";
import { randomId } from "./ids";
import { Live, type ViewName } from "./live.svelte";
import { problem } from "./problems";
import type {
  AnyCommand,
  Data,
  EditCommand,
  Experiment,
  Frame,
  MuteCommand,
  Phase,
  Problem,
  RunState,
  Subscribe,
} from "./protocol";
import { SlowMotion } from "./slowmotion.svelte";
import { Line, type Connection } from "./socket";
import { SLOW, type Pace } from "./speed";
import { keep, recall } from "./storage";

const STORED = "playground.run";
const GONE = "The server was started anew, and this run ended with the old one. What it drew stays here.";

class RunStore {
  id = $state<string | null>(null);
  state = $state<RunState | "idle">("idle");
  /** What this run was started with. */
  experiment = $state.raw<Experiment | null>(null);
  /** What the run itself reports. */
  #trouble = $state.raw<Problem | null>(null);
  /** Why the last command was refused. */
  #refusal = $state.raw<Problem | null>(null);
  connection = $state<Connection>("connecting");
  /** The pace the person chose; undefined follows the experiment's default. */
  #chosenPace = $state<Pace | undefined>(undefined);
  #sentLr: number | null = null;
  #live = new Live();
  #slow = new SlowMotion((phase) => this.#step({ do: "phase", phase }));
  /** The views that are on the screen, and when the server knows of them. */
  #shown: readonly ViewName[] = [];
  #told: Promise<void> = Promise.resolve();
  /** Frames below this were made before the last command was answered. */
  #settled = 0;
  #line: Line | null = null;
  /** The start under way: commands wait for it. */
  #starting: Promise<void> | null = null;
  /** Settles when every command given so far is answered. */
  #commands: Promise<unknown> = Promise.resolve();
  /** Commands under way that say whether it runs: a frame may still tell of the time before them. */
  #expecting = 0;

  readonly problem = $derived(this.#refusal ?? this.#trouble);
  readonly running = $derived(this.state === "running" || this.state === "starting" || this.#slow.on);
  /** It takes commands. */
  readonly alive = $derived(["running", "starting", "paused"].includes(this.state));
  /** What was edited since the start and waits for a restart. */
  readonly outdated = $derived(
    this.alive && this.experiment ? needsRestart(this.experiment, experiment.current) : [],
  );
  readonly #defaultSpeed = $derived(experiment.check?.default_speed ?? null);
  readonly pace = $derived<Pace>(this.#chosenPace === undefined ? this.#defaultSpeed : this.#chosenPace);

  /** Whether it plays in slow motion. */
  get slow() {
    return this.#slow.on;
  }
  get progress() {
    return this.#live.progress;
  }
  get scalars() {
    return this.#live.scalars;
  }
  get curves() {
    return this.#live.curves;
  }
  get views() {
    return this.#live.views;
  }
  get layers() {
    return this.#live.layers;
  }
  get activations() {
    return this.#live.activations;
  }

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
    if (this.pace === SLOW) this.#slow.start(this.progress?.phase ?? null);
    else if (this.#canGoOn) await this.#command({ do: "play" }, "running");
    else await this.start(true);
  }

  async pause(): Promise<void> {
    this.#slow.stop();
    await this.#command({ do: "pause" }, "paused");
  }

  async stepBatch(): Promise<void> {
    this.#slow.stop();
    await this.#step({ do: "step_batch" });
  }

  async stepEpoch(): Promise<void> {
    this.#slow.stop();
    await this.#step({ do: "step_epoch" });
  }

  async phase(phase: Phase): Promise<void> {
    this.#slow.stop();
    await this.#step({ do: "phase", phase });
  }

  /** Back to step 0 with the same seed: the same curve again. */
  async reset(): Promise<void> {
    this.#slow.stop();
    if (experiment.obstacle) await this.stop();
    else await this.start(false);
  }

  async restore(): Promise<void> {
    await this.#command({ do: "restore" }, "paused");
  }

  /** Changes the model of this run by hand; resolves to whether it was taken. */
  change(command: EditCommand | MuteCommand): Promise<boolean> {
    return this.#command(command);
  }

  /** Ends the run and forgets what it drew. */
  async stop(): Promise<void> {
    this.#slow.stop();
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
        steps_per_second: this.pace === SLOW ? this.#defaultSpeed : this.pace,
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
    this.#chosenPace = undefined;
    void this.stop();
  }

  /** A run under way goes on at the new pace. */
  setPace(pace: Pace): void {
    const wasRunning = this.running;
    const wasSlow = this.#slow.on;
    this.#chosenPace = pace;
    if (pace === SLOW) {
      if (wasRunning && !wasSlow) void this.pause().then(() => this.play());
      return;
    }
    this.#slow.stop();
    if (this.alive) void this.#command({ do: "set_speed", steps_per_second: pace });
    if (wasSlow) void this.play();
  }

  /** These views are on the screen: the server need not measure and send others. */
  look(names: readonly ViewName[]): void {
    if (names.join() === this.#shown.join()) return;
    this.#shown = names;
    if (this.id !== null && this.#line) this.#told = this.#line.look({ run: this.id, views: [...names] });
  }

  dismiss(): void {
    this.#refusal = null;
    this.#trouble = null;
  }

  get #canGoOn(): boolean {
    return (this.id !== null || this.#starting !== null) && this.alive && this.outdated.length === 0;
  }

  /** Given in order, even while the run that is to take them starts. */
  #step(command: AnyCommand): Promise<boolean> {
    if (!this.#canGoOn) void this.start(false);
    return this.#command(command);
  }

  /** One command at a time, in the order given; `expected` is shown until the run has answered.
   * Resolves to whether the run took it. */
  async #command(command: AnyCommand, expected?: RunState): Promise<boolean> {
    const before = this.state;
    if (expected) {
      this.state = expected;
      this.#expecting += 1;
    }
    const answered = this.#commands.then(() => this.#send(command)).then((taken) => {
      if (!expected) return taken;
      this.#expecting -= 1;
      if (!taken && this.state === expected) this.state = before;
      return taken;
    });
    this.#commands = answered;
    return answered;
  }

  /** Resolves to whether the run took it. */
  async #send(command: AnyCommand): Promise<boolean> {
    if (this.#starting) await this.#starting;
    if (command.do === "phase" || command.do === "step_batch") await this.#shownIsKnown();
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

  /** The server first hears what is on the screen, so that it records what a step changes. */
  async #shownIsKnown(): Promise<void> {
    await tick();
    await this.#told;
  }

  #watch(id: string, of: Experiment, state: RunState | "idle"): void {
    this.id = id;
    this.experiment = of;
    this.state = state;
    keep(STORED, id, "tab");
    this.#ask();
  }

  #wish(): Subscribe | null {
    if (this.id === null) return null;
    return { run: this.id, seq: this.#live.seq, curves: this.#live.cursors, views: [...this.#shown] };
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
    if (frame.run !== this.id || frame.seq < this.#live.seq) return;
    if (!this.#live.take(frame)) return this.#ask();
    const older = this.#expecting > 0 || frame.seq < this.#settled;
    const overtaken = older && (frame.state === "running" || frame.state === "paused");
    if (!overtaken) this.state = frame.state;
    this.#trouble = frame.problem;
  }

  /** Asks for the run from what is there. */
  #ask(): void {
    const wish = this.#wish();
    if (wish && this.#line) this.#told = this.#line.watch(wish);
  }

  #clear(): void {
    if (this.id !== null) this.#line?.leave(this.id);
    this.id = null;
    this.experiment = null;
    this.#live.clear();
    this.dismiss();
    this.#settled = 0;
    keep(STORED, null, "tab");
  }
}

export const run = new RunStore();
