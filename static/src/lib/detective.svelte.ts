/** The NaN detective: asked once about each divergence of the run in view. */
import { api, problemsOf } from "./api";
import { badge } from "./detective";
import type { FindingReply, Problem } from "./protocol";
import { run } from "./run.svelte";

class Detective {
  finding = $state.raw<FindingReply | null>(null);
  /** Why nothing was found. */
  trouble = $state.raw<Problem | null>(null);
  busy = $state(false);

  /** The run in view has diverged, and its card is shown. */
  readonly called = $derived(run.state === "diverged" && run.id !== null);

  /** Asks whenever the run diverges. To be called once, while a component is set up. */
  follow(): void {
    $effect(() => {
      const id = this.called ? run.id : null;
      this.finding = this.trouble = null;
      if (id === null) return;
      const left = new AbortController();
      void this.#ask(id, left.signal);
      return () => left.abort();
    });
  }

  async #ask(id: string, left: AbortSignal): Promise<void> {
    this.busy = true;
    try {
      const finding = await api.finding(id, left);
      if (!left.aborted) this.finding = finding;
    } catch (error) {
      if (!left.aborted) this.trouble = problemsOf(error)[0]!;
    } finally {
      if (!left.aborted) this.busy = false;
    }
  }

  /** What is said of a layer in its card; empty for all but the one that was found. */
  said(id: string): { text: string; why: string }[] {
    const { finding } = this;
    return finding?.layer?.id === id ? [badge(finding)] : [];
  }
}

export const detective = new Detective();
