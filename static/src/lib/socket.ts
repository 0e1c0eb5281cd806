/** The live line to the server: WebSocket only, watching one run at a time, resuming where it was cut. */
import { io, type Socket } from "socket.io-client";
import { renewSession } from "./api";
import type { ErrorReply, Frame, Subscribe } from "./protocol";

export type Connection = "connecting" | "connected" | "lost";

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

  /** Watches this run. While the line is down the wish waits: connecting asks the listener what to resume. */
  watch(wish: Subscribe): void {
    if (!this.#socket.connected) return;
    this.#socket.emit("subscribe", wish, (refusal: ErrorReply | null) => {
      if (refusal) this.listener.refused(wish.run);
    });
  }

  leave(run: string): void {
    if (this.#socket.connected) this.#socket.emit("unsubscribe", run);
  }

  #resume(): void {
    const wish = this.listener.resume();
    if (wish) this.watch(wish);
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
