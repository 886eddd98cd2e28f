// The desk's page in Chromium: `node desk.mjs REALNAME CHROMIUM CARD LIVE [SCREENSHOTS]`. A number is cancelled from another province, from
// the number to the receipt: with the demonstration's customer, and with a card on the reader of a bridge. Reloads, a customer who says
// no, both languages, small and large screens, axe, and the content security policy.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const [program, browserPath, card, live, screenshots] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const NUMBER = "+8613900000001";
const place = mkdtempSync(join(tmpdir(), "desk-"));
const started = [];
const problems = [];
if (screenshots) mkdirSync(screenshots, { recursive: true });

async function start(...args) {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "ignore"], env: { ...process.env, XDG_STATE_HOME: place } });
  started.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return (await lines.next()).value.replace("listening on ", "");
}

const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox"] });

async function visitor(locale, viewport) {
  const context = await browser.newContext({ locale, viewport });
  context.on("page", (page) => {
    page.on("console", (message) => { if (/Content Security Policy/.test(message.text())) problems.push(message.text()); });
    page.on("pageerror", (error) => problems.push(String(error)));
  });
  return context;
}

async function accessible(page, where) {
  const client = await page.context().newCDPSession(page);
  await client.send("Runtime.evaluate", { expression: axe });
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  assert.deepEqual(found.violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.html).join(" ")}`), [], where);
  if (screenshots) await page.screenshot({ path: `${screenshots}/desk-${where}.png`, fullPage: true });
}

const step = (page, name) => page.waitForSelector(`#${name}:not([hidden])`, { timeout: 20_000 });

async function acknowledge(page) {
  for (const box of await page.locator("#texts input").all()) await box.check();
  await page.click("#notices-form button");
}

// From the front page to the receipt, reloaded at every step.
async function demonstration(url, locale, viewport) {
  const context = await visitor(locale, viewport);
  const front = await context.newPage();
  await front.goto(url);
  const [page] = await Promise.all([context.waitForEvent("page"), front.click("a[href='/desk']")]);
  const again = async (name) => { await page.reload(); await step(page, name); };
  await step(page, "open");
  assert.equal(await page.inputValue("#number"), NUMBER, "the demonstration's number is there");
  await accessible(page, `open-${locale}`);
  await page.fill("#number", "+8613900000009");
  await page.click("#open-form button");
  await page.waitForSelector("#status.bad");
  await page.fill("#number", NUMBER);
  await page.click("#open-form button");
  await step(page, "proof");
  await accessible(page, `proof-${locale}`);
  await again("proof");
  await page.click("summary");
  await page.fill("#presentation", "not one");
  await page.click("#presentation-form button");
  await page.waitForSelector("#reasons li");
  await step(page, "proof");
  await page.click("#specimen");
  await step(page, "notices");
  const items = await page.textContent("#items");
  assert.match(items, /测试甲/);
  assert.match(items, /¥12\.00/);
  await accessible(page, `notices-${locale}`);
  await again("notices");
  assert.match(await page.textContent("#items"), /测试甲/, "told again after a reload");
  await acknowledge(page);
  await step(page, "wait");
  await page.waitForSelector("#phone:not([hidden])");
  await accessible(page, `wait-${locale}`);
  await again("wait");
  await page.waitForSelector("#phone:not([hidden])");
  await page.click("#reply");
  await step(page, "commit");
  await accessible(page, `commit-${locale}`);
  await again("commit");
  await page.click("#commit-go");
  await step(page, "receipt");
  const facts = await page.textContent("#receipt-facts");
  assert.match(facts, /\d{4}-\d{2}-\d{2}/);
  await accessible(page, `receipt-${locale}`);
  const [saved] = await Promise.all([page.waitForEvent("download"), page.click("#receipt-file")]);
  assert.match(readFileSync(await saved.path(), "utf8"), /^eyJ[^~]+~[^~]+~$/, "the receipt with its number");
  await again("receipt");
  assert.equal(await page.textContent("#receipt-facts"), facts, "the same receipt");
  await page.click("#again");
  await step(page, "open");
  await page.fill("#number", NUMBER);
  await page.click("#open-form button");
  await page.waitForSelector("#reasons li");
  assert.ok(!(await page.textContent("#reasons")).includes("cancellation_done"), "said in words");
  // In a tab of its own nothing of it is known.
  const other = await context.newPage();
  await other.goto(`${url}/desk`);
  await step(other, "open");
  await context.close();
}

