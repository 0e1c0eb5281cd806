/** What the editor can do: Python, history, brackets, completions, and the workspace's own keys. */
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import type { CompletionSource } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, indentOnInput, indentUnit } from "@codemirror/language";
import { lintKeymap } from "@codemirror/lint";
import type { Extension } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { indented } from "./indented";
import { pointed } from "./pointed";
import { theme } from "./theme";
import { typedOver } from "./typedOver";

/** The id of the sentence that says how to leave the editor by keyboard. */
export const KEYS_ID = "tensor-code-keys";

export interface Hooks {
  /** Says what may come next at the cursor. */
  complete: CompletionSource;
  run(): void;
  changed(): void;
  /** The cursor came to this line, counted from 1. */
  moved(line: number): void;
}

export function extensions({ complete, run, changed, moved }: Hooks): Extension {
  return [
    EditorView.cspNonce.of(nonce()),
    lineNumbers(),
    highlightActiveLineGutter(),
    highlightActiveLine(),
    history(),
    drawSelection(),
    indentUnit.of("    "),
    indentOnInput(),
    indented,
    bracketMatching(),
    closeBrackets(),
    // Enter stays Enter: a completion is taken only once an arrow key has chosen it.
    autocompletion({ override: [complete], selectOnOpen: false, icons: false }),
    python(),
    pointed,
    typedOver,
    theme,
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ "aria-label": "Tensor code", "aria-describedby": KEYS_ID, spellcheck: "false" }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) changed();
      if (update.selectionSet || update.docChanged) moved(lineOf(update.view));
    }),
    keymap.of([
      { key: "Mod-Enter", run: () => (run(), true), preventDefault: true },
      ...closeBracketsKeymap,
      ...completionKeymap,
      ...lintKeymap,
      ...historyKeymap,
      ...defaultKeymap,
      indentWithTab,
    ]),
  ];
}

/** The line of the cursor, counted from 1. */
export function lineOf(view: EditorView): number {
  return view.state.doc.lineAt(view.state.selection.main.head).number;
}

function nonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? "";
}
