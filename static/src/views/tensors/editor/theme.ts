/** The editor in the page's colours: every value is a token, so light and dark follow by themselves. */
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { tags as t } from "@lezer/highlight";

const over = {
  border: "1px solid var(--line)",
  borderRadius: "8px",
  backgroundColor: "var(--raised)",
  color: "var(--ink)",
  boxShadow: "var(--shadow-over)",
};

const look = EditorView.theme({
  "&": { height: "100%", backgroundColor: "transparent", color: "var(--ink)", fontSize: "13px" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6", overflowX: "hidden" },
  ".cm-content": { padding: "10px 0", caretColor: "var(--ink)" },
  ".cm-line": { padding: "0 12px 0 6px" },
  ".cm-cursor": { borderLeft: "2px solid var(--accent)" },
  ".cm-gutters": { border: "0", backgroundColor: "transparent", color: "var(--ink-3)" },
  ".cm-lineNumbers .cm-gutterElement": { minWidth: "30px", padding: "0 6px 0 8px", fontSize: "11px" },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--accent-soft) 45%, transparent)" },
  ".cm-activeLineGutter": { backgroundColor: "transparent", color: "var(--ink)", fontWeight: "650" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--accent) 24%, transparent)",
  },
  "&.cm-focused .cm-matchingBracket, .cm-matchingBracket": {
    outline: "1px solid var(--control)",
    backgroundColor: "transparent",
  },
  ".cm-pointed": { backgroundColor: "var(--accent-soft)" },
  ".cm-tooltip": over,
  ".cm-tooltip .cm-completionInfo": { ...over, padding: "6px 10px", maxWidth: "320px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", fontSize: "12px", maxHeight: "14em" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "3px 10px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": {
    backgroundColor: "var(--accent-soft)",
    color: "var(--ink)",
  },
  ".cm-completionMatchedText": { textDecoration: "none", color: "var(--accent)", fontWeight: "650" },
  ".cm-completionDetail": { color: "var(--ink-3)", fontStyle: "normal" },
  ".cm-lintRange-error": wavy("--error"),
  ".cm-lintRange-warning": wavy("--warn"),
  ".cm-diagnostic": { padding: "6px 10px", fontFamily: "var(--sans)", fontSize: "12px" },
  ".cm-diagnostic-error": { borderLeft: "3px solid var(--error)" },
  ".cm-diagnostic-warning": { borderLeft: "3px solid var(--warn)" },
  ".cm-panels": { backgroundColor: "var(--sunken)", color: "var(--ink)" },
});

/** A line under what is wrong, thick enough to be told from the text's own. */
function wavy(colour: string): Record<string, string> {
  return {
    backgroundImage: "none",
    textDecoration: `underline wavy var(${colour}) 1.5px`,
    textUnderlineOffset: "3px",
  };
}

const colours = HighlightStyle.define([
  { tag: t.comment, color: "var(--ink-3)", fontStyle: "italic" },
  { tag: [t.keyword, t.bool, t.null, t.self], color: "var(--gradient)" },
  { tag: [t.string, t.special(t.string)], color: "var(--activation)" },
  { tag: t.number, color: "var(--accent)" },
  { tag: [t.operator, t.punctuation, t.bracket], color: "var(--ink-2)" },
  { tag: [t.function(t.variableName), t.function(t.propertyName), t.className], fontWeight: "600" },
]);

export const theme: Extension = [look, syntaxHighlighting(colours)];
