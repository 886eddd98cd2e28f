// The online sale of `realname serve --demo` in Chromium: `node sale.mjs REALNAME CHROMIUM [SCREENSHOTS]`.
// From link to verdict, a bad photo and its advice, a camera that is refused and one that isn't, a closed tab, a lost connection, a
// second browser, both languages, small and large screens, axe, and the content security policy. The live capture is answered by the
// fake camera's moving picture, left out where the camera is refused, and begun again after one that stood still.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";
import { openShop } from "./shop.js";

const [program, browserPath, screenshots] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const service = spawn(program, ["serve", "--demo"], { stdio: ["ignore", "pipe", "ignore"] });
const lines = createInterface({ input: service.stdout })[Symbol.asyncIterator]();
const url = (await lines.next()).value.replace("listening on ", "");
const token = (await lines.next()).value.replace("demo token ", "");
if (screenshots) mkdirSync(screenshots, { recursive: true });

const browser = await chromium.launch({
  executablePath: browserPath,
  args: ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
});
const problems = [];

async function visitor(locale, viewport, permissions = []) {
  const context = await browser.newContext({ locale, viewport, permissions });
  context.on("page", (page) => {
    page.on("console", (message) => { if (/Content Security Policy/.test(message.text())) problems.push(message.text()); });
    page.on("pageerror", (error) => problems.push(String(error)));
  });
  return context;
}

async function shot(page, name) {
  if (screenshots) await page.screenshot({ path: `${screenshots}/${name}.png`, fullPage: true });
}

// axe is put in past the page's policy, as a browser's extension would be.
async function accessible(page, where) {
  const client = await page.context().newCDPSession(page);
  await client.send("Runtime.evaluate", { expression: axe });
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  assert.deepEqual(found.violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.html).join(" ")}`), [], where);
}

async function sale(context) {
  const shop = await context.newPage();
  await shop.goto(url);
  await shop.click("#begin");
  await shop.waitForSelector("#go[href*='#']");
  await accessible(shop, "shop");
  return { shop, link: await shop.getAttribute("#go", "href") };
}

// A sale of a shop in TypeScript: it makes demand and session itself, and decides on what comes.
async function typed(context) {
  const shop = openShop(url, token);
  const order = `order-${process.pid}`;
  const made = await shop.sell(order, "+8613900000001", "en");
  assert.equal((await shop.sell(order, "+8613900000001", "en")).session, made.session, "one order, one session");
  assert.equal((await shop.look(made.session)).state, "waiting");
  const page = await context.newPage();
  await declared(page, made.page);
  for (const slot of ["portrait_side", "emblem_side", "holder"]) await sample(page, slot);
  await step(page, "live");
  await page.click("#live-skip");
  await step(page, "finish");
  assert.equal((await shop.look(made.session)).steps.captures.holder.outcome, "pass");
  await page.click("#complete");
  await step(page, "outcome");
  const done = await shop.look(made.session);
  assert.equal(done.state, "done");
  const verdict = await shop.decide(order, done.presentation);
  assert.deepEqual([verdict.verdict, verdict.claims.name], ["accepted", "测试甲"]);
  assert.deepEqual(await shop.decide(order, done.presentation), verdict, "asked again, it is the same answer");
  const other = await shop.decide(`${order}-2`, done.presentation);
  assert.deepEqual([other.verdict, other.reasons[0].code], ["refused", "already_answered"]);
  await assert.rejects(shop.look("none"), /^Error: not_found: /);
}

async function sample(page, slot) {
  await page.waitForSelector(`#photo[data-slot=${slot}]:not([hidden])`);
  await page.click("#use-sample");
}

const step = (page, name) => page.waitForSelector(`#${name}:not([hidden])`);

// Opens a link, agrees, and types name and number.
async function declared(page, link, name) {
  await page.goto(link);
  await page.click("#open");
  await step(page, "consent");
  assert(!page.url().includes("#"), "the fragment is gone from the address");
  await accessible(page, "consent");
  if (name) await shot(page, `${name}-consent`);
  await page.check("#agree");
  await page.click("#consent-form button");
  await step(page, "declared");
  await accessible(page, "declared");
  await page.fill("#name", "测试甲");
  await page.fill("#id-number", "119999199001010005");
  await page.click("#declared-form button");
  await page.waitForFunction(() => document.querySelector("#status").textContent.length > 3);
  await page.fill("#id-number", "119999199001010004");
  await page.click("#declared-form button");
  await page.waitForSelector("#photo[data-slot=portrait_side]:not([hidden])");
}

