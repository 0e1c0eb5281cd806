/** Which views of the run are on the screen now: no other is measured or sent. */
import type { Attachment } from "svelte/attachments";
import type { ViewName } from "./live.svelte";

/** A screen above and below count as seen, so that a picture is there when it is scrolled to. */
const NEAR = "100% 0px";

class Watching {
  /** How many places show each view. */
  #places = new Map<ViewName, number>();
  #shown = $state.raw<readonly ViewName[]>([]);
  #awake = $state(!document.hidden);

  readonly names = $derived(this.#awake ? this.#shown : []);

  constructor() {
    document.addEventListener("visibilitychange", () => (this.#awake = !document.hidden));
  }

  /** Counts these views as shown until the returned function is called. */
  show(names: readonly ViewName[]): () => void {
    this.#count(names, 1);
    return () => this.#count(names, -1);
  }

  #count(names: readonly ViewName[], by: 1 | -1): void {
    for (const name of names) {
      const places = (this.#places.get(name) ?? 0) + by;
      if (places > 0) this.#places.set(name, places);
      else this.#places.delete(name);
    }
    this.#shown = [...this.#places.keys()].sort();
  }
}

export const watching = new Watching();

/** For an element that draws these views: they are watched while it is on or near the screen. */
export function draws(...names: ViewName[]): Attachment {
  return (element) => {
    let hide: (() => void) | null = null;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry!.isIntersecting) hide ??= watching.show(names);
        else {
          hide?.();
          hide = null;
        }
      },
      { rootMargin: NEAR },
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
      hide?.();
    };
  };
}
