/** Undo and redo over immutable states. Edits of the same field in a row are one entry. */

const LIMIT = 200;

export class History<T> {
  #past: T[] = [];
  #future: T[] = [];
  #key: string | null = null;

  constructor(public present: T) {}

  get canUndo(): boolean {
    return this.#past.length > 0;
  }
  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  /** Makes `next` the present. With the key of the entry before, it joins that entry. */
  push(next: T, key: string | null = null): void {
    const joins = key !== null && key === this.#key && this.#past.length > 0;
    if (!joins) this.#past = [...this.#past.slice(1 - LIMIT), this.present];
    this.#key = key;
    this.#future = [];
    this.present = next;
  }

  /** Forgets the key: the next edit is an entry of its own. */
  seal(): void {
    this.#key = null;
  }

  /** Replaces the present without an entry: the same state, only written out. */
  amend(next: T): void {
    this.present = next;
  }

  undo(): T {
    const before = this.#past.pop();
    if (before !== undefined) {
      this.#future.push(this.present);
      this.present = before;
    }
    this.#key = null;
    return this.present;
  }

  redo(): T {
    const after = this.#future.pop();
    if (after !== undefined) {
      this.#past.push(this.present);
      this.present = after;
    }
    this.#key = null;
    return this.present;
  }
}
