/** The experiment being built: edits with undo, the server's check of it, and its places in URL and storage. */
import { api, problemsOf } from "./api";
import { chooseData, loadPreset, same } from "./edits";
import { History } from "./history";
import { fromHash, toHash } from "./link";
import { asExperiment, BLANK } from "./outline";
import { errors, problem } from "./problems";
import type { Catalog, CheckReply, CsvReply, DatasetEntry, Entry, Experiment, LayerFacts, Problem } from "./protocol";
import { keep, recall } from "./storage";
import { inbox } from "./tensors/inbox.svelte";

const DRAFT = "playground.draft";
const STORED = "playground.experiment";
const CHECK_AFTER_MS = 60;
const APART_MS = 1500;
const REMEMBER_EVERY_MS = 200;
const LEAVING_MS = 2000;

class ExperimentStore {
  catalog = $state.raw<Catalog | null>(null);
  current = $state.raw<Experiment>(BLANK);
  /** The last check that answered; its shapes stay in view while the next one is under way. */
  check = $state.raw<CheckReply | null>(null);
  /** What is wrong with `current`, at its fields. */
  problems = $state.raw<Problem[]>([]);
  canUndo = $state(false);
  canRedo = $state(false);
  tab = $state("model");
  /** The last CSV that was brought, as the server described it. */
  csv = $state.raw<CsvReply | null>(null);
  /** What could not be opened at start. */
  notice = $state<string | null>(null);

  #history = new History<Experiment>(BLANK);
  #checks = 0;
  #checkTimer: ReturnType<typeof setTimeout> | undefined;
  #memoryTimer: ReturnType<typeof setTimeout> | undefined;
  #remembered = -Infinity;
  /** The address before the present one, and until when it stood. */
  #before = { hash: "", at: -Infinity };
  #edited = -Infinity;

