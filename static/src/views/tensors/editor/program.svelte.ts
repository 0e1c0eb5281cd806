/** The program: the one text that everything else is made from, and its one history. */
import { closeCompletion } from "@codemirror/autocomplete";
import { isolateHistory, redo, redoDepth, undo, undoDepth } from "@codemirror/commands";
import { setDiagnostics } from "@codemirror/lint";
import { EditorState, Transaction } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import type { CodeProblem } from "../../../lib/protocol";
import { keepCode, recallCode } from "../../../lib/tensors/kept";
import { complete } from "./completions";
import { toDiagnostic } from "./diagnostics";
import { pointAt } from "./pointed";
import { extensions, lineOf } from "./setup";

class Program {
  code = $state("");
  /** The line of the cursor, counted from 1. */
  line = $state(1);
  canUndo = $state(false);
  canRedo = $state(false);
  /** Called for Mod-Enter. */
  onrun: () => void = () => {};
  /** Called for every change of the text. */
  onchange: () => void = () => {};

  readonly #view: EditorView;

  constructor() {
    const doc = recallCode() ?? "";
    this.code = doc;
    const hooks = {
      complete,
      run: () => this.onrun(),
      changed: () => this.#changed(),
      moved: (line: number) => (this.line = line),
    };
    this.#view = new EditorView({ state: EditorState.create({ doc, extensions: extensions(hooks) }) });
  }

  /** Shows the editor inside this element. */
  mount(parent: HTMLElement): void {
    parent.append(this.#view.dom);
    this.#view.requestMeasure();
  }

  /** Writes these lines at the end: one step of the history. Answers the number of the first of them. */
  append(lines: string): number {
    const { doc } = this.#view.state;
    const end = this.code.trimEnd().length;
    const glue = end > 0 ? "\n" : "";
    this.#write(end, doc.length, `${glue}${lines}\n`);
    return this.#view.state.doc.lineAt(end + glue.length).number;
  }

  /** Another program in place of this one, with the cursor on a line of it; undo brings this one back. */
  replace(code: string, line = 1): void {
    const before = code.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    if (code !== this.code) this.#write(0, this.#view.state.doc.length, code, Math.min(before, code.length));
  }

  undo(): void {
    undo(this.#view);
  }

  redo(): void {
    redo(this.#view);
  }

  /** Puts the cursor there and the focus into the editor. Lines count from 1, columns from 0. */
  goTo(line: number, column = 0): void {
    const { doc } = this.#view.state;
    const at = doc.line(Math.min(Math.max(1, line), doc.lines));
    this.#view.dispatch({ selection: { anchor: Math.min(at.to, at.from + column) }, scrollIntoView: true });
    this.#view.focus();
  }

  /** Lights up these lines. */
  point(lines: readonly number[]): void {
    this.#view.dispatch({ effects: pointAt.of(lines) });
  }

  /** Marks what is wrong, in the text. */
  mark(problems: readonly CodeProblem[]): void {
    const { state } = this.#view;
    this.#view.dispatch(setDiagnostics(state, problems.map((problem) => toDiagnostic(state.doc, problem))));
  }

  #write(from: number, to: number, insert: string, cursor = from + insert.length): void {
    this.#view.dispatch({
      changes: { from, to, insert },
      selection: { anchor: cursor },
      effects: EditorView.scrollIntoView(cursor),
      annotations: [isolateHistory.of("full"), Transaction.userEvent.of("input.form")],
    });
    closeCompletion(this.#view);
  }

  #changed(): void {
    const { state } = this.#view;
    this.code = state.doc.toString();
    this.line = lineOf(this.#view);
    this.canUndo = undoDepth(state) > 0;
    this.canRedo = redoDepth(state) > 0;
    keepCode(this.code);
    this.onchange();
  }
}

export const program = new Program();
