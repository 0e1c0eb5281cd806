/** Where the keyboard is, after what it was on has gone. */
import { tick } from "svelte";

/** For what has left the page with the press that it was made for: the focus goes to Play, which goes on from there. */
export async function focusAgain(): Promise<void> {
  await tick();
  if (document.activeElement !== document.body) return;
  document.querySelector<HTMLElement>("button[aria-label='Play'], button[aria-label='Pause']")?.focus({ preventScroll: true });
}
