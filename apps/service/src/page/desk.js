// The desk's page: a clerk takes a number's cancellation from the number to the receipt, one step at a time. Each step is kept by
// the service; this tab keeps the token and which case it is, and forgets both when it is closed.
import { choose, lang, speak, word } from "/assets/words.js";
import "/assets/desk-words.js";

const STEPS = ["open", "proof", "notices", "wait", "commit", "receipt"];
const at = (id) => document.getElementById(id);
const kept = (name) => sessionStorage.getItem("desk-" + name) ?? "";
const keep = (name, value) => sessionStorage.setItem("desk-" + name, value);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const texts = await fetch("/assets/reasons.json").then((response) => response.json()).catch(() => ({}));
let identified = null;
let polling = 0;

const say = (text, bad = false) => { at("status").textContent = text; at("status").classList.toggle("bad", bad); };
const advice = (error) => error?.action?.[lang] || error?.message || "";

async function send(method, url, body, headers = {}) {
  const init = { method, cache: "no-store", headers: { ...headers } };
  if (body !== undefined) {
    init.headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(body);
  }
  const response = await fetch(url, init);
  return { ok: response.ok, status: response.status, json: await response.json().catch(() => null) };
}

// A step that was sent twice is done once, so whatever broke off is sent again.
async function call(path, body, headers = {}) {
  for (let wait = 500; ; wait = Math.min(wait * 2, 8000)) {
    try {
      const told = await send("POST", "/v1/cancellations" + path, body, { Authorization: `Bearer ${kept("token")}`, ...headers });
      if (told.status !== 503) return told;
      say(advice(told.json?.error), true);
    } catch {
      say(word("lost"), true);
    }
    await pause(wait);
  }
}

function reasons(list = []) {
  at("reasons").replaceChildren(...list.map((reason) => {
    const item = document.createElement("li");
    item.textContent = texts[reason.code]?.[lang] ?? reason.code;
    item.className = "bad";
    return item;
  }));
}

// What a call led to: its JSON, or null after the refusal was shown.
function took(told) {
  reasons();
  if (!told.ok) {
    say(advice(told.json?.error), true);
    if (told.status === 401) { keep("token", ""); show("enter"); }
    return null;
  }
  if (told.json.result === "refused") {
    say(word("desk_refused"), true);
    reasons(told.json.reasons);
    return null;
  }
  say("");
  return told.json;
}

function show(step) {
  if (step !== "wait") polling += 1;
  for (const each of ["enter", ...STEPS]) at(each).hidden = each !== step;
  at("progress").hidden = step === "enter";
  at("progress").replaceChildren(...STEPS.map((each) => {
    const item = document.createElement("li");
    item.textContent = word("desk_" + each);
    if (each === step) item.setAttribute("aria-current", "step");
    if (STEPS.indexOf(each) < STEPS.indexOf(step)) item.className = "done";
    return item;
  }));
  at("again").hidden = step === "enter" || step === "open";
  keep("step", step);
  at(step).querySelector("h2").focus();
}

function facts(place, rows) {
  at(place).replaceChildren(...rows.flatMap(([name, value]) => {
    const dt = document.createElement("dt"), dd = document.createElement("dd");
    dt.textContent = name;
    dd.textContent = value;
    return [dt, dd];
  }));
}

const decoded = (part) =>
  JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(part.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0))));
// What a signed text of the home side says, its disclosures beside it. The service verified it; this page only shows it.
function told(compact) {
  const [jws, ...disclosures] = compact.split("~");
  const all = decoded(jws.split(".")[1]);
  for (const disclosure of disclosures.filter(Boolean)) {
    const [, name, value] = decoded(disclosure);
    all[name] = value;
  }
  return all;
}

const money = (price) => `¥${(price.fen / 100).toFixed(2)}`;
const file = (link, text) => {
  URL.revokeObjectURL(at(link).href);
  at(link).href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
};

at("enter-form").addEventListener("submit", (event) => {
  event.preventDefault();
  keep("token", at("token").value.trim());
  at("token").value = "";
  begin();
});

function begin() {
  if (!kept("token")) return show("enter");
  if (!kept("case")) return show("open");
  const step = kept("step");
  file("demand", kept("demand"));
  // What was shown isn't kept in the browser: the service tells it again.
  if (step === "notices") return identify("again");
  if (step === "wait") { show("wait"); return ask([]); }
  if (step === "receipt") return commit();
  show(STEPS.includes(step) ? step : "proof");
}

at("open-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const number = at("number").value.trim();
  // The same number again while the answer is out is the same case.
  const key = kept("key-" + number) || crypto.randomUUID();
  keep("key-" + number, key);
  const opened = took(await call("", { number }, { "Idempotency-Key": key }));
  if (!opened) { keep("key-" + number, ""); return; }
  for (const [name, value] of [["case", opened.cancellation], ["number", number], ["demand", opened.demand]]) keep(name, value);
  file("demand", opened.demand);
  show("proof");
});

