/** What may come next at the cursor: the palette's ops, the program's names, and the words it understands. */
import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import type { TensorOp } from "../../../lib/protocol";
import { results } from "../results.svelte";

const WORDS = ["torch", "nn", "F", "print", "range", "for", "in", "with", "True", "False", "None", "len", "float", "int"];
const ATTRIBUTES = ["shape", "dtype", "grad", "T", "mT", "data", "requires_grad", "is_leaf", "grad_fn", "ndim"];
const METHODS = ["backward()", "item()", "tolist()", "stride()", "is_contiguous()", "contiguous()", "detach()", "size()"];
const TORCH = ["no_grad()", "manual_seed(0)", "float32", "float64", "int64", "bool"];

export function complete(context: CompletionContext): CompletionResult | null {
  const before = context.matchBefore(/[\w.]*$/);
  if (!before || (before.text === "" && !context.explicit) || /^[\d.]/.test(before.text)) return null;
  const dot = before.text.lastIndexOf(".");
  const owner = dot < 0 ? null : before.text.slice(0, dot);
  return { from: before.from + dot + 1, options: optionsOf(owner), validFor: /^\w*$/ };
}

function optionsOf(owner: string | null): Completion[] {
  const ops = results.palette?.groups.flatMap((group) => group.ops) ?? [];
  if (owner === null) return [...words(WORDS), ...results.names.map((label) => ({ label, boost: 2 }))];
  if (owner === "torch") return [...named(ops, /\btorch\.(\w+)\(/), ...words(TORCH), { label: "nn" }];
  if (owner === "F" || owner.endsWith("functional")) return named(ops, /(?:\bF|functional)\.(\w+)\(/);
  if (owner === "nn" || owner === "torch.nn") return [{ label: "functional" }, ...named(ops, /\bnn\.([A-Z]\w+)\(/)];
  return [...words(ATTRIBUTES), ...words(METHODS), ...named(ops, /(?:\}|\bTensor)\.(\w+)\(/)];
}

/** Ops that are called this way, in their code or in their signature. */
function named(ops: readonly TensorOp[], way: RegExp): Completion[] {
  return ops.flatMap((op) => {
    const label = (way.exec(op.code) ?? way.exec(op.signature))?.[1];
    return label ? [{ label, detail: argumentsOf(op.signature), info: op.help }] : [];
  });
}

function argumentsOf(signature: string): string {
  return signature.slice(Math.max(0, signature.indexOf("(")));
}

function words(labels: readonly string[]): Completion[] {
  return labels.map((label) => ({ label }));
}
