"""The helpers, asked as the library asks them: drawn names and portraits from packages. All people are invented.

Wants the packages of `helpers/requirements.txt` and a Chinese font: `run.py FONT`.
"""

import pathlib
import random
import subprocess
import sys
import tempfile

import skimage.data
from PIL import Image, ImageDraw, ImageFont

HELPERS = pathlib.Path(__file__).resolve().parents[2] / "helpers"
sys.path.insert(0, str(HELPERS))

import ppocr_read  # noqa: E402
from rapidocr_onnxruntime import RapidOCR  # noqa: E402

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华文建国玉兰红梅建华志强丹鹏飞宇浩然子轩梓涵"
# Of these characters the recogniser has none, or another one in its place.
RARE = ["亓官测试", "仉测试", "蒯测试", "㛃测试", "酆测试"]
NAMES = 120


def card(text, font):
    """The left upper part of a portrait side, rectified."""
    side = Image.new("L", (856, 540), 226)
    draw = ImageDraw.Draw(side)
    label, print_, small = (ImageFont.truetype(font, size) for size in (26, 38, 32))
    draw.text((70, 62), "姓", font=label, fill=95)
    draw.text((106, 62), "名", font=label, fill=95)
    draw.text((160, 52), text, font=print_, fill=45)
    draw.text((70, 122), "性  别", font=label, fill=95)
    draw.text((160, 114), "男", font=small, fill=45)
    return side


def pgm(picture):
    return b"P5\n%d %d\n255\n" % picture.size + picture.tobytes()


def ask(helper, question):
    """As the library does it: an empty environment, an empty directory."""
    with tempfile.TemporaryDirectory() as place:
        command = [sys.executable, str(HELPERS / helper)]
        told = subprocess.run(command, input=question, capture_output=True, cwd=place, env={}, timeout=60)
    return told.returncode, told.stdout.decode()


def names(font):
    """Common names are read; what the dictionary lacks is never read as it stands there."""
    draw = random.Random(20261130)
    engine = RapidOCR(**ppocr_read.ENGINE)

    def read(text):
        picture = ppocr_read.numpy.asarray(card(text, font))
        return ppocr_read.value("name", ppocr_read.lines(engine, picture, "name"))

    wanted = [draw.choice(SURNAMES) + "".join(draw.sample(GIVEN, draw.choice([1, 2]))) for _ in range(NAMES)]
    wanted += ["阿依古丽·测试", "欧阳测试", "买买提·艾合买提"]
    found = {text: read(text) for text in wanted}
    right = sum(got is not None and got[0] == text and got[1] >= ppocr_read.THRESHOLD for text, got in found.items())
    print(f"names: {right} of {len(found)} drawn names read as they stand there")
    for text, got in found.items():
        if got is None or got[0] != text:
            print(f"  {text} is read as {got}")
    assert right >= 0.97 * len(found), "fewer than 97 of 100"
    rare = {text: read(text) for text in RARE}
    print("rare:", {text: got and got[0] for text, got in rare.items()})
    assert not any(got and got[0] == text for text, got in rare.items()), "the dictionary has grown: the pages say otherwise"


def protocol(font):
    """Questions and answers byte by byte."""
    side = pgm(card("测试甲", font))
    status, told = ask("ppocr_read.py", b"name\n" + side)
    head, text = told.rstrip("\n").split("\n")
    assert (status, text, head.split(" ")[0]) == (0, "测试甲", "read"), told
    blank = Image.new("L", (856, 540), 226)
    assert ask("ppocr_read.py", b"name\n" + pgm(blank)) == (0, "illegible\n")
    assert ask("ppocr_read.py", b"validity\n" + side) == (0, "illegible\n")
    for wrong in (b"", b"colour\n" + side, b"name\n" + side[:-1], b"name\n" + pgm(blank.resize((300, 200)))):
        status, told = ask("ppocr_read.py", wrong)
        assert status != 0 and told == "", wrong[:20]


def faces():
    """Two portraits, both in the public domain or released for such use, and pictures without anybody."""
    for name, wanted in (("astronaut", 1), ("camera", 1), ("coffee", 0), ("chelsea", 0), ("brick", 0), ("moon", 0)):
        picture = Image.fromarray(getattr(skimage.data, name)()).convert("L")
        status, told = ask("centerface_find.py", pgm(picture))
        lines = told.split("\n")
        assert (status, lines[0]) == (0, f"faces {wanted}"), (name, told)
        for line in lines[1 : 1 + wanted]:
            left, top, right, bottom, ax, ay, bx, by = (float(part) for part in line.split(" "))
            assert left < ax < bx < right and top < min(ay, by) and max(ay, by) < bottom, line
    print("faces: one on each of two portraits, none on four pictures without anybody")
    status, told = ask("centerface_find.py", b"P5\n10 10\n255\n123")
    assert status != 0 and told == ""


if __name__ == "__main__":
    protocol(sys.argv[1])
    names(sys.argv[1])
    faces()
