"""Verifies a presentation: `verify.py STORE TRUST ANCHOR PRESENTATION`, the verdict on standard output."""
import pathlib
import sys

import realname

store, trust, anchor, presentation = sys.argv[1:]
trust = realname.Trust(pathlib.Path(trust).read_text(), anchor=pathlib.Path(anchor).read_text())
store = realname.Store(store)
text = pathlib.Path(presentation).read_text()
verdict = realname.answer(text, trust=trust, store=store)
print(verdict.json())
# One that was answered is answered once.
again = realname.answer(text, trust=trust, store=store)
assert [reason.code for reason in again.reasons] == ["already_answered"]
sys.exit(0 if verdict.accepted else 1)
