"""What `realname` costs in Python: `bench.py STORE TRUST ANCHOR PRESENTATION CALLS`, a JSON object on standard output.

`answer`: microseconds of one call, the median of nine rounds. `threads`: sixteen threads verifying against one, as often a second.
`sd_jwt`: one verification here against one of the package `sd-jwt` for the same token, which checks two of its three signatures and the
digests of the disclosures."""
import json
import pathlib
import statistics
import sys
import threading
import time

import realname

store_path, trust_path, anchor_path, presentation_path, calls = sys.argv[1:]
calls = int(calls)
presentation = pathlib.Path(presentation_path).read_text().strip()
trust = realname.Trust(pathlib.Path(trust_path).read_text(), anchor=pathlib.Path(anchor_path).read_text())
store = realname.Store(store_path)


def answer(times):
    for _ in range(times):
        verdict = realname.answer(presentation, trust=trust, store=store)
        assert [reason.code for reason in verdict.reasons] == ["already_answered"]


def timed(work, *arguments):
    begin = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - begin


def sixteen(times):
    threads = [threading.Thread(target=answer, args=(times,)) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def by_sd_jwt(times):
    import sd_jwt.verifier
    from jwcrypto.jwk import JWK
    from sd_jwt.verifier import SDJWTVerifier

    # The key binding is verified by this algorithm whatever its header says, and no parameter changes that.
    sd_jwt.verifier.DEFAULT_SIGNING_ALG = "EdDSA"

    # The key that signed it, from the delegation that the header carries: what that rests on isn't looked at here.
    header = json.loads(_base64(presentation.split("~")[0].split(".")[0]))
    key = JWK(**json.loads(_base64(header["delegation"][-1].split(".")[1]))["jwk"])
    bound = json.loads(_base64(presentation.rsplit("~", 1)[1].split(".")[1]))
    for _ in range(times):
        verifier = SDJWTVerifier(presentation, lambda issuer, parameters: key, bound["aud"], bound["nonce"])
        assert verifier.get_verified_payload()["iss"]


def _base64(text):
    import base64

    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


answer(50)
single = [timed(answer, calls) / calls for _ in range(9)]
threads = []
for _ in range(5):
    alone = timed(answer, calls)
    threads.append(16 * alone / timed(sixteen, calls))
by_sd_jwt(5)
peer = []
for _ in range(9):
    ours = timed(answer, calls)
    peer.append(ours / timed(by_sd_jwt, calls))
print(json.dumps({
    "answer": statistics.median(single) * 1e6,
    "threads": [statistics.median(threads), min(threads), max(threads)],
    "sd_jwt": [statistics.median(peer), min(peer), max(peer)],
}))
