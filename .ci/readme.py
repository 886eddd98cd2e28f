#!/usr/bin/env python3
"""Prints the shell commands of the README, with its `sandbox` elsewhere: `readme.py PLACE`. `cargo test` and `serve` have steps of their own."""
import re
import sys

place = sys.argv[1]
text = open("README.md", encoding="utf-8").read()
blocks = re.findall(r"^```sh\n(.*?)^```", text, re.M | re.S)
commands = "".join(blocks).replace("cargo test\n", "").replace("cargo run -- serve --demo\n", "")
if not re.search(r"^cargo run -- demo$", commands, re.M) or commands.count("cargo run") < 2:
    sys.exit("the README's commands aren't where they were")
print(re.sub(r"(?<![\w-])sandbox(?=[/ \n]|$)(?! new)", place, commands))
