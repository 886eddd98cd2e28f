"""Has two programs (benches/beside/main.rs, built in two trees) work in turn, and prints their ratios round by round's median.

    turns.py OLD NEW [THREADS [ROUNDS [COUNT]]]
"""

import statistics
import subprocess
import sys

old, new, *rest = sys.argv[1:]
threads, rounds, count = [int(word) for word in rest] + [64, 9, 4000][len(rest) :]


class Side:
    def __init__(self, program):
        self.program = subprocess.Popen([program, "--bench"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, what):
        self.program.stdin.write(f"{what} {threads} {count}\n")
        self.program.stdin.flush()
        return [int(word) / count / 1000 for word in self.program.stdout.readline().split()]

    def end(self):
        self.program.stdin.close()
        self.program.wait()


sides = {"old": Side(old), "new": Side(new)}
works = [(side, what) for what in ("confirm", "put") for side in sides]
for side, what in works:
    sides[side].run(what)
found = {work: [] for work in works}
for number in range(rounds):
    for side, what in works if number % 2 == 0 else works[::-1]:
        found[side, what].append(sides[side].run(what))
for side in sides.values():
    side.end()

print(f"{threads} threads, {rounds} rounds of {count}; microseconds of time and of the processors' work")
for side, what in works:
    time, worked = (statistics.median(one[part] for one in found[side, what]) for part in (0, 1))
    print(f"  {what}, {side}: {time:.0f} and {worked:.0f}; {1e6 / time:.0f} a second")


def ratio(title, one, other):
    for part, of in enumerate(("time", "work")):
        ratios = sorted(a[part] / b[part] for a, b in zip(found[one], found[other], strict=True) if b[part])
        print(f"  {title}, {of}: {statistics.median(ratios):.2f} x ({ratios[0]:.2f} to {ratios[-1]:.2f})")


ratio("confirmations a second, new against old", ("old", "confirm"), ("new", "confirm"))
ratio("a confirmation in puts, new", ("new", "confirm"), ("new", "put"))
ratio("a confirmation in puts, old", ("old", "confirm"), ("old", "put"))
ratio("a confirmation of the new in puts of the old", ("new", "confirm"), ("old", "put"))
