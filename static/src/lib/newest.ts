/** One question at a time: while it is under way the newest waits, and those between are dropped. */
export class Newest<T> {
  #busy = false;
  #waiting: { value: T } | null = null;

  constructor(private readonly act: (value: T) => Promise<unknown>) {}

  give(value: T): void {
    this.#waiting = { value };
    if (!this.#busy) void this.#go();
  }

  async #go(): Promise<void> {
    this.#busy = true;
    try {
      for (let next = this.#waiting; next !== null; next = this.#waiting) {
        this.#waiting = null;
        await this.act(next.value);
      }
    } finally {
      this.#busy = false;
    }
  }
}
