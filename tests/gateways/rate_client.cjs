// How many messages a second npm's `smpp` sends through its own server, with so many unanswered at a time.
//   node rate_client.cjs NODE_MODULES PORT MESSAGES WINDOW
const path = require("path");
const smpp = require(path.join(process.argv[2], "smpp"));
const [port, messages, window] = process.argv.slice(3).map(Number);
const session = smpp.connect({ url: `smpp://127.0.0.1:${port}` }, () => {
  session.bind_transceiver({ system_id: "rate", password: "secret" }, () => {
    const began = process.hrtime.bigint();
    let sent = 0;
    let answered = 0;
    const one = () => {
      if (sent === messages) return;
      const number = `86138${String(sent++).padStart(8, "0")}`;
      session.submit_sm({ source_addr: "10086001", destination_addr: number, data_coding: 8, short_message: "测试业务，资费5.00元。确认请回复Y1234，不同意请回复N；未确认不办理、不收费。", registered_delivery: 1 }, () => {
        if (++answered === messages) {
          const seconds = Number(process.hrtime.bigint() - began) / 1e9;
          console.log(JSON.stringify({ event: "rate", per_second: Math.round(messages / seconds) }));
          process.exit(0);
        }
        one();
      });
    };
    for (let place = 0; place < window; place++) one();
  });
});
