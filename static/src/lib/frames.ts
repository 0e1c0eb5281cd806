/** One animation frame for all pictures of the page: each is drawn once, from the latest data. */

const waiting = new Set<() => void>();

/** Draw in the next frame; the returned function takes the wish back. */
export function nextFrame(draw: () => void): () => void {
  if (waiting.size === 0) requestAnimationFrame(flush);
  waiting.add(draw);
  return () => waiting.delete(draw);
}

function flush(): void {
  const due = [...waiting];
  waiting.clear();
  for (const draw of due) draw();
}
