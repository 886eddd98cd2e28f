#!/usr/bin/env python3
"""PyPI's `smpp34` as a message centre: orders in, events out, a line of JSON each (see ismg.py).

    smpp34_server.py [--fault busy|refuse]…
"""
import asyncio
import json
import socket
import sys

import smpp34

FAULTS = set(sys.argv[1:]) - {"--fault"}


def say(**event):
    print(json.dumps(event, ensure_ascii=False), flush=True)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as one:
        return one.getsockname()[1]


async def orders(lines):
    loop = asyncio.get_running_loop()
    while True:
        text = await loop.run_in_executor(None, sys.stdin.readline)
        if not text:
            return
        order = json.loads(text)
        if "deliver" in order:
            reply = order["deliver"]
            content = reply["text"].encode("utf-16-be")
            answer = await lines[-1].deliver_sm(
                "10086001", content, source_addr=reply["from"], source_addr_ton=1, source_addr_npi=1, data_coding=8)
            say(event="deliver_resp", status=getattr(answer, "command_status", 0))


async def main():
    port, lines, seen, count = free_port(), [], set(), 0
    server = smpp34.Server("127.0.0.1", port, system_id="centre")
    await server.start()
    say(event="listening", port=port)
    asyncio.ensure_future(orders(lines))
    while True:
        event = await server.next()
        if isinstance(event, smpp34.SubmitSmEvent):
            count += 1
            content = event.short_message
            header = None
            if event.esm_class & 0x40:
                header, content = content[: content[0] + 1].hex(), content[content[0] + 1 :]
            text = content.decode("utf-16-be" if event.data_coding == 8 else "ascii")
            say(event="submit", id=f"id-{count}", to=[event.destination_addr], src=event.source_addr, coding=event.data_coding,
                header=header, text=text)
            if "refuse" in FAULTS:
                event.reject(0x0B)
            elif "busy" in FAULTS and text not in seen:
                seen.add(text)
                event.reject(0x58)
            else:
                event.accept(f"id-{count}")
        elif isinstance(event, smpp34.Esme):
            lines.append(event)
            say(event="bind", system_id=event.system_id)
        else:
            say(event="hung_up")


asyncio.run(main())
