/** Opening an experiment from a file. */
import { problemsOf } from "../lib/api";
import { experiment } from "../lib/experiment.svelte";
import { asExperiment } from "../lib/outline";

/** Opens it, or says why not. Resolves to whether it was opened. */
export async function openFile(file: File): Promise<boolean> {
  try {
    experiment.open(asExperiment(JSON.parse(await file.text())));
    experiment.notice = null;
    return true;
  } catch (error) {
    const reason = error instanceof SyntaxError ? "it is not JSON." : problemsOf(error)[0]!.message;
    experiment.notice = `${file.name} was not opened: ${reason}`;
    return false;
  }
}
