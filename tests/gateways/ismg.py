#!/usr/bin/env python3
"""A CMPP gateway (ISMG) for tests, 2.0 and 3.0, from the protocol's own tables. Nothing of it comes from the library's code.

    ismg.py [--version 3.0] [--sp 900001] [--secret SECRET] [--fault NAME]… [--pieces N]

Listens on a port of this machine and prints what happens as lines of JSON, the port first. Reads orders as lines of JSON:

    {"deliver": {"from": "13800000000", "text": "是", "format": 8, "parts": 1, "wide": false, "reference": 7, "order": [2, 1], "id": 5}}
    {"report": {"id": "0000000000000001", "state": "DELIVRD"}}      {"break": true}      {"fault": ["mute"]}

Faults: mute (no SUBMIT_RESP), late (after --late seconds), busy (result 8, each first time), refuse (result 13), proof (wrong
AuthenticatorISMG), wrong_status (CONNECT status 3), silent (ACTIVE_TEST unanswered), repeat (each DELIVER twice), no_connect_resp.
--pieces cuts everything that is sent into pieces of N bytes.
"""
import argparse
import hashlib
import itertools
import json
import socket
import struct
import sys
import threading
import time

LENGTHS = {2: 2477, 3: 3335}


def say(**event):
    print(json.dumps(event, ensure_ascii=False), flush=True)


def octets(field):
    return field.split(b"\0", 1)[0].decode("ascii", "replace")


def fixed(text, width):
    raw = text.encode("ascii")
    assert len(raw) <= width
    return raw.ljust(width, b"\0")


class Line:
    """One connection of a service provider."""

    def __init__(self, gateway, connection):
        self.gateway, self.connection = gateway, connection
        self.write_lock = threading.Lock()
        self.bound = None
        self.sequence = itertools.count(1)
        self.unanswered = {}

    def send(self, command, sequence, body=b""):
        pdu = struct.pack(">III", 12 + len(body), command, sequence) + body
        self.send_raw(pdu)

    def send_raw(self, data):
        size = self.gateway.pieces or len(data)
        with self.write_lock:
            for begin in range(0, len(data), size):
                try:
                    self.connection.sendall(data[begin : begin + size])
                except OSError:
                    return
                if self.gateway.pieces:
                    time.sleep(0.0005)

    def run(self):
        buffer = b""
        while True:
            try:
                came = self.connection.recv(7 if self.gateway.pieces else 65536)
            except OSError:
                came = b""
            if not came:
                say(event="hung_up")
                return
            buffer += came
            while len(buffer) >= 4:
                (length,) = struct.unpack_from(">I", buffer)
                if not 12 <= length <= 4096:
                    say(event="bad_length", length=length)
                    self.connection.close()
                    return
                if len(buffer) < length:
                    break
                pdu, buffer = buffer[:length], buffer[length:]
                if self.take(*struct.unpack_from(">II", pdu, 4), pdu[12:]):
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return

    def take(self, command, sequence, body):
        gateway = self.gateway
        if command == 1:
            return self.connect(sequence, body)
        if not self.bound:
            say(event="not_bound", command=command)
            return True
        if command == 2:
            say(event="terminate")
            self.send(0x80000002, sequence)
            return True
        if command == 4:
            self.submit(sequence, body)
        elif command == 8:
            say(event="active_test")
            if "silent" not in gateway.faults:
                self.send(0x80000008, sequence, b"\0")
        elif command == 0x80000005:
            number, width = body[:8].hex(), 4 if self.bound == 3 else 1
            say(event="deliver_resp", id=number, result=int.from_bytes(body[8 : 8 + width], "big"), length=len(body))
            gateway.delivering.pop(number, None)
        elif command == 0x80000008:
            say(event="active_test_resp")
        else:
            say(event="other", command=command)
        return False

    def connect(self, sequence, body):
        gateway = self.gateway
        if "no_connect_resp" in gateway.faults:
            return False
        source, digest, version, stamp = struct.unpack(">6s16sBI", body)
        secret = gateway.secret
        right = hashlib.md5(source + bytes(9) + secret + b"%010d" % stamp).digest()
        status = 0
        if octets(source) != gateway.sp:
            status = 2
        elif digest != right:
            status = 3
        elif version >> 4 > gateway.version:
            status = 4
        if "wrong_status" in gateway.faults:
            status = 3
        major = version >> 4
        wide = ">I" if major == 3 else ">B"
        state = struct.pack(wide, status)
        proof = hashlib.md5(state + digest + secret).digest() if status == 0 else bytes(16)
        if "proof" in gateway.faults:
            proof = hashlib.md5(b"somebody else").digest()
        say(event="connect", sp=octets(source), version=version, stamp=stamp, status=status)
        self.send(0x80000001, sequence, state + proof + bytes([gateway.version << 4]))
        if status:
            return True
        self.bound = major
        gateway.opened(self)
        return False

    def submit(self, sequence, body):
        gateway, v3 = self.gateway, self.bound == 3
        terminal = 32 if v3 else 21
        fields, at = {}, 0

        def take(name, width):
            nonlocal at
            fields[name] = body[at : at + width]
            at += width

        layout = [("msg_id", 8), ("pk_total", 1), ("pk_number", 1), ("registered_delivery", 1), ("msg_level", 1), ("service_id", 10)]
        layout += [("fee_user_type", 1), ("fee_terminal_id", terminal)] + ([("fee_terminal_type", 1)] if v3 else [])
        layout += [("tp_pid", 1), ("tp_udhi", 1), ("msg_fmt", 1), ("msg_src", 6), ("fee_type", 2), ("fee_code", 6), ("valid", 17), ("at", 17)]
        layout += [("src_id", 21), ("dest_tl", 1)]
        for name, width in layout:
            take(name, width)
        receivers = []
        for _ in range(fields["dest_tl"][0]):
            take("dest", terminal)
            receivers.append(octets(fields["dest"]))
        if v3:
            take("dest_type", 1)
        take("length", 1)
        take("content", fields["length"][0])
        take("rest", 20 if v3 else 8)
        fits = at == len(body) and len(fields["rest"]) == (20 if v3 else 8)
        content, form = fields["content"], fields["msg_fmt"][0]
        header = None
        if fields["tp_udhi"] == b"\1":
            header, content = content[: content[0] + 1].hex(), content[content[0] + 1 :]
        text = content.decode({0: "ascii", 8: "utf-16-be", 15: "gb18030"}.get(form, "latin-1"), "surrogatepass")
        number = gateway.next_id()
        say(event="submit", id=number.hex(), sequence=sequence, sp=octets(fields["msg_src"]), src=octets(fields["src_id"]), to=receivers,
            format=form, total=fields["pk_total"][0], number=fields["pk_number"][0], header=header, text=text, fits=fits,
            report=fields["registered_delivery"][0], length=12 + len(body), service=octets(fields["service_id"]))
        result = 0 if fits else 1
        if "refuse" in gateway.faults:
            result = 13
        key = (tuple(receivers), text)
        if "busy" in gateway.faults and key not in gateway.seen:
            gateway.seen.add(key)
            result = 8
        answer = number + struct.pack(">I" if v3 else ">B", result)
        if "mute" in gateway.faults:
            return
        if "late" in gateway.faults:
            threading.Timer(gateway.late, self.send, (0x80000004, sequence, answer)).start()
            return
        self.send(0x80000004, sequence, answer)

    def deliver(self, number, order, report=False):
        """One DELIVER for each content."""
        v3 = self.bound == 3
        body = number + fixed(order.get("to", "10086001"), 21) + fixed("CONFIRM", 10)
        body += bytes([0, 1 if order.get("header") else 0, order.get("format", 0)])
        body += fixed(order["from"], 32 if v3 else 21) + (bytes([order.get("type", 0)]) if v3 else b"")
        content = order["content"]
        body += bytes([1 if report else 0, len(content)]) + content + bytes(20 if v3 else 8)
        for _ in range(2 if "repeat" in self.gateway.faults else 1):
            self.send(5, next(self.sequence), body)


