/** Light, dark, or as the system has it. The choice is kept in this browser. */
import { keep, recall } from "../lib/storage";

const STORED = "playground.theme";
const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

class Appearance {
  theme = $state<Theme>(read());

  constructor() {
    this.#apply();
  }

  /** The next of system, light, dark. */
  turn(): void {
    this.theme = THEMES[(THEMES.indexOf(this.theme) + 1) % THEMES.length]!;
    this.#apply();
    keep(STORED, this.theme);
  }

  #apply(): void {
    const { dataset } = document.documentElement;
    if (this.theme === "system") delete dataset.theme;
    else dataset.theme = this.theme;
  }
}

function read(): Theme {
  const stored = recall(STORED);
  return THEMES.find((theme) => theme === stored) ?? "system";
}

export const appearance = new Appearance();
