// npm's `smpp` as a message centre: orders in, events out, a line of JSON each (see ismg.py).
//   node smpp_server.cjs DIRECTORY_OF_NODE_MODULES [--fault mute|busy|refuse|silent|repeat|quiet]…
const path = require("path");
const readline = require("readline");
const smpp = require(path.join(process.argv[2], "smpp"));

const faults = new Set(process.argv.slice(3).filter((word) => word !== "--fault"));
const say = (event) => console.log(JSON.stringify(event));
const seen = new Set();
let line = null;
let ids = 0;

const server = smpp.createServer({}, (session) => {
  session.on("error", () => {});
  session.on("close", () => say({ event: "hung_up" }));
  session.on("bind_transceiver", (pdu) => {
    const right = pdu.password === "secret";
    say({ event: "bind", system_id: pdu.system_id, version: pdu.interface_version, right });
    session.send(pdu.response(right ? {} : { command_status: smpp.ESME_RINVPASWD }));
    if (right) line = session;
    else session.close();
  });
  session.on("submit_sm", (pdu) => {
    const id = `id-${++ids}`;
    // It gives the header's elements, without the length of all.
    const elements = pdu.short_message.udh ? Buffer.concat(pdu.short_message.udh) : null;
    const udh = elements && Buffer.concat([Buffer.from([elements.length]), elements]).toString("hex");
    const text = pdu.short_message.message;
    if (!faults.has("quiet")) say({ event: "submit", id, to: [pdu.destination_addr], src: pdu.source_addr, coding: pdu.data_coding, esm: pdu.esm_class, header: udh,
      text, ton: pdu.dest_addr_ton, npi: pdu.dest_addr_npi, report: pdu.registered_delivery });
    if (faults.has("mute")) return;
    if (faults.has("refuse")) return session.send(pdu.response({ command_status: smpp.ESME_RINVDSTADR }));
    if (faults.has("busy") && !seen.has(text)) {
      seen.add(text);
      return session.send(pdu.response({ command_status: smpp.ESME_RTHROTTLED }));
    }
    session.send(pdu.response({ message_id: id }));
  });
  session.on("enquire_link", (pdu) => {
    say({ event: "active_test" });
    if (!faults.has("silent")) session.send(pdu.response());
  });
  session.on("deliver_sm_resp", (pdu) => say({ event: "deliver_resp", status: pdu.command_status }));
  session.on("unbind", (pdu) => {
    say({ event: "terminate" });
    session.send(pdu.response());
  });
});

function deliver(order) {
  const send = (short_message, esm_class) => {
    const pdu = { source_addr_ton: 1, source_addr_npi: 1, source_addr: order.from, destination_addr: order.to || "10086001", short_message };
    for (let times = faults.has("repeat") ? 2 : 1; times > 0; times--)
      line.deliver_sm({ ...pdu, esm_class, data_coding: order.format === 0 ? 1 : 8 });
  };
  const parts = order.parts || 1;
  if (parts === 1) return send(order.text, 0);
  const size = Math.ceil(order.text.length / parts);
  for (const number of order.order || [...Array(parts).keys()].map((place) => place + 1)) {
    const udh = Buffer.from([5, 0, 3, order.reference || 7, parts, number]);
    send({ udh, message: order.text.slice((number - 1) * size, number * size) }, 0x40);
  }
}

readline.createInterface({ input: process.stdin }).on("line", (text) => {
  const order = JSON.parse(text);
  if (order.deliver) deliver(order.deliver);
  if (order.break) line.socket.destroy();
  if (order.test) line.enquire_link({}, () => say({ event: "active_test_resp" }));
  if (order.report) {
    const { id, state } = order.report;
    const short_message = `id:${id} sub:001 dlvrd:001 submit date:2611301400 done date:2611301401 stat:${state} err:000 text:`;
    line.deliver_sm({ source_addr: "8613800000000", destination_addr: "10086001", esm_class: 4, short_message });
  }
});
process.stdin.on("end", () => process.exit(0));
server.listen(0, "127.0.0.1", () => say({ event: "listening", port: server.address().port }));
