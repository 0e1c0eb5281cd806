/** The lines that something elsewhere on the page points at: a card under the pointer, a call that is looked into. */
import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, type DecorationSet } from "@codemirror/view";

/** Points at these lines, counted from 1; at none, with an empty list. */
export const pointAt = StateEffect.define<readonly number[]>();

const mark = Decoration.line({ class: "cm-pointed" });

export const pointed = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, { effects, changes, state }) {
    const asked = effects.findLast((effect) => effect.is(pointAt));
    if (!asked) return marks.map(changes);
    const lines = (asked.value as readonly number[]).filter((line) => line >= 1 && line <= state.doc.lines);
    return Decoration.set(
      lines.map((line) => mark.range(state.doc.line(line).from)),
      true,
    );
  },
  provide: (field) => EditorView.decorations.from(field),
});
