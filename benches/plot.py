#!/usr/bin/env python3
"""Draws docs/performance.svg from the table in docs/performance.md: each ratio (median, lowest to highest) beside its aim.

`benches/plot.py` writes the picture; `benches/plot.py --check` exits 1 when the picture isn't that of the table.
A logarithmic axis: left of 1 is less than the limit or peer. The standard library is enough.
"""

import math
import pathlib
import re
import sys
from html import escape

DOCS = pathlib.Path(__file__).resolve().parent.parent / "docs"
FOUND = re.compile(r"\*\*([\d.]+) ×\*\* \(([\d.]+)–([\d.]+), n = \d+")
AIM = re.compile(r"([≤≥<]) ?([\d.]+) ×")
LEFT, RIGHT, ROW, TOP = 470, 890, 18, 40


def rows(text):
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        found = FOUND.search(cells[3]) if len(cells) >= 4 else None
        if found:
            aim = AIM.search(cells[2])
            yield cells[0].replace("`", ""), [float(part) for part in found.groups()], aim and (aim[1], float(aim[2]))


def draw(table):
    low, high = math.log10(0.01), math.log10(300)

    def x(ratio):
        share = (math.log10(max(ratio, 0.011)) - low) / (high - low)
        return round(LEFT + share * (RIGHT - LEFT), 1)

    height = TOP + ROW * len(table) + 20
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="900" height="{height}" font-family="sans-serif" font-size="11">',
        f'<rect width="900" height="{height}" fill="#fff"/>',
        '<text x="8" y="16" font-size="13">Ratio to the limit or peer (logarithmic); the tick is the aim, '
        "filled where it is met</text>",
    ]
    for ratio in (0.01, 0.1, 1, 10, 100):
        at = x(ratio)
        out.append(f'<line x1="{at}" y1="{TOP - 12}" x2="{at}" y2="{height - 16}" stroke="{"#888" if ratio == 1 else "#ddd"}"/>')
        out.append(f'<text x="{at}" y="{height - 4}" text-anchor="middle">{ratio:g}</text>')
    for number, (what, (median, least, most), aim) in enumerate(table):
        y = TOP + ROW * number
        met = aim and (median >= aim[1] if aim[0] == "≥" else median <= aim[1])
        name = what if len(what) < 76 else what[:74] + "…"
        out.append(f'<text x="8" y="{y + 4}">{escape(name)}</text>')
        out.append(f'<line x1="{x(least)}" y1="{y}" x2="{x(most)}" y2="{y}" stroke="#357" stroke-width="2"/>')
        fill = "#357" if met or not aim else "#fff"
        out.append(f'<circle cx="{x(median)}" cy="{y}" r="4" fill="{fill}" stroke="#357" stroke-width="2"/>')
        if aim:
            out.append(f'<line x1="{x(aim[1])}" y1="{y - 7}" x2="{x(aim[1])}" y2="{y + 7}" stroke="#c30" stroke-width="2"/>')
    return "\n".join(out + ["</svg>", ""])


def main():
    table = list(rows((DOCS / "performance.md").read_text(encoding="utf-8")))
    assert len(table) > 20, "the table isn't found any more"
    picture, path = draw(table), DOCS / "performance.svg"
    if "--check" in sys.argv:
        sys.exit(0 if path.read_text(encoding="utf-8") == picture else "docs/performance.svg isn't that of the table: run benches/plot.py")
    path.write_text(picture, encoding="utf-8")


main()
