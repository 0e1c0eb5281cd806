/** Problems as the editor marks them. */
import type { Diagnostic } from "@codemirror/lint";
import type { Text } from "@codemirror/state";
import { inWords } from "../../../lib/problems";
import type { CodeProblem } from "../../../lib/protocol";

/** The text between two places, held inside the document; an empty place is widened to what can be seen. */
export function toDiagnostic(doc: Text, problem: CodeProblem): Diagnostic {
  const from = offset(doc, problem.line, problem.column);
  const to = Math.max(from, offset(doc, problem.end_line, problem.end_column));
  const line = doc.lineAt(from);
  const shown = to > from ? { from, to } : { from: Math.min(from, Math.max(line.from, line.to - 1)), to: line.to };
  return { ...shown, severity: problem.severity, message: inWords(problem) };
}

function offset(doc: Text, line: number, column: number): number {
  const at = doc.line(Math.min(Math.max(1, line), doc.lines));
  return Math.min(at.to, at.from + Math.max(0, column));
}
