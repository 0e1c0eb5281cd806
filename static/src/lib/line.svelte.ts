/** The live line to the server: WebSocket only, one for all runs that are watched, resuming where it was cut. */
import { io, type Socket } from "socket.io-client";
import { renewSession } from "./api";
import type { ErrorReply, Frame, Subscribe, Watch } from "./protocol";

export type Connection = "connecting" | "connected" | "lost";

const REFUSAL_MS = 5000;
/** Commands wait for this answer, so it is not waited for long. */
const HEARD_MS = 1000;

/** Who takes in the frames of a run. */
export interface Watcher {
  /** What to ask for: now, and again after the line was cut. */
  wish(): Subscribe;
  take(frame: Frame): void;
  /** The server will not show this run: it does not know it, or knows it as another's. */
  refused(): void;
}

class Line {
  connection = $state<Connection>("connecting");
  #socket: Socket | null = null;
  #watchers = new Map<string, Watcher>();

  /** Opens the line; `returned` is called when it is there again after it was lost. */
  open(returned: () => void): void {
    this.#socket = io({ transports: ["websocket"], reconnectionDelay: 300, reconnectionDelayMax: 3000 });
    this.#socket.on("connect", () => {
      const back = this.connection === "lost";
      this.connection = "connected";
      for (const watcher of this.#watchers.values()) void this.watch(watcher);
      if (back) returned();
    });
    this.#socket.on("connect_error", () => void this.#refused());
    this.#socket.on("disconnect", () => this.#lost());
    this.#socket.on("frame", (frame: Frame, acknowledge?: (seq: number) => void) => {
      this.#watchers.get(frame.run)?.take(frame);
      acknowledge?.(frame.seq);
    });
  }

  /** Watches a run, or asks for it again; resolves when the server knows. While the line is down the wish
   * waits for it. */
  async watch(watcher: Watcher): Promise<void> {
    const wish = watcher.wish();
    this.#watchers.set(wish.run, watcher);
    if (await this.#tell("subscribe", wish, REFUSAL_MS)) watcher.refused();
  }

  /** These views of a run under watch are wanted from now on; resolves when the server knows. */
  async look(wish: Watch): Promise<void> {
    await this.#tell("watch", wish, HEARD_MS);
  }

  leave(run: string): void {
    this.#watchers.delete(run);
    if (this.#socket?.connected) this.#socket.emit("unsubscribe", run);
  }

  /** Null where it was taken, and where no answer came: then the line is about to be found lost. */
  async #tell(event: "subscribe" | "watch", wish: Subscribe | Watch, within: number): Promise<ErrorReply | null> {
    if (!this.#socket?.connected) return null;
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
    this.connection = "lost";
    // Where the server itself closed the line, or refused it, the client does not try again of its own.
    if (!this.#socket?.active) setTimeout(() => this.#socket?.connect(), 1000);
  }
}

export const line = new Line();
