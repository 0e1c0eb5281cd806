/** The confusion matrix: rows are what a sample is, columns what the model says. */

export interface Matrix {
  classes: readonly string[];
  /** Row by row. */
  counts: ArrayLike<number>;
}

export interface Score {
  right: number;
  total: number;
}

export function score({ classes, counts }: Matrix): Score {
  const n = classes.length;
  let [right, total] = [0, 0];
  for (let i = 0; i < n * n; i++) {
    total += counts[i]!;
    if (i % (n + 1) === 0) right += counts[i]!;
  }
  return { right, total };
}

/** Each count as a share of its row: how often a sample of that class gets that answer. */
export function rowShares({ classes, counts }: Matrix): number[] {
  const n = classes.length;
  const sums = classes.map((_, r) => classes.reduce((sum, _, c) => sum + counts[r * n + c]!, 0));
  return Array.from({ length: n * n }, (_, i) => {
    const sum = sums[Math.floor(i / n)]!;
    return sum > 0 ? counts[i]! / sum : 0;
  });
}

/** The pair most often taken for another, null when there is none. */
export function worst({ classes, counts }: Matrix): { truth: string; said: string; count: number } | null {
  const n = classes.length;
  let at = -1;
  for (let i = 0; i < n * n; i++) {
    const wrong = i % (n + 1) !== 0 && counts[i]! > 0;
    if (wrong && (at < 0 || counts[i]! > counts[at]!)) at = i;
  }
  if (at < 0) return null;
  return { truth: classes[Math.floor(at / n)]!, said: classes[at % n]!, count: counts[at]! };
}
