/** What this browser keeps for the page. Where storage is forbidden or full, nothing is kept and nothing breaks. */

export type Place = "browser" | "tab";

const store = (place: Place) => (place === "browser" ? localStorage : sessionStorage);

export function recall(key: string, place: Place = "browser"): string | null {
  return safely(() => store(place).getItem(key));
}

/** Keeps `value`; null forgets it. */
export function keep(key: string, value: string | null, place: Place = "browser"): void {
  safely(() => (value === null ? store(place).removeItem(key) : store(place).setItem(key, value)));
}

function safely<T>(act: () => T): T | null {
  try {
    return act();
  } catch {
    return null;
  }
}
