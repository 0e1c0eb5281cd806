/** A few samples of every data set, fetched one set after the other once the page has settled. */
import { api } from "./api";
import type { Data, DataPreview, DatasetEntry } from "./protocol";

const FEW = 120;

class Thumbnails {
  previews = $state.raw<Record<string, DataPreview>>({});
  #begun = false;

  /** Fetches those that are missing. A set that cannot be shown keeps its icon. */
  async load(datasets: readonly DatasetEntry[]): Promise<void> {
    if (this.#begun) return;
    this.#begun = true;
    for (const { name, preset } of datasets) {
      if (name === "CSV") continue;
      const preview = await api.preview(few(preset.data)).catch(() => null);
      if (preview) this.previews = { ...this.previews, [name]: preview };
    }
  }
}

function few(data: Data): Data {
  return "samples" in data.args ? { ...data, args: { ...data.args, samples: FEW } } : data;
}

export const thumbnails = new Thumbnails();
