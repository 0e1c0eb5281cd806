/** Questions where an element came from: asked after a pause, answers kept, late ones dropped. */

import { api, problemsOf } from "../../../lib/api";
import type { ExplainReply, ExplainRequest } from "../../../lib/protocol";

const PAUSE_MS = 60;
const MOST_KEPT = 500;

export class Explaining {
  /** Stays until the next answer, so that moving over a grid does not flicker. */
  answer = $state.raw<ExplainReply | null>(null);
  problem = $state<string | null>(null);

  #kept = new Map<string, ExplainReply>();
  #code = "";
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked: AbortController | null = null;

  /** Null asks nothing and shows nothing. */
  ask(request: ExplainRequest | null): void {
    this.cancel();
    if (request === null) {
      this.answer = null;
      this.problem = null;
      return;
    }
    if (request.code !== this.#code) {
      this.#kept.clear();
      this.#code = request.code;
    }
    const kept = this.#kept.get(keyOf(request));
    if (kept) this.#show(kept);
    else this.#timer = setTimeout(() => void this.#send(request), PAUSE_MS);
  }

  /** Whatever is under way is not wanted any more. */
  cancel(): void {
    clearTimeout(this.#timer);
    this.#asked?.abort();
    this.#asked = null;
  }

  async #send(request: ExplainRequest): Promise<void> {
    const asked = (this.#asked = new AbortController());
    try {
      const answer = await api.explain(request, asked.signal);
      if (asked.signal.aborted) return;
      if (this.#kept.size >= MOST_KEPT) this.#kept.clear();
      this.#kept.set(keyOf(request), answer);
      this.#show(answer);
    } catch (error) {
      if (asked.signal.aborted) return;
      this.answer = null;
      this.problem = problemsOf(error)[0]!.message;
    }
  }

  #show(answer: ExplainReply): void {
    this.answer = answer;
    this.problem = null;
  }
}

function keyOf({ call, output, element }: ExplainRequest): string {
  return `${call}/${output}/${element.join(",")}`;
}
