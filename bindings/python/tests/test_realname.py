"""The built wheel, on readers in software. All people are synthetic."""
import copy
import json
import os
import pathlib
import pickle
import signal
import subprocess
import sys
import threading
import time

import pytest

import realname

NAME, NUMBER = "测试甲", "119999199001010004"


@pytest.fixture
def emulator(program, tmp_path):
    """Starts readers in software: a path for each."""
    running = []

    def start(*options):
        link = tmp_path / f"reader-{len(running)}"
        card = pathlib.Path(__file__).parents[3] / "fixtures/cards/resident.json"
        command = [program, "emulator", "--card", str(card), "--link", str(link), *options]
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
        running.append(process)
        assert process.stdout.readline().startswith(b"listening on")
        return str(link)

    yield start
    for process in running:
        process.terminate()
        process.wait()
        process.stdout.close()


@pytest.fixture
def sandbox(program, tmp_path):
    subprocess.run([program, "sandbox", "new", "sandbox"], cwd=tmp_path, check=True, stdout=subprocess.DEVNULL)
    return tmp_path / "sandbox"


def text(place, name):
    return (place / name).read_text(encoding="utf-8")


def trusted(sandbox):
    trust = realname.Trust(text(sandbox, "trust.jwt"), anchor=text(sandbox, "anchor.json"))
    return trust, realname.Store(sandbox / "store")


def cancelling(sandbox, store, key=None):
    return realname.demand(
        key=key or text(sandbox, "shop.pem"), iss="https://shop.example", purpose="sim.cancel", number="+8613900000001",
        expect={"name": NAME, "id_number": NUMBER}, claims=["name", "id_number"], checks=["chip"], env="test", store=store,
    )


def presented(sandbox, port, demand):
    terminal = realname.Terminal(
        sandbox / "terminal.toml", trust=sandbox / "trust.jwt", anchor=sandbox / "anchor.json",
        authority=f"dir:{sandbox / 'register.json'}",
    )
    assert terminal.check(demand.jwt)["display_name"] == "Shop (TEST)"
    live = (sandbox / "live.jpg").read_bytes()
    with realname.Reader(port, 115200) as reader:
        with pytest.raises(realname.Refused) as refused:
            terminal.attest(demand.jwt, reader=reader, live=live, consent=False)
        assert refused.value.code == "no_consent"
        return terminal.attest(demand.jwt, reader=reader, live=live, consent=True)


def test_a_card(emulator):
    with realname.Reader(emulator("--again"), 115200) as reader:
        assert reader.probe()["baud"] == 115200
        card = reader.read(wait=10)
        assert (card.document.name, card.document.number, card.document.kind) == (NAME, NUMBER, "resident")
        assert isinstance(card.flags, list) and len(card.photo) == 1024
        assert json.loads(card.json())["document"]["name"] == NAME
        for shown in (card, card.document):
            assert NAME not in repr(shown) and NUMBER not in repr(shown)
            for method in (pickle.dumps, copy.deepcopy):
                with pytest.raises(TypeError):
                    method(shown)
    with pytest.raises(realname.Closed):
        reader.read()


def test_a_card_that_was_read_and_lies_there_is_none(emulator):
    with realname.Reader(emulator(), 115200) as reader:
        reader.read(wait=10)
        with pytest.raises(realname.Error) as error:
            reader.read(wait=0.5)
        assert error.value.code == "no_card" and error.value.action and error.value.action_zh
        assert reader.read(wait=5, lying_card=True).document.name == NAME


def test_no_reader():
    with pytest.raises(realname.Trouble) as error:
        realname.Reader("/dev/none")
    assert error.value.code == "port_not_found"
    assert isinstance(realname.list_readers(), list)


def test_watch_and_cancel(emulator):
    second = pathlib.Path(__file__).parents[3] / "fixtures/cards/resident-bing.json"
    with realname.Reader(emulator("--card", str(second), "--again"), 115200) as reader:
        seen = []
        for event in reader.watch():
            seen.append(event.event)
            assert NAME not in repr(event)
            if event.card is not None:
                assert event.card.document.name.startswith("测试")
            if seen.count("card_read") == 2:
                threading.Thread(target=reader.cancel).start()
        assert seen[0] == "reader_ready" and seen.count("card_read") >= 2
        assert reader.probe()["sam_id"]


def test_cancel_ends_a_read_while_other_threads_run(emulator):
    with realname.Reader(emulator(), 115200) as reader:
        reader.read()
        counted = 0
        threading.Timer(0.5, reader.cancel).start()
        thread = threading.Thread(target=lambda: pytest.raises(realname.Cancelled, reader.read, wait=30))
        begin = time.monotonic()
        thread.start()
        while thread.is_alive():
            counted += 1
        assert time.monotonic() - begin < 5 and counted > 1000


