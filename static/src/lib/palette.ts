/** The palette of layers: searched and grouped. */
import type { Entry } from "./protocol";

export interface Group {
  name: string;
  entries: Entry[];
}

/** Entries whose name, heading or help has every word of the query, under their headings, in catalog order. */
export function search(entries: readonly Entry[], query: string): Group[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const hit = ({ type, group, help }: Entry) => {
    const text = `${type} ${group} ${help}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const groups = new Map<string, Entry[]>();
  for (const entry of entries.filter(hit)) {
    groups.set(entry.group, [...(groups.get(entry.group) ?? []), entry]);
  }
  return [...groups].map(([name, found]) => ({ name, entries: found }));
}

/** The first match, names before help: what Enter adds. */
export function best(entries: readonly Entry[], query: string): Entry | undefined {
  const found = search(entries, query).flatMap((group) => group.entries);
  const begins = found.find(({ type }) => type.toLowerCase().startsWith(query.trim().toLowerCase()));
  return begins ?? found[0];
}
