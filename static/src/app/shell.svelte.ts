/** What of the page itself is open or switched off. */
import { keep, recall } from "../lib/storage";

const STORED = "playground.shortcuts";

class Shell {
  help = $state(false);
  shortcuts = $state(recall(STORED) !== "off");

  switchShortcuts(on: boolean): void {
    this.shortcuts = on;
    keep(STORED, on ? "on" : "off");
  }
}

export const shell = new Shell();
