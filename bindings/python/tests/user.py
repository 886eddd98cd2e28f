"""A user's program, as `mypy --strict` reads it."""
import json
from typing import Dict, Optional

import realname


def read(port: str) -> Dict[str, Optional[str]]:
    with realname.Reader(port) as reader:
        card = reader.read(wait=30)
        return {"name": card.document.name, "number": card.document.number}


def all_day(port: str) -> int:
    count = 0
    with realname.Reader(port) as reader:
        for event in reader.watch():
            if event.card is not None:
                count += 1
                if event.card.flags:
                    reader.cancel()
    return count


def decide(presentation: str, nonce: str, list_text: str, anchor: str) -> str:
    trust = realname.Trust(list_text, anchor=anchor)
    store = realname.Store("store")
    try:
        verdict = realname.answer(presentation, nonce=nonce, trust=trust, store=store)
    except realname.Error as error:
        return f"{error.code}: {error.action}"
    if verdict.accepted and verdict.claims is not None:
        name: str = verdict.claims["name"]
        return name
    codes: str = json.loads(verdict.json())["reasons"]
    return ", ".join(reason.text("zh") for reason in verdict.reasons) or codes
