/** One run as this page knows it: what its frames brought, and the commands that were given to it, in order. */
import { tick } from "svelte";
import { api, NO_ANSWER, problemsOf, RequestFailed } from "./api";
import { line, type Watcher } from "./line.svelte";
import { Live, type ViewName } from "./live.svelte";
import { problem } from "./problems";
import type { AnyCommand, Experiment, Frame, Problem, RunReply, RunState, Subscribe } from "./protocol";

const GONE = "The server was restarted, and this run ended with the old one. What it drew stays here.";
const UNKNOWN_RUN = 404;

/** What has to be known of a run to watch it. */
type Known = Pick<RunReply, "run" | "state" | "experiment" | "name" | "parent" | "branched_at"> &
  Partial<Pick<RunReply, "notes">>;

const held = new Map<string, Watched>();

export class Watched implements Watcher {
  /** `idle` is a run that could not be started. */
  state = $state<RunState | "idle">("starting");
  /** What the server calls it and where it came from; null until it has started. */
  known = $state.raw<Known | null>(null);
  readonly live = new Live();
  /** Settles when the server has answered its start. */
  readonly opened: Promise<void>;
  /** What the run itself reports. */
  #trouble = $state.raw<Problem | null>(null);
  /** Why the last command was refused. */
  #refusal = $state.raw<Problem | null>(null);
  /** How many places of the page show it: while there is one, its frames come. */
  #places = 1;
  /** Its views that are on the screen, and when the server knows of them. */
  #shown: readonly ViewName[] = [];
  /** It is the one in the Model workspace, which may be out of sight. */
  #inModel = false;
  #told: Promise<void> = Promise.resolve();
  /** Frames below this were made before the last command was answered. */
  #settled = 0;
  /** Settles when every command given so far is answered. */
  #commands: Promise<unknown> = Promise.resolve();
  /** Commands under way that say whether it runs: a frame may still tell of the time before them. */
  #expecting = 0;

  /** Null until the server has started it. */
  readonly id = $derived(this.known?.run ?? null);
  readonly problem = $derived(this.#refusal ?? this.#trouble);
  /** It takes commands. */
  readonly alive = $derived(["running", "starting", "paused"].includes(this.state));

  constructor(
    /** What it was started with. */
    readonly experiment: Experiment,
    start: Promise<Known>,
  ) {
    this.opened = start.then(
      (reply) => this.#open(reply),
      (error: unknown) => {
        this.state = "idle";
        this.#refusal = problemsOf(error)[0]!;
      },
    );
  }

  /** A run that the server has, watched once however many places show it: each is to `release` it. */
  static hold(known: Known): Watched {
    const shared = held.get(known.run);
    if (shared) {
      shared.#places += 1;
      return shared;
    }
    const watched = new Watched(known.experiment, Promise.resolve(known));
    watched.state = known.state as RunState;
    watched.#open(known);
    return watched;
  }

  #open(known: Known): void {
    if (this.known !== null) return;
    this.known = known;
    if (this.#places === 0) return;
    held.set(known.run, this);
    this.#ask();
  }

  /** One place shows it no longer. */
  release(): void {
    this.#places -= 1;
    if (this.#places > 0 || this.id === null) return;
    held.delete(this.id);
    line.leave(this.id);
  }

  /** Has the run do something; why it does not is a problem of the run. Resolves to whether it was taken. */
  async command(command: AnyCommand, expected?: RunState): Promise<boolean> {
    const refusal = await this.ask(command, expected);
    this.#refusal = refusal;
    return refusal === null;
  }

  /** One command at a time, in the order given; `expected` is shown until the run has answered.
   * Resolves to why the run did not take it, null where it did. */
  ask(command: AnyCommand, expected?: RunState): Promise<Problem | null> {
    const before = this.state;
    if (expected) {
      this.state = expected;
      this.#expecting += 1;
    }
    const answered = this.#commands.then(() => this.#send(command)).then((refusal) => {
      if (!expected) return refusal;
      this.#expecting -= 1;
      if (refusal && this.state === expected) this.state = before;
      return refusal;
    });
    this.#commands = answered;
    return answered;
  }

  async #send(command: AnyCommand): Promise<Problem | null> {
    await this.opened;
    if (command.do === "phase" || command.do === "step_batch") await this.#shownIsKnown();
    // It could not be started, and has said why.
    if (this.id === null) return this.#refusal;
    try {
      this.#settled = (await api.command(this.id, command)).seq;
      return null;
    } catch (error) {
      if (error instanceof RequestFailed && error.status === UNKNOWN_RUN) this.state = "stopped";
      return problemsOf(error)[0]!;
    }
  }

  /** The server first hears what is on the screen, so that it records what a step changes. */
  async #shownIsKnown(): Promise<void> {
    await tick();
    await this.#told;
  }

  /** Ends its process. */
  async end(): Promise<void> {
    await this.opened;
    const over = !this.alive && this.state !== "diverged";
    if (this.id !== null && !over) await api.command(this.id, { do: "stop" }).catch(() => undefined);
  }

  /** It is the one in Model, and these of its views are on the screen: the server need not measure and send
   * others. Null: it is in Model no longer. */
  look(names: readonly ViewName[] | null): void {
    const [inModel, shown] = [names !== null, names ?? []];
    if (inModel === this.#inModel && shown.join() === this.#shown.join()) return;
    [this.#inModel, this.#shown] = [inModel, shown];
    if (this.id !== null) this.#told = line.look({ run: this.id, views: [...shown], opened: inModel });
  }

  /** The server is there again: that it did not answer is past. */
  answered(): void {
    if (this.#refusal === NO_ANSWER) this.#refusal = null;
  }

  dismiss(): void {
    this.#refusal = null;
    this.#trouble = null;
  }

  wish(): Subscribe {
    return { run: this.id!, seq: this.live.seq, curves: this.live.cursors, views: [...this.#shown], opened: this.#inModel };
  }

  refused(): void {
    if (!this.alive) return;
    this.state = "stopped";
    this.#trouble = problem(GONE);
  }

  take(frame: Frame): void {
    if (frame.seq < this.live.seq) return;
    if (!this.live.take(frame)) return this.#ask();
    const older = this.#expecting > 0 || frame.seq < this.#settled;
    const overtaken = older && (frame.state === "running" || frame.state === "paused");
    if (!overtaken) this.state = frame.state;
    this.#trouble = frame.problem;
  }

  /** Asks for the run from what is there. */
  #ask(): void {
    this.#told = line.watch(this);
  }
}
