#!/usr/bin/env python3
"""Which crate may import which, and what may never be below one: docs/architecture.md, asked of `cargo tree`."""
import glob
import json
import re
import subprocess
import sys

from circles import circles, sources

# A crate may use those that stand before it in this list, and no other.
ORDER = ["terms", "https", "token", "journal", "card", "capture", "authority", "issue", "flow", "store", "pkcs11", "gateway"]
# The foreign interfaces: the only crates that may have unsafe code.
FOREIGN = {"realname-c", "realname-python", "sdtapi", "termb", "synjones", "wltrs"}
# What a crate must not have below it, in its largest feature set that is a user's.
NEVER = {
    # (package, its features): (crates of ours, crates of others)
    ("realname-token", "--all-features"): (
        {"card", "capture", "authority", "https", "issue", "flow", "store"},
        {"image", "zune-jpeg", "png", "serialport", "nusb", "hidapi", "ureq", "rustls", "httparse", "rusqlite", "postgres"},
    ),
    ("realname-card", "--all-features"): (
        {"token", "capture", "authority", "https", "issue", "flow", "store"},
        {"image", "zune-jpeg", "ed25519-dalek", "p256", "ureq", "rustls", "rusqlite", "postgres"},
    ),
    ("realname", "--no-default-features"): (
        {"card", "capture", "authority", "https", "issue", "flow", "store"},
        {"image", "zune-jpeg", "png", "serialport", "nusb", "hidapi", "ureq", "rustls", "httparse", "rusqlite", "postgres"},
    ),
    ("realname-issue", "--all-features"): ({"flow", "store"}, {"rusqlite", "postgres", "serialport", "ureq"}),
    ("realname-gateway", "--all-features"): (
        {"card", "capture", "authority", "issue", "store", "pkcs11"}, {"image", "serialport", "rusqlite", "postgres", "tokio"},
    ),
    ("realname-flow", "--all-features"): ({"card", "capture", "authority", "issue", "store"}, {"image", "serialport"}),
}


def tree(package, *arguments):
    """The names below a package, itself left out; the target doesn't matter."""
    command = ["cargo", "tree", "-p", package, "-e", "normal,build", "--target", "all", "--prefix", "none", "--format", "{p}"]
    text = subprocess.run(command + list(arguments), check=True, capture_output=True, text=True).stdout
    return {line.split()[0] for line in text.splitlines() if line.strip()} - {package}


def main():
    wrong = []
    for place, name in enumerate(ORDER):
        package = f"realname-{name}"
        ours = {found.removeprefix("realname-") for found in tree(package, "--all-features") if re.match(r"realname\b", found)}
        allowed = set(ORDER[:place])
        if ours - allowed:
            wrong.append(f"{package} reaches {sorted(ours - allowed)}: the order is {' '.join(ORDER)}")
        print(f"{package}: {', '.join(sorted(ours)) or 'none of ours'}")
    for (package, features), (ours, others) in NEVER.items():
        found = tree(package, features)
        bad = {f"realname-{name}" for name in ours} & found | others & found
        if bad:
            wrong.append(f"{package} {features} has {sorted(bad)} below it")
        print(f"{package} {features}: {len(found)} crates, none of those that it must do without" if not bad else f"{package}: {bad}")
    # No circle between the files of a crate either.
    for src in sources():
        found, files, imports = circles(src)
        print(f"{src}: {files} files, {imports} imports between them, {len(found) or 'no'} circles")
        wrong += [f"a circle: {edge}" for circle in found for edge in circle]
    # The page that a reader believes names every crate.
    page = open("docs/architecture.md", encoding="utf-8").read()
    for name in ORDER:
        if f"crates/{name}" not in page and f"`{name}`" not in page and f"realname-{name}" not in page:
            wrong.append(f"docs/architecture.md doesn't name crates/{name}")
    for line in wrong:
        print("borders:", line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
