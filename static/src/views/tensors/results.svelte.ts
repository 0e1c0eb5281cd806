/** What the server makes of the program: asked as one types, the newest answer wins. */
import { api, problemsOf, RequestFailed } from "../../lib/api";
import { inWords } from "../../lib/problems";
import type { CodeProblem, GridWindow, TensorOps, TensorsReply } from "../../lib/protocol";
import { rails } from "../../lib/lensMemory";
import { shownCards, type ShownCard } from "../../lib/tensors/shown";
import { program } from "./editor/program.svelte";

/** After the last key; the answer to a small program is there in less. */
const SETTLE_MS = 120;
const AGAIN_AFTER_MS = 400;
const BUSY = 503;

class Results {
  /** The newest answer; null before the first. */
  reply = $state.raw<TensorsReply | null>(null);
  /** The code that `reply` is about. */
  code = $state("");
  shown = $state.raw<ShownCard[]>([]);
  palette = $state.raw<TensorOps | null>(null);
  running = $state(false);
  /** Why no answer came. */
  failure = $state<string | null>(null);

  readonly rails = $derived(rails(this.reply?.tensors ?? []));
  readonly problems = $derived<readonly CodeProblem[]>(this.reply?.problems ?? []);
  readonly names = $derived(this.shown.map(({ card }) => card.name));

  #windows: Record<string, GridWindow> = {};
  #gradcheck: string | null = null;
  #asked = 0;
  #answered = 0;
  #busy = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  async loadPalette(): Promise<void> {
    this.palette ??= await api.tensorOps().catch(() => null);
  }

  /** Runs the program once nobody has typed for a moment. */
  runSoon(): void {
    this.#asked++;
    this.#wait(SETTLE_MS);
  }

  /** Runs the program now. */
  run(): void {
    this.#asked++;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    void this.#send();
  }

  /** The server is there again: what it could not answer is asked once more. */
  retry(): void {
    if (this.failure === null) return;
    void this.loadPalette();
    this.run();
  }

  /** Shows another part of a tensor. */
  look(name: string, window: GridWindow): void {
    this.#windows = { ...this.#windows, [name]: window };
    this.run();
  }

  /** Holds the gradients behind this name against finite differences; null no longer does. */
  checkGradients(name: string | null): void {
    this.#gradcheck = name;
    this.run();
  }

  #wait(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#send();
    }, milliseconds);
  }

  /** One question at a time. What was asked meanwhile is asked next, and an answer to older code is passed over. */
  async #send(): Promise<void> {
    if (this.#busy || this.#answered === this.#asked) return;
    const [asked, code] = [this.#asked, program.code];
    this.#busy = this.running = true;
    try {
      const reply = await api.tensors({ code, windows: this.#windowsOf(code), gradcheck: this.#gradcheck });
      this.#answered = asked;
      if (asked === this.#asked) this.#take(code, reply);
    } catch (error) {
      this.#answered = asked;
      this.#fail(error);
    } finally {
      this.#busy = this.running = false;
    }
    if (this.#timer === undefined) void this.#send();
  }

  /** Windows of names that are gone would only make the question longer. */
  #windowsOf(code: string): Record<string, GridWindow> {
    const known = Object.entries(this.#windows).filter(([name]) => code.includes(name.split(".")[0]!));
    return (this.#windows = Object.fromEntries(known.slice(-200)));
  }

  #take(code: string, reply: TensorsReply): void {
    this.shown = shownCards(this.shown, reply, code);
    this.reply = reply;
    this.code = code;
    this.failure = null;
    program.mark(reply.problems);
  }

  #fail(error: unknown): void {
    if (error instanceof RequestFailed && error.status === BUSY) {
      this.#asked++;
      this.#wait(AGAIN_AFTER_MS);
      return;
    }
    this.failure = problemsOf(error).map(inWords).join(" ");
  }
}

export const results = new Results();
