/** Which key does what, and when a key belongs to the control that has focus instead. */

export type Action = "toggle" | "stepBatch" | "stepEpoch" | "reset" | "help" | "undo" | "redo";

export interface Press {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

/** Where the focus is, as far as it matters here. */
export interface Focus {
  tag: string;
  /** `type` of an input. */
  type: string;
  role: string;
  editable: boolean;
}

const PLAIN: Record<string, Action> = {
  " ": "toggle",
  ArrowRight: "stepBatch",
  e: "stepEpoch",
  E: "stepEpoch",
  r: "reset",
  R: "reset",
  "?": "help",
};

const WRITING = new Set(["text", "search", "number", "email", "url", "password", "tel", "date", "file"]);
/** A region has the focus only in order to be scrolled. */
const ARROW_ROLES = new Set([
  "tab",
  "slider",
  "option",
  "menuitem",
  "menuitemradio",
  "radio",
  "spinbutton",
  "img",
  "region",
]);
const PRESS_ROLES = new Set(["button", "tab", "option", "menuitem", "menuitemradio", "checkbox", "radio", "switch"]);

/** What this key press asks for, or null where it asks for nothing or the focused control uses the key. */
export function actionOf(press: Press, focus: Focus): Action | null {
  if (press.altKey) return null;
  const writing = writes(focus);
  if (press.ctrlKey || press.metaKey) {
    if (writing) return null;
    if (press.key.toLowerCase() === "z") return press.shiftKey ? "redo" : "undo";
    return press.key.toLowerCase() === "y" ? "redo" : null;
  }
  if (writing) return null;
  if (press.key === " " && pressable(focus)) return null;
  if (press.key === "ArrowRight" && movable(focus)) return null;
  // A select jumps to the entry that begins with the letter typed.
  if (focus.tag === "SELECT") return null;
  return PLAIN[press.key] ?? null;
}

function writes({ tag, type, editable }: Focus): boolean {
  return editable || tag === "TEXTAREA" || (tag === "INPUT" && WRITING.has(type));
}

function pressable({ tag, type, role }: Focus): boolean {
  if (PRESS_ROLES.has(role) || tag === "BUTTON" || tag === "SUMMARY" || tag === "A") return true;
  return tag === "INPUT" && (type === "checkbox" || type === "radio");
}

function movable({ tag, type, role }: Focus): boolean {
  return ARROW_ROLES.has(role) || (tag === "INPUT" && (type === "radio" || type === "range"));
}
