/** Problems and the fields they belong to. */
import type { Problem } from "./protocol";
import { sentence, stopped } from "./words";

/** Those at exactly this path. */
export function at(problems: readonly Problem[], where: string): Problem[] {
  return problems.filter((problem) => problem.where === where);
}

/** Those at this path or below it: `layers/2` has those of `layers/2/args/p`. */
export function under(problems: readonly Problem[], where: string): Problem[] {
  return problems.filter((problem) => problem.where === where || problem.where.startsWith(`${where}/`));
}

/** The errors: what keeps a run from starting. */
export function errors(problems: readonly Problem[]): Problem[] {
  return problems.filter((problem) => problem.severity === "error");
}

/** One problem and its way out, as sentences. A message may begin with an argument's name: it stays as it is. */
export function inWords({ message, fix }: Pick<Problem, "message" | "fix">): string {
  return [message && stopped(message), fix && sentence(fix)].filter(Boolean).join(" ");
}

/** A problem of the page's own. */
export function problem(message: string, where = "", fix: string | null = null): Problem {
  return { where, message, fix, severity: "error" };
}
