/** The five phases of a step: their order, the line of code that each is, and what it does in one sentence. */
import type { Phase } from "./protocol";

export interface PhaseText {
  name: Phase;
  code: string;
  does: string;
}

export const PHASES: readonly PhaseText[] = [
  { name: "zero_grad", code: "optimizer.zero_grad()", does: "Forget the gradients of the step before." },
  { name: "forward", code: "output = model(x)", does: "Run the batch through the layers, first to last." },
  { name: "loss", code: "loss = criterion(output, y)", does: "Compare the outputs with the targets: one number." },
  { name: "backward", code: "loss.backward()", does: "Find the gradient of the loss for every weight, last layer first." },
  { name: "step", code: "optimizer.step()", does: "Let the optimizer move every weight against its gradient." },
];

/** The phase that usually follows; null is the boundary between two steps. */
export function after(phase: Phase | null): Phase {
  const place = PHASES.findIndex(({ name }) => name === phase);
  return PHASES[(place + 1) % PHASES.length]!.name;
}
