/** The element of memory that is pointed at: every view of it, on every card and strip, lights up. */

class Lit {
  #storage = $state<number | null>(null);
  #element = $state<number | null>(null);

  /** `element` is counted in elements from the start of the storage. */
  on(storage: number, element: number): void {
    this.#storage = storage;
    this.#element = element;
  }

  off(): void {
    this.#storage = null;
    this.#element = null;
  }

  is(storage: number | null, element: number | undefined): boolean {
    return storage !== null && storage === this.#storage && element === this.#element;
  }
}

export const lit = new Lit();