// A picture that stands still is told as such, and the step begins anew; the moving one answers. The keyboard is enough.
async function live(page) {
  await step(page, "live");
  await page.evaluate(() => {
    const media = navigator.mediaDevices, real = media.getUserMedia.bind(media);
    media.getUserMedia = async () => {
      media.getUserMedia = real;
      const canvas = document.createElement("canvas");
      canvas.width = 320; canvas.height = 240;
      const context = canvas.getContext("2d");
      context.fillRect(0, 0, 320, 240);
      // One pixel flickers, so that the stream goes on.
      setInterval(() => { context.fillStyle = context.fillStyle === "#000000" ? "#010101" : "#000000"; context.fillRect(0, 0, 1, 1); }, 50);
      return canvas.captureStream(20);
    };
  });
  await page.focus("#live-begin");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector("#status").classList.contains("bad"), null, { timeout: 40000 });
  assert.match(await page.textContent("#status"), /again/);
  assert.equal(await page.evaluate(() => document.activeElement.id), "live-begin");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector("#live-prompt").textContent.length > 2);
  await accessible(page, "live");
  await shot(page, "desktop-live");
  await page.waitForSelector("#live", { state: "hidden", timeout: 40000 });
}

async function whole(context, name) {
  const { shop, link } = await sale(context);
  const page = await context.newPage();
  await declared(page, link, name);
  return { shop, page, link };
}

try {
  // A phone, in Chinese, without a camera: a wrong photo first, then the right ones; the tab is closed in the middle.
  {
    const context = await visitor("zh-CN", { width: 360, height: 640 });
    const { shop, page, link } = await whole(context, "phone");
    assert.equal(await page.getAttribute("html", "lang"), "zh");
    await page.evaluate(() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", "NotAllowedError")); });
    await page.click("#use-camera");
    await page.waitForFunction(() => document.querySelector("#status").textContent.includes("相机"));
    const emblem = await (await context.request.get(`${url}/demo/photos/emblem_side.jpg`)).body();
    await page.setInputFiles("#file", { name: "photo.jpg", mimeType: "image/jpeg", buffer: emblem });
    await page.waitForSelector("#found:not([hidden]) li");
    await page.click("#show-drawing");
    await page.waitForFunction(() => document.querySelector("#drawing").naturalWidth > 0);
    await accessible(page, "a bad photo");
    await shot(page, "phone-advice");
    await page.setInputFiles("#file", { name: "text.jpg", mimeType: "image/jpeg", buffer: Buffer.from("no photo") });
    await page.waitForFunction(() => document.querySelector("#status").classList.contains("bad"));
    await sample(page, "portrait_side");
    await page.waitForSelector("#photo[data-slot=emblem_side]:not([hidden])");
    await page.close();

    const again = await context.newPage();
    await again.goto(link.split("#")[0]);
    await again.waitForSelector("#photo[data-slot=emblem_side]:not([hidden])");
    // The connection goes and comes back: nothing has to be done again.
    await context.setOffline(true);
    await again.setInputFiles("#file", { name: "photo.jpg", mimeType: "image/jpeg", buffer: emblem });
    await again.waitForFunction(() => document.querySelector("#status").textContent.includes("正在重试"));
    await context.setOffline(false);
    await sample(again, "holder");
    await step(again, "live");
    await accessible(again, "live");
    await again.evaluate(() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", "NotAllowedError")); });
    await again.click("#live-begin");
    await again.waitForFunction(() => document.querySelector("#status").textContent.includes("跳过此步骤"));
    await shot(again, "phone-live-refused");
    await again.click("#live-skip");
    await step(again, "finish");
    await accessible(again, "finish");
    assert(await again.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing is wider than a phone");

    const other = await visitor("en-US", { width: 360, height: 640 });
    const stranger = await other.newPage();
    await stranger.goto(link);
    await stranger.click("#open");
    await stranger.waitForFunction(() => document.querySelector("#status").textContent.includes("opened the link first"));
    await other.close();

    await again.click("#complete");
    await step(again, "outcome");
    await again.waitForFunction(() => document.querySelector("#outcome-title").textContent === "核验通过");
    await accessible(again, "outcome");
    await shot(again, "phone-outcome");
    await shop.waitForSelector("#verdict.good");
    await accessible(shop, "verdict");
    await shot(shop, "shop-verdict");
    await context.close();
  }

  // A desktop, in English, with a camera: its picture isn't a card, which is said; the keyboard is enough.
  {
    const context = await visitor("en-US", { width: 1280, height: 800 }, ["camera"]);
    const { shop, page } = await whole(context, "desktop");
    assert.equal(await page.getAttribute("html", "lang"), "en");
    await page.focus("#use-camera");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelector("#video").videoWidth > 0);
    await accessible(page, "camera");
    await shot(page, "desktop-camera");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#found:not([hidden]) li");
    assert.match(await page.textContent("#faults"), /[a-z]{4}/);
    for (const slot of ["portrait_side", "emblem_side", "holder"]) await sample(page, slot);
    await live(page);
    await step(page, "finish");
    await page.click("#language");
    assert.equal(await page.textContent("#finish h2"), "提交核验");
    await page.click("#complete");
    await step(page, "outcome");
    assert.equal(await page.textContent("#outcome-title"), "核验通过");
    await shop.waitForSelector("#verdict.good");
    await context.close();
  }
  // The same page for a shop that has its own server.
  {
    const context = await visitor("en-US", { width: 1280, height: 800 });
    await typed(context);
    await context.close();
  }
  assert.deepEqual(problems, [], "the policy held, and nothing threw");
  console.log("the sale went through on a phone and a desktop, in both languages");
} finally {
  await browser.close();
  service.kill("SIGTERM");
}
