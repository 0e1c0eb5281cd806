/** Spaces typed where Enter has indented the line: those that are there already are typed over. */
import { StateEffect, StateField, Transaction, type Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";

/** One of them was typed. */
const typed = StateEffect.define<null>();

/** How many spaces before the cursor are Enter's, and were not typed yet; none once anything else has happened. */
const given = StateField.define<number>({
  create: () => 0,
  update(left, transaction) {
    if (transaction.effects.some((effect) => effect.is(typed))) return left - 1;
    return transaction.docChanged || transaction.selection ? byEnter(transaction) : left;
  },
});

function byEnter(transaction: Transaction): number {
  if (transaction.annotation(Transaction.userEvent) !== "input") return 0;
  let inserted = "";
  transaction.changes.iterChanges((_from, _to, _fromNow, _toNow, text) => (inserted += text.toString()));
  return /^\n( *)(\n *)?$/.exec(inserted)?.[1]?.length ?? 0;
}

const typeOver = EditorView.inputHandler.of((view, from, to, text) => {
  if (text !== " " || from !== to || view.state.field(given) === 0) return false;
  view.dispatch({ effects: typed.of(null) });
  return true;
});

export const indented: Extension = [given, typeOver];
