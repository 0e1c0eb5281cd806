/** The live line to the server: WebSocket only, watching one run at a time, resuming where it was cut. */
import { io, type Socket } from "socket.io-client";
import { renewSession } from "./api";
import type { ErrorReply, Frame, Subscribe, Watch } from "./protocol";

export type Connection = "connecting" | "connected" | "lost";

const REFUSAL_MS = 5000;
/** Commands wait for this answer, so it is not waited for long. */
const HEARD_MS = 1000;

export interface Listener {
  connection(state: Connection): void;
  frame(frame: Frame): void;
  /** The server will not show this run: it does not know it, or knows it as another's. */
  refused(run: string): void;
  /** What to ask for after the line was cut; null when no run is watched. */
  resume(): Subscribe | null;
}

export class Line {
  readonly #socket: Socket;

  constructor(private readonly listener: Listener) {
    this.#socket = io({ transports: ["websocket"], reconnectionDelay: 300, reconnectionDelayMax: 3000 });
    this.#socket.on("connect", () => {
      listener.connection("connected");
      this.#resume();
    });
    this.#socket.on("connect_error", () => void this.#refused());
    this.#socket.on("disconnect", () => this.#lost());
    this.#socket.on("frame", (frame: Frame, acknowledge?: (seq: number) => void) => {
      listener.frame(frame);
      acknowledge?.(frame.seq);
    });
  }

  /** Watches this run; resolves when the server knows. While the line is down the wish waits: connecting asks
   * the listener what to resume. */
  async watch(wish: Subscribe): Promise<void> {
    if (await this.#tell("subscribe", wish, REFUSAL_MS)) this.listener.refused(wish.run);
  }

  /** These views of a run under watch are wanted from now on; resolves when the server knows. */
  async look(wish: Watch): Promise<void> {
    await this.#tell("watch", wish, HEARD_MS);
  }

  leave(run: string): void {
    if (this.#socket.connected) this.#socket.emit("unsubscribe", run);
  }

  #resume(): void {
    const wish = this.listener.resume();
    if (wish) void this.watch(wish);
  }

  /** Null where it was taken, and where no answer came: then the line is about to be found lost. */
  async #tell(event: "subscribe" | "watch", wish: Subscribe | Watch, within: number): Promise<ErrorReply | null> {
    if (!this.#socket.connected) return null;
    try {
      return (await this.#socket.timeout(within).emitWithAck(event, wish)) as ErrorReply | null;
    } catch {
      return null;
    }
  }

  /** No server, or one that does not know this session: a server started anew knows none. */
  async #refused(): Promise<void> {
    await renewSession();
    this.#lost();
  }

  #lost(): void {
    this.listener.connection("lost");
    // Where the server itself closed the line, or refused it, the client does not try again of its own.
    if (!this.#socket.active) setTimeout(() => this.#socket.connect(), 1000);
  }
}
