/** The workspaces, in the order of their tabs; an id is what stands in an address. */
export const WORKSPACES = [
  { id: "model", name: "Model" },
  { id: "tensors", name: "Tensors" },
  { id: "runs", name: "Runs" },
];
