/** What the export dialog can show. */
export type Exported = "torch" | "engine" | "json";

export const TITLES: Record<Exported, string> = {
  torch: "PyTorch script",
  engine: "Engine script",
  json: "Experiment (JSON)",
};