def test_ctrl_c_ends_a_read(emulator):
    program = (
        "import sys, realname\n"
        "reader = realname.Reader(sys.argv[1], 115200)\n"
        "reader.read()\n"
        "print('waiting', flush=True)\n"
        "try:\n    reader.read(wait=60)\n"
        "except KeyboardInterrupt:\n    print('interrupted', reader.probe()['baud'])\n"
    )
    command = [sys.executable, "-c", program, emulator()]
    # A job in the background of a shell is started with the signal ignored, and Python then leaves it so.
    heed = lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)  # noqa: E731
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=heed)
    assert process.stdout.readline() == "waiting\n"
    time.sleep(0.5)
    begin = time.monotonic()
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=20)
    assert output == "interrupted 115200\n" and time.monotonic() - begin < 3


def test_the_whole_story(emulator, sandbox):
    trust, store = trusted(sandbox)
    demand = cancelling(sandbox, store)
    presentation = presented(sandbox, emulator("--again"), demand)
    assert not realname.answer("nonsense", trust=trust, store=store).accepted
    verdict = realname.answer(presentation, nonce=demand.nonce, trust=trust, store=store)
    assert verdict.accepted and verdict.reasons == [] and verdict.claims["name"] == NAME
    assert json.loads(verdict.json())["verdict"] == "accepted"
    for shown in (verdict, verdict.claims, demand):
        assert NAME not in repr(shown) and "+86139" not in repr(shown)
        with pytest.raises(TypeError):
            pickle.dumps(shown)
    again = realname.answer(presentation, trust=trust, store=store)
    assert not again.accepted and again.claims is None
    assert [reason.code for reason in again.reasons] == ["already_answered"]
    assert again.reasons[0].text("en") != again.reasons[0].text("zh")
    record = realname.record(demand.nonce, store=store)
    given = {"list": text(sandbox, "trust.jwt"), "anchor": text(sandbox, "anchor.json")}
    assert realname.audit(record, at=int(time.time()) + 1, **given).accepted
    with pytest.raises(realname.Refused):
        realname.audit(record, at=1000, **given)


def test_what_is_wrong_is_said(sandbox):
    trust, store = trusted(sandbox)
    with pytest.raises(realname.Usage):
        realname.demand(key=text(sandbox, "shop.pem"), iss="https://shop.example", purpose="sim.cancel", store=store)
    with pytest.raises(realname.Error) as failed:
        realname.demand(key="pkcs11:object=x", iss="https://shop.example", purpose="sim.activate", store=store)
    assert failed.value.code == "pkcs11_module"
    with pytest.raises(realname.Error):
        realname.Trust("x", anchor="{}")
    assert trust.sequence >= 1


def test_a_demand_signed_in_a_token(sandbox, tmp_path, monkeypatch):
    tokens = tmp_path / "tokens"
    tokens.mkdir()
    configuration = tmp_path / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(configuration))
    monkeypatch.setenv("REALNAME_PKCS11_PIN", "123456")
    monkeypatch.setenv("REALNAME_PKCS11_MODULE", os.environ["REALNAME_SOFTHSM"])
    softhsm = lambda *arguments: subprocess.run(["softhsm2-util", *arguments], check=True, capture_output=True)
    softhsm("--init-token", "--free", "--label", "shop", "--pin", "123456", "--so-pin", "12345678")
    softhsm("--import", str(sandbox / "shop.pem"), "--token", "shop", "--label", "demands", "--id", "01", "--pin", "123456")
    _, store = trusted(sandbox)
    demand = cancelling(sandbox, store, "pkcs11:token=shop;object=demands")
    terminal = realname.Terminal(
        sandbox / "terminal.toml", trust=sandbox / "trust.jwt", anchor=sandbox / "anchor.json",
        authority=f"dir:{sandbox}/register.json")
    assert terminal.check(demand.jwt)["nonce"] == demand.nonce
    with pytest.raises(realname.Error):
        cancelling(sandbox, store, "pkcs11:token=shop;object=other")


def test_photos(sandbox):
    names = {"portrait": "portrait-side.jpg", "emblem": "emblem-side.jpg", "holder": "holder.jpg"}
    photos = {slot: (sandbox / name).read_bytes() for slot, name in names.items()}
    assert realname.check_photos(**photos).faults == []
    swapped = {**photos, "portrait": photos["emblem"], "emblem": photos["portrait"]}
    checked = realname.check_photos(**swapped)
    assert checked.outcome != "pass" and checked.faults[0].code and checked.faults[0].text("zh")
    with pytest.raises(realname.Damaged):
        realname.check_photos(**{**photos, "holder": b"\xff\xd8\xff"})
