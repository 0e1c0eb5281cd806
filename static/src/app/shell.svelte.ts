/** What of the page itself is open or switched off. */

const STORED = "playground.shortcuts";

class Shell {
  help = $state(false);
  shortcuts = $state(localStorage.getItem(STORED) !== "off");

  switchShortcuts(on: boolean): void {
    this.shortcuts = on;
    localStorage.setItem(STORED, on ? "on" : "off");
  }
}

export const shell = new Shell();
