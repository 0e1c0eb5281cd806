/** The part of a picture that is seen: moved and scaled, in CSS pixels. */

import type { Box, Layout } from "../../../lib/tapeGraph";

const LEAST = 0.06;
const MOST = 2.5;
const STEP = 1.25;
/** Room for the ring around what has focus. */
const EDGE = 6;

export class Viewport {
  x = $state(0);
  y = $state(0);
  scale = $state(1);
  width = $state(0);
  height = $state(0);

  get transform(): string {
    return `translate(${this.x} ${this.y}) scale(${this.scale})`;
  }

  /** All of the picture in the middle; a large one not smaller than `least`, a small one not larger than `most`. */
  fit({ width, height }: Pick<Layout, "width" | "height">, most: number, least = LEAST): void {
    if (this.width === 0 || width === 0 || height === 0) return;
    this.scale = Math.max(least, Math.min(most, this.width / width, this.height / height));
    this.x = (this.width - width * this.scale) / 2;
    this.y = (this.height - height * this.scale) / 2;
  }

  pan(dx: number, dy: number): void {
    this.x += dx;
    this.y += dy;
  }

  /** Closer (`direction` 1) or further (−1), around a place that stays where it is. */
  zoom(direction: number, at = { x: this.width / 2, y: this.height / 2 }): void {
    const scale = Math.max(LEAST, Math.min(MOST, this.scale * STEP ** direction));
    const ratio = scale / this.scale;
    this.x = at.x - (at.x - this.x) * ratio;
    this.y = at.y - (at.y - this.y) * ratio;
    this.scale = scale;
  }

  /** As little movement as brings the whole box into view. */
  reveal(box: Box): void {
    this.x += correction(this.x + (box.x - box.width / 2) * this.scale, box.width * this.scale, this.width);
    this.y += correction(this.y + (box.y - box.height / 2) * this.scale, box.height * this.scale, this.height);
  }
}

function correction(start: number, size: number, room: number): number {
  if (start < EDGE) return EDGE - start;
  return Math.min(0, room - EDGE - (start + size));
}
