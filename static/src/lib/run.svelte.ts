/** The run in view: play, pause and step it, and keep it in step with the experiment that is edited. */
import { api } from "./api";
import { learningRate, needsRestart, setPartArgument } from "./edits";
import { experiment } from "./experiment.svelte";
import { randomId } from "./ids";
import { line } from "./line.svelte";
import { Live, type ViewName } from "./live.svelte";
import type { AnyCommand, Data, EditCommand, Experiment, MuteCommand, Phase, Problem, RunReply } from "./protocol";
import { SlowMotion } from "./slowmotion.svelte";
import { SLOW, type Pace } from "./speed";
import { keep, recall } from "./storage";
import { Watched } from "./watched.svelte";

const STORED = "playground.run";
const NOTHING = new Live();

class RunStore {
  #watched = $state.raw<Watched | null>(null);
  /** The pace the person chose; undefined follows the experiment's default. */
  #chosenPace = $state<Pace | undefined>(undefined);
  #sentLr = $state<number | null>(null);
  #slow = new SlowMotion((phase) => this.#step({ do: "phase", phase }));
  #shown: readonly ViewName[] = [];
  /** It was opened among others, where it can be opened again. */
  #opened = false;

  readonly #live = $derived(this.#watched?.live ?? NOTHING);
  readonly id = $derived(this.#watched?.id ?? null);
  readonly state = $derived(this.#watched?.state ?? "idle");
  /** What this run was started with. */
  readonly experiment = $derived(this.#watched?.experiment ?? null);
  readonly problem = $derived(this.#watched?.problem ?? null);
  readonly running = $derived(this.state === "running" || this.state === "starting" || this.#slow.on);
  /** It takes commands. */
  readonly alive = $derived(this.#watched?.alive ?? false);
  /** It stands at a step that it has been beyond. */
  readonly back = $derived((this.#live.progress?.step ?? 0) < (this.#live.progress?.furthest ?? 0));
  /** Its first frame has come: until then nobody knows whether it looks back. */
  readonly #stands = $derived(this.#live.progress !== null);
  /** What was edited since the start and waits for a restart, or for a branch: what is past stays as it was. */
  readonly outdated = $derived([
    ...((this.alive || this.state === "finished") && this.experiment ? needsRestart(this.experiment, experiment.current) : []),
    ...(this.back && this.learningRate !== this.#sentLr ? ["learning rate"] : []),
  ]);
  /** What the server calls it; null before it has started. */
  readonly name = $derived(this.#watched?.known?.name ?? null);
  readonly parent = $derived(this.#watched?.known?.parent ?? null);
  readonly branchedAt = $derived(this.#watched?.known?.branched_at ?? 0);
  /** What of its parent could not be carried over. */
  readonly notes = $derived(this.#watched?.known?.notes ?? []);
  readonly #defaultSpeed = $derived(experiment.check?.default_speed ?? null);
  readonly pace = $derived<Pace>(this.#chosenPace === undefined ? this.#defaultSpeed : this.#chosenPace);

  /** Whether it plays in slow motion. */
  get slow() {
    return this.#slow.on;
  }
  get connection() {
    return line.connection;
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
    line.open(() => {
      this.#watched?.answered();
      experiment.recheck();
    });
    const known = recall(STORED, "tab");
    if (known === null) return;
    const reply = await api.run(known).catch(() => null);
    const meanwhile = this.state !== "idle";
    if (!reply || meanwhile || reply.experiment.data.name !== experiment.current.data.name) return;
    this.#show(Watched.hold(reply));
    this.#sentLr = rate(byHand(reply));
  }

  /** Goes on, or starts anew where there is nothing to go on with. */
  async play(): Promise<void> {
    if (this.pace === SLOW) this.#slow.start(this.progress?.phase ?? null);
    else if (this.#canGoOn) await this.#watched!.command({ do: "play" }, "running");
    else await this.start(true);
  }

  async pause(): Promise<void> {
    this.#slow.stop();
    await this.#watched?.command({ do: "pause" }, "paused");
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
    await this.#watched?.command({ do: "restore" }, "paused");
  }

  /** Changes the model of this run by hand; resolves to whether it was taken. */
  async change(command: EditCommand | MuteCommand): Promise<boolean> {
    return this.#watched?.command(command) ?? false;
  }

  /** Ends the run and forgets what it drew. */
  async stop(): Promise<void> {
    this.#slow.stop();
    const ended = this.#watched;
    this.#show(null);
    await ended?.end();
  }

  /** Looks at it no more; it stands where it is. */
  async #leave(): Promise<void> {
    const [left, goes] = [this.#watched, this.running];
    this.#slow.stop();
    this.#show(null);
    if (goes) await left?.command({ do: "pause" }, "paused");
  }

  /** Starts a run of the present experiment in place of the one before. */
  start(play: boolean): Promise<void> {
    const before = this.#watched;
    const started = experiment.current;
    const run = new Watched(started, this.#startAfter(before, started, play));
    this.#show(run);
    return run.opened;
  }

  /** One start at a time: a run that is replaced must be known by its id. */
  async #startAfter(before: Watched | null, started: Experiment, play: boolean): Promise<RunReply> {
    await before?.opened;
    return api.start({
      experiment: started,
      request_id: randomId(16),
      play,
      steps_per_second: this.pace === SLOW ? this.#defaultSpeed : this.pace,
      replaces: before?.id ?? null,
    });
  }

  /** Goes to the state after this many steps, and stands there. Resolves to why that cannot be. */
  async seek(step: number): Promise<Problem | null> {
    this.#slow.stop();
    return this.#watched?.ask({ do: "seek", step }, "paused") ?? null;
  }

  /** Shows a run that the server has, and opens its experiment, with the learning rate that was set by hand;
   * or with `lr`, which it is given before anything else. */
  open(reply: RunReply, lr: number | null = null): void {
    const trains = byHand(reply);
    this.#slow.stop();
    experiment.open(lr === null ? trains : setPartArgument(trains, "optimizer", "lr", lr));
    this.#show(Watched.hold(reply));
    this.#opened = true;
    if (lr !== null && lr !== rate(trains)) void this.#watched?.command({ do: "set_lr", lr });
  }

  get learningRate(): number | null {
    return rate(experiment.current);
  }

  /** Hands a new learning rate to a run under way, which takes it at the next step; one that looks back gets it
   * in the present. */
  followLearningRate(lr: number | null): void {
    if (!this.#stands || this.back || !this.alive || this.id === null || lr === null || lr === this.#sentLr) return;
    this.#sentLr = lr;
    void this.#watched?.command({ do: "set_lr", lr });
  }

  /** A run ends with its data: what it drew says nothing about another set. One that was opened is only left. */
  followData({ name, csv }: Data): void {
    const before = this.experiment?.data;
    if (!before || (before.name === name && before.csv?.sha256 === csv?.sha256)) return;
    this.#chosenPace = undefined;
    if (this.#opened) void this.#leave();
    else void this.stop();
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
    if (this.alive) void this.#watched?.command({ do: "set_speed", steps_per_second: pace });
    if (wasSlow) void this.play();
  }

  /** These views are on the screen: the server need not measure and send others. */
  look(names: readonly ViewName[]): void {
    this.#shown = names;
    this.#watched?.look(names);
  }

  dismiss(): void {
    this.#watched?.dismiss();
  }

  /** In the past it goes on as it went, whatever was edited since. */
  get #canGoOn(): boolean {
    return this.alive && (this.back || this.outdated.length === 0);
  }

  /** Given in order, even while the run that is to take them starts. */
  #step(command: AnyCommand): Promise<boolean> {
    if (!this.#canGoOn) void this.start(false);
    return this.#watched!.command(command);
  }

  /** Another run, or none, takes the place of the one in view. */
  #show(run: Watched | null): void {
    this.#watched?.look(null);
    this.#watched?.release();
    this.#watched = run;
    this.#opened = false;
    this.#sentLr = this.learningRate;
    run?.look(this.#shown);
    if (run?.id == null) keep(STORED, null, "tab");
    void run?.opened.then(() => {
      if (run === this.#watched) keep(STORED, run.id, "tab");
    });
  }
}

const rate = (of: Experiment) => learningRate(of, experiment.catalog?.optimizers ?? []);

function byHand({ experiment: begun, learning_rate: lr }: RunReply): Experiment {
  return lr === null ? begun : setPartArgument(begun, "optimizer", "lr", lr);
}

export const run = new RunStore();