async function identify(presentation) {
  const body = { number: kept("number"), presentation, locale: lang };
  const came = await call(`/${kept("case")}/snapshot`, body);
  // The acknowledgement went through, and its answer got lost.
  if (came.json?.error?.code === "step_not_due") { show("wait"); return ask([]); }
  identified = took(came);
  if (!identified) return show("proof");
  const account = told(identified.snapshot);
  facts("items", [
    [word("number"), account.number], [word("desk_name"), account.name], [word("desk_package"), account.package],
    [word("desk_contract"), account.contract?.until ?? word("desk_none")], [word("desk_bills"), money(account.bills)],
    [word("desk_prepaid"), money(account.prepaid)], [word("desk_arrears"), money(account.arrears)],
  ]);
  at("texts").replaceChildren(...identified.notices.map((notice, place) => {
    const text = document.createElement("p"), label = document.createElement("label"), box = document.createElement("input");
    text.textContent = notice.text;
    text.id = `text-${place}`;
    label.className = "check";
    box.type = "checkbox";
    box.required = true;
    box.setAttribute("aria-describedby", text.id);
    label.append(box, ` ${word("desk_read_it")}`);
    const both = document.createElement("div");
    both.append(text, label);
    return both;
  }));
  show("notices");
}

at("presentation-form").addEventListener("submit", (event) => { event.preventDefault(); identify(at("presentation").value.trim()); });

at("notices-form").addEventListener("submit", (event) => {
  event.preventDefault();
  ask(identified.notices.map(({ kind, text_sha256 }) => ({ kind, text_sha256 })));
});

// Asks until the number replied. The question goes out once a day, however often this is asked.
async function ask(acknowledged) {
  const mine = (polling += 1);
  for (;;) {
    const came = took(await call(`/${kept("case")}/confirm`, { number: kept("number"), acknowledged, locale: lang }));
    if (mine !== polling) return;
    if (!came) { if (!at("wait").hidden) at("again").focus(); return; }
    if (came.result === "confirmed") return show("commit");
    if (at("wait").hidden) show("wait");
    if (mine === polling) await phone();
    await pause(1500);
    if (mine !== polling) return;
  }
}

async function commit() {
  const done = took(await call(`/${kept("case")}/commit`, { number: kept("number") }));
  if (!done) return show("commit");
  const receipt = told(done.receipt);
  facts("receipt-facts", [
    [word("number"), receipt.number], [word("desk_case"), kept("case")],
    [word("desk_cancelled_on"), receipt.cancelled_on], [word("desk_quarantine"), receipt.quarantine_until],
  ]);
  file("receipt-file", done.receipt);
  show("receipt");
}
at("commit-go").addEventListener("click", commit);

at("again").addEventListener("click", () => {
  polling += 1;
  for (const name of Object.keys(sessionStorage)) if (name.startsWith("desk-") && name !== "desk-token") sessionStorage.removeItem(name);
  identified = null;
  for (const form of document.forms) if (form.id !== "bridge-form") form.reset();
  at("live").value = "";
  say("");
  reasons();
  show("open");
});

// The card is read at this desk, by the reader service of the till.
const base64 = async (blob) => {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (let place = 0; place < bytes.length; place += 0x8000) text += String.fromCharCode(...bytes.subarray(place, place + 0x8000));
  return btoa(text);
};
let wanted = null;

async function attest(more = {}) {
  say(word("working"));
  const came = await send("POST", `${wanted.bridge}/v1/attest`, { demand: kept("demand"), live: wanted.live, ...more })
    .catch(() => ({ ok: false, json: null }));
  at("ask").hidden = true;
  if (came.ok) return identify(came.json.presentation);
  const { asked, consent, error } = came.json ?? {};
  if (!consent) return say(advice(error) || word("lost"), true);
  say("");
  wanted.consent = consent;
  facts("asked", [
    [word("who"), `${asked.display_name} (${asked.iss})`], [word("what"), asked.purpose],
    [word("number"), asked.transaction?.number ?? ""], [word("disclosed"), asked.claims.join(", ") || word("nothing")],
  ]);
  at("consent-text").textContent = asked.consent_text ?? "";
  at("ask").hidden = false;
  at("ask").querySelector("h3").focus();
}

at("bridge-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  wanted = { bridge: at("bridge").value.trim().replace(/\/$/, ""), live: await base64(at("live").files[0]) };
  attest();
});
at("agree").addEventListener("click", () => attest({ consent: wanted.consent }));
at("disagree").addEventListener("click", () => { at("ask").hidden = true; wanted = null; });

// In the demonstration there are a customer with a card and a phone.
let demo = false;
at("specimen").addEventListener("click", async () => {
  say(word("working"));
  const came = await send("POST", "/demo/card", { demand: kept("demand") });
  if (came.ok) identify(came.json.presentation);
  else say(advice(came.json?.error), true);
});
async function phone() {
  if (!demo) return;
  const came = await send("GET", "/demo/phone").catch(() => ({ ok: false }));
  at("phone").hidden = !came.ok;
  if (!came.ok) return;
  at("message").textContent = came.json.body;
  at("reply").textContent = word("desk_reply") + came.json.reply;
  at("reply").dataset.text = came.json.reply;
}
at("reply").addEventListener("click", () => send("POST", "/demo/phone", { text: at("reply").dataset.text }));

at("language").addEventListener("click", () => {
  choose(lang === "zh" ? "en" : "zh");
  const step = kept("step");
  if (step) begin();
});

speak(lang);
const visitor = await send("POST", "/demo/desk", {}).catch(() => ({ ok: false }));
if (visitor.ok) {
  demo = true;
  at("env").hidden = false;
  at("specimen").hidden = false;
  if (!kept("token")) keep("token", visitor.json.token);
  if (!at("number").value) at("number").value = visitor.json.number;
}
begin();
