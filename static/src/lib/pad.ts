/** Drawing a digit: strokes on a square pad of cells, each 0 (paper) to 1 (ink). */

/** A cell is inked fully, its four neighbours a little, as a pen is wider than a cell. */
export function ink(cells: readonly number[], side: number, x: number, y: number): number[] {
  const next = [...cells];
  const add = (cx: number, cy: number, amount: number): void => {
    if (cx < 0 || cy < 0 || cx >= side || cy >= side) return;
    const i = cy * side + cx;
    next[i] = Math.max(next[i]!, amount);
  };
  add(x, y, 1);
  for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]] as const) add(x + dx, y + dy, 0.35);
  return next;
}

export function erase(cells: readonly number[], side: number, x: number, y: number): number[] {
  return cells.map((cell, i) => (i === y * side + x ? 0 : cell));
}

/** The cells a straight stroke passes, both ends included, so that a fast hand leaves no gaps. */
export function stroke(from: readonly [number, number], to: readonly [number, number]): [number, number][] {
  const steps = Math.max(Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]));
  return Array.from({ length: steps + 1 }, (_, i) => {
    const share = steps === 0 ? 0 : i / steps;
    return [
      Math.round(from[0] + (to[0] - from[0]) * share),
      Math.round(from[1] + (to[1] - from[1]) * share),
    ];
  });
}

export function empty(side: number): number[] {
  return new Array<number>(side * side).fill(0);
}
