#!/usr/bin/env python3
"""What `cargo package` collected: each crate has its licences and README, and nothing that isn't its own."""
import json
import subprocess
import sys
import tarfile

metadata = json.loads(subprocess.run(["cargo", "metadata", "--format-version", "1", "--no-deps"], check=True, capture_output=True, text=True).stdout)
wrong = []
for package in metadata["packages"]:
    if package["publish"] is not None:
        continue
    stem = f"{package['name']}-{package['version']}"
    with tarfile.open(f"{metadata['target_directory']}/package/{stem}.crate") as archive:
        files = {member.name.removeprefix(stem + "/"): member for member in archive.getmembers()}
    size = sum(member.size for member in files.values())
    print(f"{stem}: {len(files)} files, {size // 1024} KiB")
    for needed in ("Cargo.toml", "README.md", "LICENSE-APACHE", "LICENSE-MIT", "src/lib.rs"):
        if needed not in files or files[needed].size == 0:
            wrong.append(f"{stem} lacks {needed}")
    for name, member in files.items():
        if member.issym() or name.startswith((".ci", "fuzz", "findings", "bench-history", "apps", "crates", "target")):
            wrong.append(f"{stem} holds {name}")
    for key in ("description", "license", "readme", "keywords", "categories", "rust_version"):
        if not package[key]:
            wrong.append(f"{stem} has no {key}")
    if not (package["metadata"] or {}).get("docs", {}).get("rs", {}).get("all-features"):
        wrong.append(f"{stem}: docs.rs would leave features out")
for line in wrong:
    print("packages:", line, file=sys.stderr)
sys.exit(1 if wrong else 0)
