"""Reads one printed field of a rectified card with PP-OCR: a `text_reader` for realname.

What it gets and what it answers is in `helpers/README.md`. It decides nothing: the score that the recogniser gives is passed on with
the threshold below, and a name that it reads otherwise than declared is for a person to look at, because the recogniser's
dictionary lacks characters that people have in their names.
"""

import logging
import re
import sys

import cv2
import numpy
from rapidocr_onnxruntime import RapidOCR

# Score from which a reading counts. PP-OCR's makers state no rate of wrong readings for it.
THRESHOLD = 0.9
# Where each field is on its side, in tenths of a millimetre (GA 448), with room for an outline that is off: top, bottom, left, right.
PLACES = {
    "name": (20, 150, 40, 540),
    "id_number": (390, 540, 200, 856),
    "validity": (400, 540, 200, 856),
}
CARD = (540, 856)
# The detector gets the part as it is: by default it is enlarged to 736 pixels down, which takes seconds and reads no better.
ENGINE = {"det_limit_type": "max", "det_limit_side_len": 960, "use_cls": False}


def picture(stream):
    """The binary PGM that follows: brightness, a byte a pixel."""
    if stream.readline() != b"P5\n":
        raise ValueError("no PGM")
    width, height = (int(part) for part in stream.readline().split())
    if stream.readline() != b"255\n" or (height, width) != CARD:
        raise ValueError("not a rectified card of 856 by 540 pixels")
    samples = stream.read(width * height)
    return numpy.frombuffer(samples, dtype=numpy.uint8).reshape(height, width)


def lines(engine, card, field):
    """The texts in the field's place with their scores, line by line."""
    top, bottom, left, right = PLACES[field]
    # A line of the name is thirty to forty pixels high, the recogniser's are forty-eight.
    part = cv2.resize(card[top:bottom, left:right], None, fx=1.5, fy=1.5, interpolation=cv2.INTER_CUBIC)
    found, _ = engine(numpy.repeat(part[:, :, None], 3, axis=2))
    boxes = []
    for corners, text, score in found or []:
        high = max(y for _, y in corners) - min(y for _, y in corners)
        middle = sum(y for _, y in corners) / len(corners)
        boxes.append((middle, min(x for x, _ in corners), high, text, float(score)))
    rows = []
    for box in sorted(boxes):
        if rows and box[0] - rows[-1][0][0] < rows[-1][0][2] / 2:
            rows[-1].append(box)
        else:
            rows.append([box])
    return [("".join(box[3] for box in sorted(row, key=lambda box: box[1])), min(box[4] for box in row)) for row in rows]


def name(text):
    """What stands behind the label, if anything does."""
    found = re.search(r"姓\s*名\s*[:：]?\s*(\S.*)$", text)
    return found.group(1).strip() if found else None


def value(field, rows):
    """The field's text among the lines, with its score."""
    for text, score in rows:
        if field == "name":
            found = name(text)
        elif field == "id_number":
            found = re.search(r"[0-9]{17}[0-9Xx]", text.replace(" ", ""))
            found = found.group().upper() if found else None
        else:
            found = re.search(r"[0-9]{4}\.[0-9]{2}\.[0-9]{2}-([0-9]{4}\.[0-9]{2}\.[0-9]{2}|长期)", text.replace(" ", ""))
            found = found.group() if found else None
        if found:
            return found, score
    return None


def main():
    """Answers one question."""
    logging.disable(logging.CRITICAL)
    field = sys.stdin.buffer.readline().decode("ascii").strip()
    if field not in PLACES:
        raise ValueError("no such field")
    found = value(field, lines(RapidOCR(**ENGINE), picture(sys.stdin.buffer), field))
    if found is None:
        answer = "illegible\n"
    else:
        answer = f"read {found[1]:.4f} {THRESHOLD}\n{found[0]}\n"
    sys.stdout.buffer.write(answer.encode())


if __name__ == "__main__":
    main()
