/** The advice on the experiment and its run: what is shown, what was dismissed, and taking a fix. */
import { keyOf, merged, pending, type Taken } from "./advice";
import { experiment } from "./experiment.svelte";
import { applyFix } from "./fixes";
import type { Advice, Fix } from "./protocol";
import { run } from "./run.svelte";
import { keep, recall } from "./storage";

const STORED = "playground.advice.dismissed";
const MOST_REMEMBERED = 200;

class AdviceStore {
  #taken = $state.raw<readonly Taken[]>([]);
  #dismissed = $state.raw<readonly string[]>(remembered());

  readonly #found = $derived(
    merged(experiment.current, experiment.check?.advice ?? [], (run.views.advice ?? []) as Advice[]),
  );
  readonly #pending = $derived(
    pending(this.#found, this.#taken, experiment.current, run.outdated.length > 0 || !run.alive),
  );
  readonly shown = $derived(this.#pending.filter((advice) => !this.#dismissed.includes(keyOf(advice))));
  /** Those that would be shown if they had not been dismissed. */
  readonly hidden = $derived(this.#pending.length - this.shown.length);

  of(layer: string): Advice | undefined {
    return this.shown.find((advice) => advice.layer === layer);
  }

  /** One edit, which undo takes back. */
  take(advice: Advice, fix: Fix): void {
    const before = experiment.current;
    this.#taken = [...this.#taken.slice(1 - MOST_REMEMBERED), { key: keyOf(advice), title: advice.title, before }];
    experiment.edit((e) => applyFix(e, fix));
  }

  dismiss(advice: Advice): void {
    this.#remember([...this.#dismissed.slice(1 - MOST_REMEMBERED), keyOf(advice)]);
  }

  /** Brings back what was dismissed of what is being said. */
  restore(): void {
    const back = new Set(this.#pending.map(keyOf));
    this.#remember(this.#dismissed.filter((key) => !back.has(key)));
  }

  #remember(dismissed: readonly string[]): void {
    this.#dismissed = dismissed;
    keep(STORED, dismissed.length > 0 ? JSON.stringify(dismissed) : null);
  }
}

function remembered(): string[] {
  try {
    const kept: unknown = JSON.parse(recall(STORED) ?? "[]");
    return Array.isArray(kept) ? kept.filter((key) => typeof key === "string") : [];
  } catch {
    return [];
  }
}

export const advice = new AdviceStore();
