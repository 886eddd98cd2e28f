#!/usr/bin/env python3
"""PyPI's `smpplib` before the same two centres, as a second opinion on what stands on the wire.

    second_client.py NODE_MODULES
"""
import json
import pathlib
import subprocess
import sys

import smpplib.client
import smpplib.consts
import smpplib.gsm

HERE = pathlib.Path(__file__).parent
TEXT = "这是一条很长的确认短信，" * 8


def ask(name, command):
    centre = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        port = json.loads(centre.stdout.readline())["port"]
        client = smpplib.client.Client("127.0.0.1", port, allow_unknown_opt_params=True)
        client.connect()
        client.bind_transceiver(system_id="realname", password="secret")
        parts, coding, flag = smpplib.gsm.make_parts(TEXT)
        for part in parts:
            client.send_message(source_addr="10086001", destination_addr="8613800000000", short_message=part, data_coding=coding, esm_class=flag)
        texts = []
        while len(texts) < len(parts):
            event = json.loads(centre.stdout.readline())
            if event["event"] == "submit":
                assert event["header"].startswith("050003") and event["coding"] == 8, event
                texts.append(event["text"])
        assert "".join(texts) == TEXT, texts
        client.disconnect()
        print(f"smpplib 2.2.4 before {name}: {len(parts)} parts with the same header and coding as ours")
    finally:
        centre.kill()


ask("npm smpp", ["node", str(HERE / "smpp_server.cjs"), sys.argv[1]])
ask("smpp34", [sys.executable, str(HERE / "smpp34_server.py")])
