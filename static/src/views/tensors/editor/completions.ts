/** What may come next at the cursor: the palette's ops, the program's names, and the words it understands. */
import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { experiment } from "../../../lib/experiment.svelte";
import type { TensorOp } from "../../../lib/protocol";
import { results } from "../results.svelte";

const WORDS = ["torch", "nn", "F", "print", "range", "for", "in", "with", "True", "False", "None", "len", "float", "int"];
const ATTRIBUTES = ["shape", "dtype", "grad", "T", "mT", "data", "requires_grad", "is_leaf", "grad_fn", "ndim"];
const METHODS = ["backward()", "item()", "tolist()", "stride()", "is_contiguous()", "contiguous()", "detach()", "size()"];
const TORCH = ["no_grad()", "manual_seed(0)", "float32", "float64", "int64", "bool", "nn"];

export function complete(context: CompletionContext): CompletionResult | null {
  const before = context.matchBefore(/[\w.]*$/);
  if (!before || (before.text === "" && !context.explicit) || /^[\d.]/.test(before.text)) return null;
  const dot = before.text.lastIndexOf(".");
  const owner = dot < 0 ? null : before.text.slice(0, dot);
  return { from: before.from + dot + 1, options: optionsOf(owner), validFor: /^\w*$/ };
}

function optionsOf(owner: string | null): Completion[] {
  const groups = results.palette?.groups ?? [];
  const ops = groups.flatMap((group) => group.ops);
  const functional = groups.flatMap(({ name, ops }) =>
    ops.filter(({ code }) => code.startsWith("F.") || /activation|loss/i.test(name)),
  );
  const torch = ops.filter(({ code }) => !code.startsWith("F."));
  if (owner === null) return [...words(WORDS), ...results.names.map((label) => ({ label, boost: 2 }))];
  if (owner === "torch") return [...torch.map(asOption), ...words(TORCH)];
  if (owner === "F" || owner.endsWith("functional")) return functional.map(asOption);
  if (owner === "nn" || owner === "torch.nn") return layers();
  return [...words(ATTRIBUTES), ...words(METHODS), ...torch.filter(isMethod).map(asOption)];
}

/** Whether a tensor has it: not what makes tensors, nor what takes a list of them. */
function isMethod({ code, least_inputs }: TensorOp): boolean {
  return least_inputs > 0 && !code.includes("([");
}

function asOption({ name, signature, help }: TensorOp): Completion {
  return { label: name, detail: argumentsOf(signature), info: help };
}

function layers(): Completion[] {
  const { layers = [], losses = [] } = experiment.catalog ?? {};
  return [{ label: "functional" }, ...[...layers, ...losses].map(({ type, help }) => ({ label: type, info: help }))];
}

function argumentsOf(signature: string): string {
  return signature.slice(Math.max(0, signature.indexOf("(")));
}

function words(labels: readonly string[]): Completion[] {
  return labels.map((label) => ({ label }));
}