// A desk with a reader: the till's bridge reads the card and signs, after the customer agreed.
async function withReader() {
  const sandbox = join(place, "sandbox");
  const run = (...args) => {
    const done = spawnSync(program, args, { encoding: "utf8" });
    assert.equal(done.status, 0, done.stderr);
    return done.stdout.trim();
  };
  run("sandbox", "new", sandbox);
  const config = join(sandbox, "serve.toml");
  writeFileSync(config, readFileSync(config, "utf8").replace(/^listen = .*$/m, 'listen = "127.0.0.1:0"'));
  const token = run("serve", "token", "new", "--config", config, "--name", "desk-7", "--principal", "desks", "--scope", "desk", "--days", "1");
  const url = await start("serve", "--config", config);
  const link = join(place, "reader");
  await start("emulator", "--card", card, "--again", "--link", link);
  const at = (name) => join(sandbox, name);
  const bridge = await start("bridge", "--port", link, "--listen", "127.0.0.1:0", "--allow-origin", url, "--config", at("terminal.toml"),
    "--trust", at("trust.jwt"), "--anchor", at("anchor.json"), "--authority", `dir:${at("register.json")}`);
  const context = await visitor("en-GB", { width: 1280, height: 800 });
  const page = await context.newPage();
  await page.goto(`${url}/desk`);
  await step(page, "enter");
  await accessible(page, "enter");
  await page.fill("#token", "not-a-token");
  await page.click("#enter-form button");
  await step(page, "open");
  await page.fill("#number", NUMBER);
  await page.click("#open-form button");
  await step(page, "enter");
  await page.fill("#token", token);
  await page.click("#enter-form button");
  await step(page, "open");
  await page.fill("#number", NUMBER);
  await page.click("#open-form button");
  await step(page, "proof");
  assert.ok(await page.isHidden("#specimen"), "a service of its own has no synthetic customer");
  await page.fill("#bridge", bridge);
  await page.setInputFiles("#live", live);
  await page.click("#bridge-form button");
  await step(page, "ask");
  assert.match(await page.textContent("#consent-text"), /I agree/);
  await accessible(page, "consent");
  await page.click("#disagree");
  await page.waitForSelector("#ask", { state: "hidden" });
  await page.click("#bridge-form button");
  await step(page, "ask");
  await page.click("#agree");
  await step(page, "notices");
  await acknowledge(page);
  await step(page, "wait");
  assert.ok(await page.isHidden("#phone"));
  // The customer's phone says no: the home side, which hears it, says so, and the page learns of it.
  const home = run("serve", "token", "new", "--config", config, "--name", "home", "--principal", "desks", "--scope", "demand", "--days", "1");
  const post = async (path, body) => (await fetch(url + path, {
    method: "POST", headers: { "Content-Type": "application/json", Authorization: `Bearer ${home}` }, body: JSON.stringify(body),
  })).json();
  const id = await page.evaluate(() => sessionStorage.getItem("desk-case"));
  const { confirmation } = await post(`/v1/cancellations/${id}/confirm`, { number: NUMBER });
  assert.deepEqual(await post(`/v1/confirmations/${confirmation}/reply`, { number: NUMBER, text: "N" }), { result: "declined" });
  await page.waitForSelector("#reasons li");
  assert.ok(await page.isHidden("#commit"), "a no isn't gone past");
  await accessible(page, "declined");
  await context.close();
}

try {
  const url = await start("serve", "--demo");
  await demonstration(url, "zh-CN", { width: 360, height: 640 });
  const second = await start("serve", "--demo");
  await demonstration(second, "en-GB", { width: 1280, height: 800 });
  await withReader();
  assert.deepEqual(problems, []);
  console.log("the desk's page: two cancellations with the demonstration's customer, one with a card on a reader; nothing to object to");
} finally {
  await browser.close();
  for (const child of started) child.kill("SIGTERM");
  rmSync(place, { recursive: true, force: true });
}
