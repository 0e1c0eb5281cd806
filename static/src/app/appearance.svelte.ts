/** Light, dark, or as the system has it. The choice is kept in this browser. */

const STORED = "playground.theme";
export const THEMES = ["system", "light", "dark"] as const;
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
    try {
      localStorage.setItem(STORED, this.theme);
    } catch {
      // Storage is forbidden: the choice holds until the page is closed.
    }
  }

  #apply(): void {
    const { dataset } = document.documentElement;
    if (this.theme === "system") delete dataset.theme;
    else dataset.theme = this.theme;
  }
}

function read(): Theme {
  const stored = safely(() => localStorage.getItem(STORED));
  return THEMES.find((theme) => theme === stored) ?? "system";
}

function safely<T>(ask: () => T): T | null {
  try {
    return ask();
  } catch {
    return null;
  }
}

export const appearance = new Appearance();
