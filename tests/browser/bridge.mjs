// A page that calls `realname bridge`, in Chromium: `node bridge.mjs REALNAME CHROMIUM CARD CARD`. From an origin that is allowed it reads
// cards and hears events; from others (another port, `null`, a name that was moved to this machine) it gets nothing. A page from the
// internet gets through to this machine when the person allows it.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const [program, browserPath, ...cards] = process.argv.slice(2);
const place = mkdtempSync(join(tmpdir(), "bridge-"));
const started = [];

// Starts the program and gives what its first line says behind `listening on `.
async function start(...args) {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "ignore"], env: { ...process.env, XDG_STATE_HOME: place } });
  started.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return (await lines.next()).value.replace("listening on ", "");
}

async function page(port = 0) {
  const server = createServer((_, response) => response.setHeader("content-type", "text/html").end("<!doctype html><title>till</title>"));
  await new Promise((ready) => server.listen(port, "127.0.0.1", ready));
  return { server, origin: `http://127.0.0.1:${server.address().port}` };
}

const [till, foreign, shop] = [await page(), await page(), await page()];
// Two, because one that is back after half a second was only touched.
const link = join(place, "reader");
const plugIn = (...first) => start("emulator", "--card", ...first, ...cards, "--again", "--link", link);
await plugIn();
const reader = started.at(-1);
const bridge = await start("bridge", "--port", link, "--listen", "127.0.0.1:0", "--allow-origin", till.origin, "--allow-origin", shop.origin);
const browser = await chromium.launch({
  executablePath: browserPath,
  args: [
    "--no-sandbox", "--host-resolver-rules=MAP moved.example 127.0.0.1",
    // To this browser the shop's page comes from the internet.
    `--ip-address-space-overrides=${shop.origin.replace("http://", "")}=public`,
  ],
});

// What a page's script gets of a call: the status and the body, or that the browser kept it away.
const call = (page, url, path, body) =>
  page.evaluate(async ([url, path, body]) => {
    const options = body ? { method: "POST", headers: { "content-type": "application/json" }, body } : {};
    try {
      const response = await fetch(url + path, options);
      return { status: response.status, body: await response.json() };
    } catch (error) {
      return { kept: error.name };
    }
  }, [url, path, body]);

// The first events that a WebSocket brings, or that it was refused.
const events = (page, url, count) =>
  page.evaluate(([url, count]) => new Promise((done) => {
    const socket = new WebSocket(url.replace("http", "ws") + "/v1/events?documents=1");
    const heard = [];
    socket.onmessage = (message) => {
      heard.push(JSON.parse(message.data));
      if (heard.length === count) { socket.close(); done(heard); }
    };
    socket.onerror = () => done("refused");
  }), [url, count]);