class Gateway:
    def __init__(self, args):
        self.version = int(args.version[0])
        self.sp, self.secret = args.sp, args.secret.encode()
        self.faults, self.pieces, self.late = set(args.fault), args.pieces, args.late
        self.seen, self.delivering, self.line = set(), {}, None
        self.ids = itertools.count(1)

    def next_id(self):
        return struct.pack(">Q", next(self.ids))

    def opened(self, line):
        """What wasn't answered comes again, first."""
        self.line = line
        for number, (order, report) in list(self.delivering.items()):
            line.deliver(bytes.fromhex(number), order, report)

    def there(self):
        """The line. Whoever was told that it is open may order before the thread that said so has kept it."""
        for _ in range(500):
            if self.line:
                return self.line
            time.sleep(0.01)
        raise SystemExit("ordered without a line")

    def order(self, order):
        if "fault" in order:
            self.faults = set(order["fault"])
        if "break" in order and self.line:
            self.line.connection.shutdown(socket.SHUT_RDWR)
        if "bytes" in order:
            self.there().send_raw(bytes.fromhex(order["bytes"]))
        if "test" in order:
            line = self.there()
            line.send(8, next(line.sequence))
        if "deliver" in order:
            self.deliver(order["deliver"])
        if "report" in order:
            report = order["report"]
            terminal = 32 if self.line.bound == 3 else 21
            content = bytes.fromhex(report["id"]) + fixed(report["state"], 7) + b"2611301400" + b"2611301401"
            content += fixed(report.get("to", "13800000000"), terminal) + bytes(4)
            self.hand({"from": "13800000000", "content": content, "to": report.get("src", "10086001")}, True)

    def deliver(self, order):
        form = order.get("format", 8)
        raw = order["text"].encode({0: "ascii", 8: "utf-16-be", 15: "gb18030"}[form])
        parts = order.get("parts", 1)
        if parts == 1:
            return self.hand({**order, "format": form, "content": raw}, False, order.get("id"))
        size = -(-len(raw) // parts)
        contents = []
        for number in range(1, parts + 1):
            reference = order.get("reference", 7)
            head = struct.pack(">BBBH", 6, 8, 4, reference) if order.get("wide") else struct.pack(">BBBB", 5, 0, 3, reference & 255)
            contents.append(head + bytes([parts, number]) + raw[(number - 1) * size : number * size])
        for number in order.get("order", range(1, parts + 1)):
            self.hand({**order, "format": form, "content": contents[number - 1], "header": True}, False)

    def hand(self, order, report, number=None):
        number = struct.pack(">Q", number) if number else self.next_id()
        self.delivering[number.hex()] = (order, report)
        say(event="delivering", id=number.hex())
        if self.line:
            self.line.deliver(number, order, report)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--version", choices=["2.0", "3.0"], default="3.0")
    parser.add_argument("--sp", default="900001")
    parser.add_argument("--secret", default="shared secret")
    parser.add_argument("--fault", action="append", default=[])
    parser.add_argument("--pieces", type=int, default=0)
    parser.add_argument("--late", type=float, default=2)
    args = parser.parse_args()
    gateway = Gateway(args)
    server = socket.create_server(("127.0.0.1", 0))
    say(event="listening", port=server.getsockname()[1])

    def accept():
        while True:
            connection, _ = server.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=Line(gateway, connection).run, daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    for line in sys.stdin:
        gateway.order(json.loads(line))


if __name__ == "__main__":
    main()
