"""The times as a picture: bars on a logarithmic scale, in colours that stand on light and on dark."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

from benchmarks.rounds import Result

WIDTH, LEFT, BAR, GAP = 760, 190, 13, 16
SHOWN = (  # title, contenders of which the fastest counts, colour
    ("ours, captured", ("captured",), "#0f8a5f"),
    ("ours, eager", ("eager",), "#4fb894"),
    ("PyTorch eager", ("torch",), "#e0682f"),
    (
        "PyTorch, best other",
        ("torch-fused", "torch-channels-last", "torch-foreach", "torch-compile"),
        "#b5482a",
    ),
    ("best jax.jit", ("jax", "jax-flat", "jax-nhwc"), "#5b7fd6"),
)
SAYS = "Microseconds of one training step, one thread each: shorter is faster"
STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#333}.grid{stroke:#8886;stroke-width:1}"
    "@media(prefers-color-scheme:dark){text{fill:#ddd}}"
)


def bars(results: Mapping[str, Mapping[str, Result]]) -> str:
    """An SVG with a group of bars for each work; the picture's text says the same numbers."""
    rows = [(key, _fastest(row)) for key, row in results.items()]
    times = [time for _, row in rows for _, time, _ in row]
    low, high = math.floor(math.log10(min(times))), math.ceil(math.log10(max(times)))
    scale = (WIDTH - LEFT - 70) / max(high - low, 1)
    body: list[str] = []
    y = 46
    for key, row in rows:
        body.append(f'<text x="8" y="{y + 11}" font-weight="600">{escape(key)}</text>')
        for title, time, colour in row:
            length = (math.log10(time) - low) * scale
            body += [
                f'<text x="{LEFT - 8}" y="{y + 11}" text-anchor="end">{escape(title)}</text>',
                f'<rect x="{LEFT}" y="{y}" width="{length:.1f}" height="{BAR - 2}" rx="2" fill="{colour}"/>',
                f'<text x="{LEFT + length + 6:.1f}" y="{y + 11}">{time:,.{0 if time >= 100 else 1}f}</text>',
            ]
            y += BAR + 2
        y += GAP
    grid = [
        f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="34" y2="{y - GAP}"/>'
        f'<text x="{x:.1f}" y="28" text-anchor="middle">{10.0**power:g}</text>'
        for power in range(low, high + 1) if (x := LEFT + (power - low) * scale)
    ]
    size = f'viewBox="0 0 {WIDTH} {y}" role="img" aria-labelledby="t"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size}><title id="t">{SAYS}</title>'
    caption = f'<text x="8" y="14">{SAYS}</text>'
    return "\n".join([head, f"<style>{STYLE}</style>", caption, *grid, *body, "</svg>", ""])


def _fastest(row: Mapping[str, Result]) -> Sequence[tuple[str, float, str]]:
    found = []
    for title, names, colour in SHOWN:
        medians = [row[name].median for name in names if name in row and row[name].turns]
        if medians:
            found.append((title, min(medians), colour))
    return found
