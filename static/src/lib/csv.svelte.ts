/** The CSV a person brought: its upload, and what the server found in it. */
import { api, problemsOf } from "./api";
import { setData } from "./edits";
import { experiment } from "./experiment.svelte";
import { preview } from "./preview.svelte";
import { inWords, problem } from "./problems";
import type { CsvColumn, CsvFile, CsvReply, Problem } from "./protocol";
import { keep, recall } from "./storage";
import { fileSize } from "./words";

export const LARGEST = 20_000_000;
const STORED = "playground.csv";

class CsvStore {
  busy = $state(false);
  problem = $state.raw<Problem | null>(null);

  /** What was found in the file of the present experiment, or null where that is not known here. */
  readonly found = $derived(experiment.csv?.sha256 === experiment.current.data.csv?.sha256 ? experiment.csv : null);

  constructor() {
    experiment.csv = read();
  }

  async upload(name: string, content: Blob): Promise<void> {
    this.problem = null;
    if (content.size > LARGEST) {
      const size = fileSize(content.size);
      this.#complain(problem(`${name} has ${size}: at most ${fileSize(LARGEST)} can be used.`, "data/csv"));
      return;
    }
    this.busy = true;
    try {
      this.take(await api.csv(name, content));
    } catch (error) {
      this.#complain(problemsOf(error)[0]!);
    } finally {
      this.busy = false;
    }
  }

  /** Another column to predict; a column of words can only be told apart, numbers are predicted. */
  chooseTarget(column: CsvColumn): void {
    this.change({
      target: column.name,
      task: column.kind === "category" ? "classification" : "regression",
    });
  }

  change(change: Partial<CsvFile>): void {
    experiment.edit((e) => (e.data.csv ? setData(e, { csv: { ...e.data.csv, ...change } }) : e));
  }

  /** In the panel where it is open, else over the page: a file may be dropped on any data set. */
  #complain(complaint: Problem): void {
    if (experiment.current.data.name === "CSV") this.problem = complaint;
    else experiment.notice = inWords(complaint);
  }

  /** Opens what an upload, or a pair of tensors, was answered with. */
  take(reply: CsvReply): void {
    const awaited = experiment.current.data.csv?.sha256 === reply.sha256;
    if (!awaited) experiment.chooseData(reply.preset);
    experiment.csv = reply;
    keep(STORED, JSON.stringify(reply));
    if (!awaited) return;
    // The file that was missing: everything chosen about it stays.
    experiment.recheck();
    preview.refresh();
  }
}

function read(): CsvReply | null {
  try {
    return JSON.parse(recall(STORED) ?? "null") as CsvReply | null;
  } catch {
    return null;
  }
}

export const csv = new CsvStore();
