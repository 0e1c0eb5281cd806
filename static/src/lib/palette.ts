/** The palette of layers: searched and grouped. */
import type { Entry } from "./protocol";

export interface Group {
  name: string;
  entries: Entry[];
}

/** Entries that match the query under their headings, in catalog order: by name or heading, else by their help. */
export function search(entries: readonly Entry[], query: string): Group[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const matching = (text: (entry: Entry) => string) =>
    entries.filter((entry) => words.every((word) => text(entry).toLowerCase().includes(word)));
  const named = matching(({ type, group }) => `${type} ${group}`);
  return grouped(named.length > 0 ? named : matching(({ type, group, help }) => `${type} ${group} ${help}`));
}

/** The first match, a name that begins with the query before others: what Enter adds. */
export function best(entries: readonly Entry[], query: string): Entry | undefined {
  const found = search(entries, query).flatMap((group) => group.entries);
  const begins = found.find(({ type }) => type.toLowerCase().startsWith(query.trim().toLowerCase()));
  return begins ?? found[0];
}

function grouped(entries: readonly Entry[]): Group[] {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) groups.set(entry.group, [...(groups.get(entry.group) ?? []), entry]);
  return [...groups].map(([name, found]) => ({ name, entries: found }));
}
