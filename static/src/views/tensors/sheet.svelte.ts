/** The sheet of tensors: its statements with undo, kept across a reload, and what the server made of them. */

import { api, problemsOf } from "../../lib/api";
import { same } from "../../lib/edits";
import { History } from "../../lib/history";
import type { Problem, Statement, TensorFacts, StatementOps, StatementsReply } from "../../lib/protocol";
import { asSheet, NOTHING, without, type Sheet } from "../../lib/tensors";

const STORED = "playground.tensors";

class SheetStore {
  palette = $state.raw<StatementOps | null>(null);
  current = $state.raw<Sheet>(NOTHING);
  tensors = $state.raw<TensorFacts[]>([]);
  script = $state("");
  /** What is wrong with what stands on the sheet. */
  problems = $state.raw<Problem[]>([]);
  busy = $state(false);
  canUndo = $state(false);
  canRedo = $state(false);

  #history = new History<Sheet>(NOTHING);

  /** Fetches the palette and brings back what stood here before. */
  async load(): Promise<void> {
    try {
      this.palette ??= await api.tensorOps();
      this.#history = new History(stored());
      await this.#show(this.#history.present);
    } catch (error) {
      this.problems = problemsOf(error);
    }
  }

  /** Adds a statement if it can be run; else answers what is wrong with it, and nothing changes. */
  async add(statement: Statement): Promise<Problem[]> {
    const next = { ...this.current, statements: [...this.current.statements, statement] };
    return this.#attempt(next, `statements/${next.statements.length - 1}`);
  }

  backward(name: string): Promise<Problem[]> {
    return this.#attempt({ ...this.current, backward: name }, "backward");
  }

  remove(name: string): Promise<void> {
    return this.#push(without(name, this.current));
  }

  clear(): Promise<void> {
    return this.#push(NOTHING);
  }

  undo(): Promise<void> {
    return this.#show(this.#history.undo());
  }

  redo(): Promise<void> {
    return this.#show(this.#history.redo());
  }

  /** Takes `next` only if nothing is wrong at or below `where`. */
  async #attempt(next: Sheet, where: string): Promise<Problem[]> {
    this.busy = true;
    try {
      const reply = await api.tensors(next);
      const here = reply.problems.filter((problem) => problem.where.startsWith(where));
      if (here.length > 0) return here;
      this.#history.push(next);
      this.#accept(next, reply);
      return [];
    } catch (error) {
      return problemsOf(error);
    } finally {
      this.busy = false;
    }
  }

  async #push(next: Sheet): Promise<void> {
    if (same(next, this.current)) return;
    this.#history.push(next);
    await this.#show(next);
  }

  async #show(sheet: Sheet): Promise<void> {
    this.busy = true;
    this.#keep(sheet);
    try {
      this.#accept(sheet, await api.tensors(sheet));
    } catch (error) {
      this.problems = problemsOf(error);
    } finally {
      this.busy = false;
    }
  }

  #accept(sheet: Sheet, reply: StatementsReply): void {
    this.#keep(sheet);
    this.tensors = reply.tensors;
    this.problems = reply.problems;
    this.script = reply.script;
  }

  #keep(sheet: Sheet): void {
    this.current = sheet;
    this.canUndo = this.#history.canUndo;
    this.canRedo = this.#history.canRedo;
    try {
      localStorage.setItem(STORED, JSON.stringify(sheet));
    } catch {
      // Storage is full or forbidden: the sheet lives as long as the page.
    }
  }
}

function stored(): Sheet {
  try {
    return asSheet(JSON.parse(localStorage.getItem(STORED) ?? "null"));
  } catch {
    return NOTHING;
  }
}

export const sheet = new SheetStore();