  /** The palettes are there, and an experiment is open. */
  readonly ready = $derived(this.catalog !== null && this.current !== BLANK);
  readonly facts = $derived(new Map((this.check?.layers ?? []).map((layer) => [layer.id, layer])));
  readonly dataset = $derived(this.#entryOf(this.current));
  /** What comes with the present data; for a CSV, what its upload was answered with. */
  readonly preset = $derived(this.#presetOf(this.current));
  /** The first thing that keeps it from being played, or null. */
  readonly obstacle = $derived<Problem | null>(this.#obstacle());

  /** Fetches the palettes and opens what the link holds, else what was open last, else the first preset. */
  async load(): Promise<void> {
    this.catalog = await api.catalog();
    const opened = this.#fromDraft() ?? this.#fromLink() ?? this.#fromStorage() ?? loadPreset(this.catalog.datasets[0]!.preset);
    this.#history = new History(opened);
    this.current = opened;
    await this.#runCheck(true);
    this.#remember();
    addEventListener("hashchange", () => this.#followLink());
    addEventListener("pagehide", () => this.#keepDraft());
  }

  /** One edit. Edits with the same key right after one another are undone together. */
  edit(change: (experiment: Experiment) => Experiment, key: string | null = null): void {
    const next = change(this.current);
    if (same(next, this.current)) return;
    if (performance.now() - this.#edited > APART_MS) this.#history.seal();
    this.#edited = performance.now();
    this.#history.push(next, key);
    this.#show(next);
  }

  /** Opens another experiment; undo leads back. */
  open(experiment: Experiment): void {
    this.edit(() => experiment);
  }

  /** Other data, with what comes with it as far as nothing was edited. */
  chooseData(preset: Experiment): void {
    this.edit((e) => chooseData(e, this.preset, preset));
  }

  undo(): void {
    if (this.canUndo) this.#show(this.#history.undo());
  }

  redo(): void {
    if (this.canRedo) this.#show(this.#history.redo());
  }

  showTab(tab: string): void {
    this.tab = tab;
    this.#remember();
  }

  layerEntry(type: string): Entry | undefined {
    return this.catalog?.layers.find((entry) => entry.type === type);
  }

  layerFacts(id: string): LayerFacts | undefined {
    return this.facts.get(id);
  }

  /** The address that opens this experiment elsewhere. */
  get link(): string {
    return `${location.origin}${location.pathname}${toHash(this.current, "model")}`;
  }

  #entryOf(experiment: Experiment): DatasetEntry | undefined {
    return this.catalog?.datasets.find((entry) => entry.name === experiment.data.name);
  }

  #presetOf({ data }: Experiment): Experiment | null {
    if (data.csv === null) return this.#entryOf(this.current)?.preset ?? null;
    return this.csv?.sha256 === data.csv.sha256 ? this.csv.preset : null;
  }

  #obstacle(): Problem | null {
    const first = errors(this.problems)[0];
    if (first) return first;
    if (this.check === null) return problem("The experiment is being checked.");
    return this.check.can_play ? null : problem("This experiment cannot be trained yet.");
  }

  #show(experiment: Experiment): void {
    this.current = experiment;
    this.canUndo = this.#history.canUndo;
    this.canRedo = this.#history.canRedo;
    clearTimeout(this.#checkTimer);
    this.#checkTimer = setTimeout(() => void this.#runCheck(), CHECK_AFTER_MS);
    this.#rememberSoon();
  }

  /** At once, for a reload may follow; but browsers allow the address only so many changes in a row. */
  #rememberSoon(): void {
    clearTimeout(this.#memoryTimer);
    const wait = this.#remembered + REMEMBER_EVERY_MS - performance.now();
    if (wait <= 0) this.#remember();
    else this.#memoryTimer = setTimeout(() => this.#remember(), wait);
  }

  /** Asks the server; an answer to what is no longer current is passed over. */
  async #runCheck(adopt = false): Promise<void> {
    const asked = ++this.#checks;
    const about = this.current;
    try {
      const reply = await api.check(about);
      if (asked !== this.#checks) return;
      this.check = reply;
      this.problems = reply.problems;
      if (adopt && this.current === about) {
        this.#history.amend(reply.experiment);
        this.current = reply.experiment;
      }
    } catch (error) {
      if (asked === this.#checks) this.problems = problemsOf(error);
    }
  }

  /** Checks again: a file arrived, or the server is back. */
  recheck(): void {
    void this.#runCheck();
  }

  #remember(): void {
    clearTimeout(this.#memoryTimer);
    if (!this.ready) return;
    this.#remembered = performance.now();
    const hash = toHash(this.current, this.tab);
    if (location.hash !== hash) {
      this.#before = { hash: location.hash, at: performance.now() };
      history.replaceState(history.state, "", hash);
    }
    keep(STORED, JSON.stringify(this.current));
  }

  /** An address cannot be changed while its page is left, so what it does not have yet is kept beside it. */
  #keepDraft(): void {
    // A reload opens the address that stood there when it began, a moment before this one at most.
    const recent = performance.now() - this.#before.at < LEAVING_MS ? [this.#before.hash] : [];
    keep(DRAFT, JSON.stringify({ of: [location.hash, ...recent], experiment: this.current }), "tab");
    keep(STORED, JSON.stringify(this.current));
  }

  /** What was edited last under the very address that is opened: this is a reload. */
  #fromDraft(): Experiment | null {
    try {
      const draft = JSON.parse(recall(DRAFT, "tab") ?? "null") as { of: string[]; experiment: unknown } | null;
      if (draft === null || !draft.of.includes(location.hash)) return null;
      this.#fromLink();
      return asExperiment(draft.experiment);
    } catch {
      return null;
    }
  }

  #fromLink(): Experiment | null {
    try {
      const { tab, experiment, code } = fromHash(location.hash);
      if (tab) this.tab = tab;
      if (code !== null) inbox.send({ code, how: "replace" });
      return experiment;
    } catch (error) {
      this.notice = problemsOf(error)[0]!.message;
      return null;
    }
  }

  #fromStorage(): Experiment | null {
    try {
      const text = recall(STORED);
      return text === null ? null : asExperiment(JSON.parse(text));
    } catch {
      return null;
    }
  }

  /** The address was changed by hand, or a link was pasted over it. */
  #followLink(): void {
    const experiment = this.#fromLink();
    if (experiment) this.open(experiment);
    // A program leaves the address once it is taken in: reloading brings back what was made of it.
    this.#remember();
  }
}

export const experiment = new ExperimentStore();