try {
  const allowed = await browser.newPage();
  await allowed.goto(till.origin);
  assert.equal((await call(allowed, bridge, "/v1/reader")).body.state, "ready");
  const read = await call(allowed, bridge, "/v1/read", '{"wait": 20}');
  assert.equal(read.status, 200);
  assert.match(read.body.document.name, /^测试/);
  // A refusal can be read by the page, too.
  assert.equal((await call(allowed, bridge, "/v1/read", '{"wiat": 20}')).body.error.code, "body_members");
  assert.equal((await call(allowed, bridge, "/v1/read", '{"wait": 0}')).body.error.code, "no_card");
  // The card that was read is lifted, the next is laid down.
  const heard = await events(allowed, bridge, 4);
  assert.deepEqual(heard.map((event) => event.event), ["reader_ready", "card_off", "card_on", "card_read"]);
  assert.match(heard[3].document.name, /^测试/);
  // A page that is closed in the middle leaves the reader to the next.
  const closed = await browser.newPage();
  await closed.goto(till.origin);
  await closed.evaluate((url) => { fetch(url + "/v1/read", { method: "POST" }); }, bridge);
  await closed.close();
  assert.equal((await call(allowed, bridge, "/v1/read", '{"wait": 20}')).status, 200);

  // Two pages at once: each gets a card of its own, and hears of both.
  const second = await browser.newPage();
  await second.goto(till.origin);
  const hearing = [allowed, second].map((page) => events(page, bridge, 8));
  const both = await Promise.all([allowed, second].map((page) => call(page, bridge, "/v1/read", '{"wait": 20}')));
  assert.deepEqual(both.map((got) => got.status), [200, 200]);
  assert.notEqual(both[0].body.document.name, both[1].body.document.name);
  for (const heard of await Promise.all(hearing)) {
    const names = heard.filter((event) => event.event === "card_read").map((event) => event.document.name);
    for (const got of both) assert.ok(names.includes(got.body.document.name), names);
  }

  // The reader is unplugged while both wait, and plugged in again: they are told, and it comes back by itself.
  const losing = [allowed, second].map((page) => call(page, bridge, "/v1/read", '{"wait": 20}'));
  const gone = new Promise((done) => reader.once("exit", done));
  reader.kill();
  await gone;
  for (const lost of await Promise.all(losing)) assert.ok(lost.status === 503 || lost.status === 200, JSON.stringify(lost));
  for (let tries = 0; (await call(allowed, bridge, "/v1/reader")).body.state !== "absent"; tries++) {
    assert.ok(tries < 50, "the reader isn't missed");
  }
  assert.equal((await call(allowed, bridge, "/v1/read", '{"wait": 1}')).status, 503);
  const back = events(second, bridge, 2);
  // With another card on it: one that was read before would still lie there, and answer nothing until it is lifted.
  await plugIn(join(dirname(cards[0]), "resident-bing.json"));
  assert.deepEqual((await back).map((event) => event.event), ["reader_gone", "reader_ready"]);
  assert.equal((await call(second, bridge, "/v1/read", '{"wait": 20}')).status, 200);

  const others = await browser.newPage();
  await others.goto(foreign.origin);
  for (const body of [undefined, '{"wait": 20}']) {
    assert.deepEqual(await call(others, bridge, body ? "/v1/read" : "/v1/reader", body), { kept: "TypeError" });
  }
  assert.equal(await events(others, bridge, 1), "refused");
  // A frame in a sandbox has the origin `null`, wherever it came from.
  await allowed.evaluate(() => {
    document.body.innerHTML = '<iframe sandbox="allow-scripts" srcdoc="<p>sandbox"></iframe>';
  });
  const frame = await (await allowed.waitForSelector("iframe")).contentFrame();
  await frame.waitForSelector("p");
  assert.deepEqual(await call(frame, bridge, "/v1/reader"), { kept: "TypeError" });
  assert.equal(await events(frame, bridge, 1), "refused");
  // A page whose name was moved to this machine calls the bridge as its own origin: nothing is kept away by the browser.
  const moved = await browser.newPage();
  await moved.goto(bridge.replace("127.0.0.1", "moved.example") + "/v1/reader");
  const got = await call(moved, "", "/v1/reader");
  assert.deepEqual([got.status, got.body.error.code], [421, "other_host"]);
  assert.equal((await call(moved, "", "/v1/read", '{"wait": 5}')).status, 421);

  // A page from the internet, of an allowed origin: the browser lets nothing through to this machine until the person allows it, and
  // then as from any page. (Browsers that ask the machine instead, by a preflight, are answered: apps/bridge/tests/bridge/door.rs.)
  const internet = await browser.newContext();
  const sale = await internet.newPage();
  await sale.goto(shop.origin);
  for (const body of [undefined, '{"wait": 0}']) {
    assert.deepEqual(await call(sale, bridge, body ? "/v1/read" : "/v1/reader", body), { kept: "TypeError" });
  }
  assert.equal(await events(sale, bridge, 1), "refused");
  await internet.grantPermissions(["local-network-access"], { origin: shop.origin });
  assert.equal((await call(sale, bridge, "/v1/reader")).body.state, "ready");
  assert.equal((await call(sale, bridge, "/v1/read", '{"wait": 20}')).status, 200);
  assert.deepEqual((await events(sale, bridge, 1)).map((event) => event.event), ["reader_ready"]);
  console.log("bridge: a page from the internet gets in when the person allows it, with " + browser.version());
  console.log("bridge: allowed pages read and hear, two at once and through an unplugged reader, foreign, sandboxed and moved ones get nothing");
} finally {
  await browser.close();
  for (const child of started) child.kill();
  for (const { server } of [till, foreign, shop]) server.close();
  rmSync(place, { recursive: true, force: true });
}
