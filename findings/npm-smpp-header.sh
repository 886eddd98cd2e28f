#!/usr/bin/env bash
# npm's `smpp` gives the header of a long text's part in another form than it takes: what came in can't be sent on as it is, and joined to
# a buffer it goes out as a text that is one part of nothing and begins with two foreign characters.
#
# Expected  `short_message` of a PDU that was received fits the `short_message` of one that is sent, as every other field of it does: a
#           relay, a store that sends later, or a test's centre that repeats a delivery hands it on.
# Happens   To send, `udh` is a buffer that begins with the header's length. Received, it is a list of buffers, an element each, without
#           that length. Handed on, `submit_sm` raises a TypeError where it is called. Joined with `Buffer.concat` it is taken without a
#           word: the length byte is missing, the first element's name (0, "part of a text") stands in its place, so the header is
#           empty and the rest of it becomes text. Two parts then arrive as two texts.
# Versions  smpp 0.5.1 (npm), Node 20.
# Seen      A client, a centre that relays, and a second centre on loopback: two parts of two Chinese characters each.
# Matters   Second confirmations and their replies are short texts that a gateway may cut; whoever tests with this package (as we do) or
#           relays through it sees replies that say nothing of what the person sent. The centre in our tests puts the length back.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --prefix . smpp@0.5.1
cat >relay.cjs <<'JS'
const smpp = require("smpp");
console.log("# smpp", require("smpp/package.json").version);

const centre = (heard) =>
  new Promise((ready) => {
    const server = smpp.createServer({}, (session) => {
      session.on("bind_transceiver", (pdu) => session.send(pdu.response()));
      session.on("submit_sm", (pdu) => { session.send(pdu.response({ message_id: "1" })); heard(pdu.short_message); });
      session.on("error", () => {});
    });
    server.listen(0, "127.0.0.1", () => ready(server.address().port));
  });
const client = (port) =>
  new Promise((ready) => {
    const session = smpp.connect({ url: `smpp://127.0.0.1:${port}` }, () =>
      session.bind_transceiver({ system_id: "test", password: "test" }, () => ready(session)));
  });
const part = (short_message) => ({ destination_addr: "8619900000001", esm_class: 0x40, data_coding: 8, short_message });
const shown = (udh) => (Array.isArray(udh) ? `list of ${udh.map((one) => one.toString("hex"))}` : String(udh));

(async () => {
  const last = await client(await centre(({ udh, message }) => console.log("relayed:", shown(udh), [...message].length, "characters,", message.endsWith("测试"))));
  const first = await client(await centre(({ udh, message }) => {
    console.log("received:", shown(udh), [...message].length, "characters,", message === "测试");
    try {
      last.submit_sm(part({ udh, message }));
      console.log("as it came: taken");
    } catch (error) {
      console.log("as it came:", error.constructor.name);
    }
    last.submit_sm(part({ udh: Buffer.concat(udh), message }));
  }));
  for (const number of [1, 2]) await new Promise((done) => first.submit_sm(part({ udh: Buffer.from([5, 0, 3, 7, 2, number]), message: "测试" }), done));
  setTimeout(() => process.exit(0), 1000);
})();
JS
timeout 60 node relay.cjs | tee seen
diff <(grep -v '^#' seen | sort) - <<'E2' && echo "as stated" || { echo CHANGED; exit 1; }
as it came: TypeError
as it came: TypeError
received: list of 0003070201 2 characters, true
received: list of 0003070202 2 characters, true
relayed: list of  4 characters, true
relayed: list of  4 characters, true
E2
