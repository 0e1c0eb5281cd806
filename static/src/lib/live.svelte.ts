/** What the frames of the watched run brought: where it stands, its curves and its views, always the newest. */
import { decode, type Decoded } from "./arrays";
import { Buckets } from "./buckets";
import type { CurveColumns } from "./curves";
import type { CurveCursor, Frame, LayerView, Progress, Views } from "./protocol";

export type ViewName = keyof Views;
export type DrawnViews = { [K in ViewName]?: Decoded<NonNullable<Views[K]>> };
export type DrawnLayer = Decoded<LayerView>;

export class Live {
  progress = $state.raw<Progress | null>(null);
  scalars = $state.raw<Record<string, number | null>>({});
  /** Curves by their name on the wire. */
  curves = $state.raw<Record<string, CurveColumns>>({});
  /** A view that never came is missing. */
  views = $state.raw<DrawnViews>({});
  readonly layers = $derived(new Map((this.views.layers ?? []).map((view) => [view.id, view])));
  readonly activations = $derived(new Map((this.views.activations?.layers ?? []).map((view) => [view.id, view])));
  /** The newest frame taken in. */
  seq = 0;
  #buckets = new Map<string, Buckets>();

  /** What a server need not send again. */
  get cursors(): Record<string, CurveCursor> {
    return Object.fromEntries([...this.#buckets].map(([name, curve]) => [name, curve.cursor]));
  }

  /** Takes a frame in; false where a curve would have a hole, so that it must be asked for again. */
  take(frame: Frame): boolean {
    const grown: Record<string, CurveColumns> = {};
    for (const [name, delta] of Object.entries(frame.curves)) {
      const curve = this.#buckets.get(name) ?? new Buckets();
      if (!curve.merge(delta, frame.blob)) return false;
      this.#buckets.set(name, curve);
      grown[name] = curve.columns;
    }
    this.seq = frame.seq;
    this.progress = frame.progress;
    this.scalars = frame.scalars;
    this.curves = { ...this.curves, ...grown };
    this.views = { ...this.views, ...present(decode(frame.views, frame.blob)) };
    return true;
  }

  clear(): void {
    this.progress = null;
    this.scalars = {};
    this.curves = {};
    this.views = {};
    this.seq = 0;
    this.#buckets.clear();
  }
}

/** Only what a frame brought: null means unchanged. */
function present(views: object): DrawnViews {
  return Object.fromEntries(Object.entries(views).filter(([, view]) => view !== null && view !== undefined));
}
